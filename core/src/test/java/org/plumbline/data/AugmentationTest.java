package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

class AugmentationTest {
  private static final Shape THREE = Shape.of(1, 3, 3);
  private static final float[] NINE = {1, 2, 3, 4, 5, 6, 7, 8, 9};

  private static List<Float> changed(String text, float[] image, Shape shape, Seed draws) {
    float[] pixels = image.clone();
    Augmentation.parse(text).change(pixels, 0, shape, draws);
    return list(pixels);
  }

  private static List<Float> list(float... pixels) {
    List<Float> list = new ArrayList<>();
    for (float pixel : pixels) {
      list.add(pixel);
    }
    return list;
  }

  /** The part of a padded 3 × 3 image that begins at a place of the padded one. */
  private static List<Float> part(int padding, int y, int x) {
    int side = 3 + 2 * padding;
    float[] padded = new float[side * side];
    for (int i = 0; i < 9; i++) {
      padded[(padding + i / 3) * side + padding + i % 3] = NINE[i];
    }
    float[] part = new float[9];
    for (int i = 0; i < 9; i++) {
      part[i] = padded[(y + i / 3) * side + x + i % 3];
    }
    return list(part);
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void cropsAreThePartsOfThePaddedImageAllAlikeInChance(int padding) {
    int places = (2 * padding + 1) * (2 * padding + 1);
    Map<List<Float>, Integer> seen = new HashMap<>();
    int draws = 400 * places;
    for (int i = 0; i < draws; i++) {
      seen.merge(
          changed("crop:padding=" + padding, NINE, THREE, Seed.of(5).child(i)), 1, Integer::sum);
    }
    double chi = 0;
    for (int y = 0; y <= 2 * padding; y++) {
      for (int x = 0; x <= 2 * padding; x++) {
        int count = seen.getOrDefault(part(padding, y, x), 0);
        chi += (count - 400.0) * (count - 400.0) / 400;
      }
    }
    assertThat(seen).as("nothing but parts").hasSize(places);
    assertThat(chi).isLessThan(places - 1 + 4 * Math.sqrt(2.0 * (places - 1)));
  }

  @Test
  void cropByHand() {
    Map<List<Float>, Boolean> two = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      two.put(
          changed("crop:padding=1", new float[] {1, 2, 3, 4}, Shape.of(1, 2, 2), Seed.of(i)), true);
    }
    assertThat(two.keySet())
        .containsExactlyInAnyOrder(
            list(0, 0, 0, 1),
            list(0, 0, 1, 2),
            list(0, 0, 2, 0),
            list(0, 1, 0, 3),
            list(1, 2, 3, 4),
            list(2, 0, 4, 0),
            list(0, 3, 0, 0),
            list(3, 4, 0, 0),
            list(4, 0, 0, 0));
  }

  @Test
  void allChannelsMoveAlikeAndNeighboursAreLeftAlone() {
    Shape shape = Shape.of(2, 3, 3);
    float[] pixels = new float[3 * 18];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i < 18 || i >= 36 ? -1 : NINE[i % 9] + (i >= 27 ? 10 : 0);
    }
    Augmentation.parse("crop:padding=2+flip").change(pixels, 18, shape, Seed.of(8));
    for (int i = 0; i < 9; i++) {
      float first = pixels[18 + i];
      assertThat(pixels[27 + i]).isEqualTo(first == 0 ? 0 : first + 10);
    }
    assertThat(list(pixels).subList(0, 18)).containsOnly(-1f);
    assertThat(list(pixels).subList(36, 54)).containsOnly(-1f);
  }

  @Test
  void flipExchangesLeftAndRightOfHalfOfTheImages() {
    List<Float> flipped = list(3, 2, 1, 6, 5, 4, 9, 8, 7);
    int count = 0;
    for (int i = 0; i < 10_000; i++) {
      List<Float> image = changed("flip", NINE, THREE, Seed.of(6).child(i));
      if (image.equals(flipped)) {
        count++;
      } else {
        assertThat(image).isEqualTo(list(NINE));
      }
    }
    assertThat(count).isBetween(4800, 5200); // 4 deviations
    boolean even = false;
    for (int i = 0; i < 20; i++) {
      even |=
          changed("flip", new float[] {1, 2, 3, 4}, Shape.of(1, 2, 2), Seed.of(i))
              .equals(list(2, 1, 4, 3));
    }
    assertThat(even).isTrue();
  }

  @Test
  void theSameDrawsGiveTheSameImageAndPartsOfAChainDrawApart() {
    String text = "crop:padding=2+flip";
    for (int i = 0; i < 50; i++) {
      Seed seed = Seed.of(i);
      assertThat(changed(text, NINE, THREE, seed)).isEqualTo(changed(text, NINE, THREE, seed));
    }
    int flips = 0;
    for (int i = 0; i < 1000; i++) {
      // with one stream for both, two flips would always undo each other
      if (!changed("flip+flip", NINE, THREE, Seed.of(i)).equals(list(NINE))) {
        flips++;
      }
    }
    assertThat(flips).isBetween(430, 570);
  }

  @Test
  void rowsOfABatchDrawApartAndAsTheirPlaceSays() {
    int[] pixels = new int[9 * 40];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 9 + 1;
    }
    BatchArrays arrays = new BatchArrays(Tiny.images(THREE, pixels));
    int[] order = new int[40]; // the same row again and again
    Augmentation crop = new Augmentation.Crop(2);
    arrays.gather(order, 0, 40).augment(crop, Seed.of(1));
    Map<List<Float>, Boolean> seen = new HashMap<>();
    try (var _ = Scope.open()) {
      float[] batch = arrays.batch(Precision.FP32, Device.CPU).inputs().toFloats();
      for (int i = 0; i < 40; i++) {
        float[] image = Arrays.copyOfRange(batch, 9 * i, 9 * i + 9);
        seen.put(list(image), true);
        float[] alone = new float[9];
        for (int k = 0; k < 9; k++) {
          alone[k] = (k + 1) / 255f;
        }
        crop.change(alone, 0, THREE, Seed.of(1).child(i));
        assertThat(image).containsExactly(alone);
      }
    }
    assertThat(seen).hasSizeGreaterThan(12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none | none",
        "crop | crop:padding=4",
        "crop + flip | crop:padding=4+flip",
        "flip+crop:padding=2 | flip+crop:padding=2",
      })
  void printsAsItParses(String text, String printed) {
    Augmentation value = Augmentation.parse(text);
    assertThat(Augmentation.printAll(value)).isEqualTo(printed);
    assertThat(Augmentation.parse(printed)).isEqualTo(value);
    assertThat(Augmentation.parse(Augmentation.print(value))).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flp | unknown augmentation 'flp'; did you mean 'flip'?",
        "crop+ | unknown augmentation ''",
        "crop:padding=0 | padding of crop must be at least 1, but is 0",
        "crop:paddin=2 | did you mean 'padding'?",
        "crop:padding=3 | padding of crop must be below the side of the images, which is 3, but is 3",
      })
  void refusesInOneLine(String text, String message) {
    assertThatThrownBy(() -> Augmentation.parse(text).check(THREE))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource({"crop,crop", "flip,flip", "flip+crop,flip"})
  void tablesAreRefused(String text, String name) {
    assertThatThrownBy(() -> Augmentation.parse(text).check(Shape.of(9)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "augmentation '%s' is for images [channels, height, width], but the rows are [9]; use --augment none",
            name);
    assertThatCode(() -> Augmentation.parse("none").check(Shape.of(9))).doesNotThrowAnyException();
  }
}
