package org.plumbline.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.plumbline.report.Series.Point;

final class DrawingTest {
  private static Series noise(int n) {
    var random = new Random(3);
    return new Series(
        IntStream.range(0, n).mapToObj(i -> new Point(i, random.nextGaussian())).toList());
  }

  @Test
  void thinningKeepsTheExtremesOfEveryBucketAndTheEnds() {
    var whole = noise(100_000);
    var thin = whole.thinned(300);
    assertThat(thin.points()).hasSizeLessThan(910);
    assertThat(whole.points()).containsAll(thin.points());
    assertThat(thin.points().getFirst()).isEqualTo(whole.points().getFirst());
    assertThat(thin.points().getLast()).isEqualTo(whole.points().getLast());
    for (int b = 0; b < 300; b++) {
      var bucket = new Series(whole.points().subList(100_000 * b / 300, 100_000 * (b + 1) / 300));
      assertThat(thin.points()).contains(bucket.least().orElseThrow(), bucket.most().orElseThrow());
    }
  }

  @Test
  void thinningKeepsOneSpikeAndOneGap() {
    var points = new java.util.ArrayList<>(noise(50_000).points());
    points.set(31_415, new Point(31_415, 1e6));
    points.set(27_182, new Point(27_182, Double.NaN));
    var thin = new Series(points).thinned(200);
    assertThat(thin.most()).contains(new Point(31_415, 1e6));
    assertThat(thin.stretches()).hasSize(2);
  }

  @Test
  void aShortCurveIsNotThinned() {
    assertThat(noise(300).thinned(100)).isEqualTo(noise(300));
  }

  @Test
  void aLogarithmicAxisLeavesAGapAtZero() {
    var series =
        new Series(
            List.of(
                new Point(1, 10),
                new Point(2, 1),
                new Point(3, 0),
                new Point(4, 0.1),
                new Point(5, 0.01)));
    var line = new Chart.Line("loss", series, Chart.Stroke.MAIN, 1);
    var chart = new Chart("Loss", "epoch", Chart.Unit.NUMBER, List.of(line), List.of());
    assertThat(path(chart, Scale.Kind.LOG)).matches("M[^M]*M[^M]*");
    assertThat(path(chart, Scale.Kind.LINEAR)).matches("M[^M]*");
  }

  private static String path(Chart chart, Scale.Kind kind) {
    var out = new StringBuilder();
    chart.figure(kind).print(out);
    return Pages.paths(Pages.parsed(out.toString()), "Loss", "line main c1").getFirst();
  }

  @Test
  void aPointStandsWhereItsValueIs() {
    var series = new Series(List.of(new Point(0, 0), new Point(5, 0.25), new Point(10, 1)));
    var line = new Chart.Line("loss", series, Chart.Stroke.MAIN, 1);
    var chart = new Chart("Loss", "epoch", Chart.Unit.NUMBER, List.of(line), List.of());
    assertThat(path(chart, Scale.Kind.LINEAR)).isEqualTo("M0 230L500 175L1000 10");
  }

  @Test
  void theBandSpansTwoStandardDeviations() {
    var low =
        new Series(
            List.of(
                new Point(0, -0.1),
                new Point(1, -0.1),
                new Point(2, Double.NaN),
                new Point(3, -0.1)));
    var high =
        new Series(
            List.of(
                new Point(0, 0.1), new Point(1, 0.1), new Point(2, Double.NaN), new Point(3, 0.1)));
    var line =
        new Chart.Line(
            "block 1",
            new Series(List.of(new Point(0, 0.5), new Point(3, 0.5))),
            Chart.Stroke.MAIN,
            1);
    var chart =
        new Chart(
            "Loss",
            "epoch",
            Chart.Unit.COSINE,
            List.of(line),
            List.of(new Chart.Band("null", low, high, 1)));
    var out = new StringBuilder();
    chart.figure(Scale.Kind.LINEAR).print(out);
    var band = Pages.paths(Pages.parsed(out.toString()), "Loss", "band c1").getFirst();
    assertThat(band).matches("M[^M]*ZM[^M]*Z").startsWith("M0 ");
  }

  @Test
  void labelsDoNotOverlapAndStayInside() {
    var places = Chart.apart(new double[] {3, 4, 5, 120, 238, 239, 240});
    for (int i = 1; i < places.length; i++) {
      assertThat(places[i] - places[i - 1]).isGreaterThan(16.9);
    }
    assertThat(places[0]).isGreaterThanOrEqualTo(5);
    assertThat(places[3]).isCloseTo(120, within(1e-9));
    assertThat(places[6]).isLessThanOrEqualTo(235);
  }

  @Test
  void axesHaveRoundMarks() {
    assertThat(Scale.around(0.13, 0.97, 5).ticks().stream().map(Numbers::tick))
        .containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
    assertThat(Scale.log(0.03, 3).ticks().stream().map(Numbers::tick))
        .containsExactly("0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5");
    assertThat(Scale.around(0.5, 0.5, 5).low()).isLessThan(Scale.around(0.5, 0.5, 5).high());
    assertThat(Scale.log(0.01, 1).place(0.1)).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void numbersReadTheSameEverywhere() {
    assertThat(
            List.of(
                Numbers.of(0.012345),
                Numbers.of(1.9),
                Numbers.of(26122),
                Numbers.of(4.1e-7),
                Numbers.of(0),
                Numbers.of(-0.5)))
        .containsExactly("0.0123", "1.90", "26,122", "4.10e−7", "0", "−0.500");
    assertThat(
            List.of(
                Numbers.duration(3.24),
                Numbers.duration(252),
                Numbers.duration(7512),
                Numbers.duration(0.0456)))
        .containsExactly("3.2 s", "4 min 12 s", "2 h 5 min", "0.046 s");
    assertThat(Numbers.compact(1234567)).isEqualTo("1.23457e6");
  }

  @Test
  void theIntervalIsWilsons() {
    assertThat(Headline.interval(0.5, 10)).contains("23.7 % to 76.3 %");
  }

  @Test
  void aPngHoldsThePixelsItWasGiven() throws IOException {
    var random = new Random(5);
    for (int channels : new int[] {1, 3}) {
      var pixels = new byte[7 * 5 * channels];
      random.nextBytes(pixels);
      var image = ImageIO.read(new ByteArrayInputStream(Png.encode(pixels, 7, 5, channels)));
      assertThat(image.getWidth()).isEqualTo(7);
      assertThat(image.getHeight()).isEqualTo(5);
      for (int i = 0; i < 35; i++) {
        var samples = image.getRaster().getPixel(i % 7, i / 7, new int[channels]);
        for (int c = 0; c < channels; c++) {
          assertThat(samples[c]).isEqualTo(pixels[i * channels + c] & 255);
        }
      }
    }
  }
}
