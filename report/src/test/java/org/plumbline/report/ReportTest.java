package org.plumbline.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
  @TempDir Path parent;

  private List<Path> everySample() throws IOException {
    return List.of(
        SampleRuns.digits(parent),
        SampleRuns.mnist(parent),
        SampleRuns.cifar(parent),
        SampleRuns.table(parent),
        SampleRuns.manyClasses(parent, 30),
        SampleRuns.manyClasses(parent, 100),
        SampleRuns.unfinished(parent),
        SampleRuns.minimal(parent));
  }

  private static void replace(Path folder, String file, String from, String to) throws IOException {
    var path = folder.resolve(file);
    var words = Files.readString(path);
    assertThat(words).contains(from);
    Files.writeString(path, words.replace(from, to));
  }

  @Test
  void everyPageIsWellFormedAndItsLinksLead() throws IOException {
    for (var run : everySample()) {
      var page = Pages.parsed(Report.render(run));
      var ids = new HashSet<String>();
      for (var element : Pages.elements(page, "*")) {
        var id = element.getAttribute("id");
        assertThat(id.isEmpty() || ids.add(id)).as("%s stands twice", id).isTrue();
      }
      for (var link : Pages.elements(page, "a")) {
        assertThat(link.getAttribute("href")).startsWith("#");
        assertThat(ids).contains(link.getAttribute("href").substring(1));
      }
      assertThat(Pages.elements(page, "section")).hasSize(8);
    }
  }

  @Test
  void aFullRunHasEverySectionAndNothingIsMissing() throws IOException {
    var page = Pages.parsed(Report.render(SampleRuns.digits(parent)));
    assertThat(Pages.elements(page, "*"))
        .noneMatch(element -> element.getAttribute("class").contains("absent"));
    assertThat(Pages.elements(page, "header").getFirst().getTextContent())
        .contains("dfa on digits", "97.2 %", "350 of 360 test examples", "95.0 % to 98.5 %")
        .contains("Finished after 30 epochs.", "0.119", "99.9 %", "42,634", "3.2 s", "1 warning");
    assertThat(Pages.section(page, "curves"))
        .contains("Loss", "Accuracy", "train 0.0252", "validation 97.4 %", "test 97.2 %")
        .contains("Best validation accuracy: 97.4 %, at epoch 30.");
    assertThat(Pages.section(page, "alignment"))
        .contains("block 1 0.221", "block 3 0.684", "null", "−0.004 ± 0.042", "above its null");
    assertThat(Pages.section(page, "confusion")).contains("recall", "precision", "Most confused");
    assertThat(Pages.section(page, "network"))
        .contains("dense 64→128, tanh", "16,512", "10 × 128", "0.0510", "0.577");
    assertThat(Pages.section(page, "warnings"))
        .contains("6 of 128 units are saturated", "3 times, steps 405 to 1215");
    assertThat(Pages.section(page, "configuration"))
        .contains(SampleRuns.config("dfa", "digits", 30));
    assertThat(Pages.section(page, "provenance"))
        .contains("libtorch", "2.10.0", "sha256", "2026-03-04T09:31:07Z");
  }

  @Test
  void manyTestExamplesGiveTheAccuracyASecondDecimal() throws IOException {
    var page = Pages.parsed(Report.render(SampleRuns.mnist(parent)));
    assertThat(Pages.elements(page, "header").getFirst().getTextContent())
        .contains("97.65 %", "9,765 of 10,000 test examples");
  }

  @Test
  void mistakesAreDrawnAsPicturesInTheSizeOfTheirPixels() throws IOException {
    for (var run : List.of(SampleRuns.digits(parent), SampleRuns.cifar(parent))) {
      var images = Pages.elements(Pages.parsed(Report.render(run)), "img");
      assertThat(images).isNotEmpty().hasSizeLessThanOrEqualTo(24);
      for (var image : images) {
        assertThat(image.getAttribute("src")).startsWith("data:image/png;base64,");
        assertThat(Integer.parseInt(image.getAttribute("width")) % 8).isZero();
        assertThat(image.getAttribute("alt")).contains("taken for");
      }
    }
  }

  @Test
  void mistakesOfATableAreRowsWithTheNamesOfTheFeatures() throws IOException {
    var words = Pages.section(Pages.parsed(Report.render(SampleRuns.table(parent))), "mistakes");
    assertThat(words).contains("debt ratio", "late payments", "defaulted", "99.9 %");
    assertThat(words).containsAnyOf("north", "south", "east");
  }

  @Test
  void whateverAFileSaysIsEscaped() throws IOException {
    var evil = "<script>alert(1)</script>\\\"'&<img src=x onerror=alert(2)>\\u0000\\ud800]]>";
    var run = SampleRuns.table(parent);
    replace(run, "evaluation.json", "\"defaulted\"", "\"" + evil + "\"");
    replace(run, "evaluation.json", "\"debt ratio\"", "\"" + evil + "\"");
    replace(run, "evaluation.json", "\"north\"", "\"" + evil + "\"");
    replace(run, "events.jsonl", "\"run\":\"digits-dfa\"", "\"run\":\"" + evil + "\"");
    replace(run, "events.jsonl", "\"rule\":\"dfa\"", "\"rule\":\"" + evil + "\"");
    replace(run, "events.jsonl", "\"data\":\"loans.csv\"", "\"data\":\"" + evil + "\"");
    replace(run, "events.jsonl", "dense 64→128, tanh", evil);
    replace(run, "events.jsonl", "block 1: 6 of 128 units are saturated", evil);
    Files.writeString(
        run.resolve("events.jsonl"),
        "{\"v\":1,\"event\":\"probe\",\"step\":5,\"readings\":{\"%1$s\":1,\"%1$s/2\":2,\"alignment/%1$s\":0.5}}\n"
            .formatted(evil),
        java.nio.file.StandardOpenOption.APPEND);
    Files.writeString(
        run.resolve("config.yaml"), "rule: \"</code></pre><script>alert(3)</script>\"");
    Files.writeString(run.resolve("provenance.json"), "{\"%1$s\":\"%1$s\"}".formatted(evil));
    Files.writeString(run.resolve("diagnosis.json"), "{\"block\":\"%s\"}".formatted(evil));

    var text = Report.render(run);
    var page = Pages.parsed(text);
    assertThat(text).doesNotContain("<script>alert", "<img src=x", "\u0000");
    assertThat(Pages.elements(page, "script")).hasSize(1);
    assertThat(Pages.elements(page, "img")).isEmpty();
    assertThat(Pages.elements(page, "title").getFirst().getTextContent())
        .contains("<script>alert(1)</script>\"'&");
    for (var element : Pages.elements(page, "*")) {
      for (int i = 0; i < element.getAttributes().getLength(); i++) {
        assertThat(element.getAttributes().item(i).getNodeName()).doesNotStartWith("on");
      }
    }
  }

  @Test
  void nothingIsLoadedAndOnlyOurOwnCodeMayRun() throws Exception {
    for (var run : everySample()) {
      var text = Report.render(run);
      assertThat(text).doesNotContainIgnoringCase("http:", "https:", "url(", "@import", "<link");
      assertThat(text).doesNotContain(" style=\"");
      var page = Pages.parsed(text);
      var policy =
          Pages.elements(page, "meta").stream()
              .filter(meta -> meta.getAttribute("http-equiv").equals("Content-Security-Policy"))
              .findFirst()
              .orElseThrow()
              .getAttribute("content");
      assertThat(policy).startsWith("default-src 'none';").doesNotContain("unsafe");
      for (var tag : List.of("style", "script")) {
        var code =
            text.substring(
                text.indexOf("<" + tag + ">") + tag.length() + 2, text.indexOf("</" + tag + ">"));
        var hash =
            MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8));
        assertThat(policy)
            .contains(tag + "-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
      }
      for (var image : Pages.elements(page, "img")) {
        assertThat(image.getAttribute("src")).startsWith("data:");
      }
    }
  }

  @Test
  void anAbsentReadingIsAGapAndNotAZero() throws IOException {
    var run = SampleRuns.digits(parent);
    var before = Pages.parsed(Report.render(run));
    assertThat(starts(Pages.paths(before, "Alignment by block, cosine", "line main c2"))).isOne();
    var lines =
        Files.readAllLines(run.resolve("events.jsonl")).stream()
            .map(line ->
                line.contains("\"step\":600,") || line.contains("\"step\":900,")
                    ? line.replaceAll("\"alignment/2\":[^,]*,", "")
                    : line)
            .toList();
    Files.write(run.resolve("events.jsonl"), lines);

    var page = Pages.parsed(Report.render(run));
    assertThat(starts(Pages.paths(page, "Alignment by block, cosine", "line main c2")))
        .isEqualTo(3);
    assertThat(starts(Pages.paths(page, "Alignment by block, cosine", "line main c1"))).isOne();
  }

  private static long starts(List<String> paths) {
    assertThat(paths).hasSize(1);
    return paths.getFirst().chars().filter(c -> c == 'M').count();
  }

  @Test
  void stepsThatSpanEpochsAreNotDrawnBehindThem() throws IOException {
    var run = SampleRuns.minimal(parent);
    var events = new StringBuilder();
    for (int epoch = 1; epoch <= 8; epoch++) {
      events.append(
          "{\"event\":\"epoch\",\"epoch\":%1$d,\"step\":%2$d,\"train_loss\":0.%1$d}\n"
              .formatted(epoch, 10 * epoch));
    }
    Files.writeString(
        run.resolve("events.jsonl"),
        events + "{\"event\":\"step\",\"epoch\":5,\"step\":50,\"loss\":0.9}\n");
    assertThat(Report.render(run)).doesNotContain("train, by step");
    var steps = new StringBuilder();
    for (int step = 5; step <= 80; step += 5) {
      steps.append("{\"event\":\"step\",\"epoch\":1,\"step\":%d,\"loss\":0.9}\n".formatted(step));
    }
    Files.writeString(run.resolve("events.jsonl"), events.toString() + steps);
    assertThat(Report.render(run)).contains("train, by step");
  }

  @Test
  void theBandIsTheNullAndTwoOfItsDeviationsOnEitherSide() throws IOException {
    var run = SampleRuns.minimal(parent);
    var readings =
        "\"alignment/1\":0.8,\"alignment/1/null\":0.1,\"alignment/1/null_std\":0.05,"
            + "\"alignment/2\":0.15,\"alignment/2/null\":0.1,\"alignment/2/null_std\":0.05,"
            + "\"alignment/3\":0.01,\"alignment/3/null\":0.2,\"alignment/3/null_std\":0.05,"
            + "\"alignment/4\":0.5,"
            + "\"alignment/5\":0.5,\"alignment/5/gradient_ratio\":4e-10";
    Files.writeString(
        run.resolve("events.jsonl"),
        """
        {"event":"probe","step":0,"readings":{%1$s}}
        {"event":"probe","step":2,"readings":{%1$s}}
        """
            .formatted(readings));
    var page = Pages.parsed(Report.render(run));
    var title = "Alignment by block, cosine";
    // The axis goes from 0 at 230 to 0.8 at 10; the band of block 1 from 0 to 0.2.
    assertThat(Pages.paths(page, title, "line main c1")).containsExactly("M0 10L1000 10");
    assertThat(Pages.paths(page, title, "band c1"))
        .containsExactly("M0 175L1000 175L1000 230L0 230Z");
    var rows = Pages.elements(page, "tr").stream().map(row -> row.getTextContent()).toList();
    assertThat(rows.get(1)).contains("0.100 ± 0.100").endsWith("above its null");
    assertThat(rows.get(2)).endsWith("inside its null");
    assertThat(rows.get(3)).endsWith("below its null");
    assertThat(rows.get(4)).endsWith("no null measured");
    assertThat(rows.get(5)).endsWith("vanishing gradient");
    assertThat(Pages.elements(page, "figcaption")).hasSize(1);
  }

  @Test
  void aPictureHasThePixelsOfTheInput() throws IOException {
    // Two rows of three; red rises to the right, green downwards, blue is full.
    var colour =
        picture("3,\"height\":2,\"width\":3", "0,0.2,0.4,0,0.2,0.4, 0,0,0,1,1,1, 1,1,1,1,1,1");
    assertThat(colour.getWidth()).isEqualTo(3);
    assertThat(colour.getRGB(0, 0)).isEqualTo(0xFF0000FF);
    assertThat(colour.getRGB(2, 0)).isEqualTo(0xFF6600FF);
    assertThat(colour.getRGB(1, 1)).isEqualTo(0xFF33FFFF);
    var grey = picture("1,\"height\":2,\"width\":3", "0,0.2,0.4,0.6,0.8,7");
    assertThat(grey.getRaster().getPixels(0, 0, 3, 2, new int[6]))
        .containsExactly(0, 51, 102, 153, 204, 255);
    var two = picture("2,\"height\":1,\"width\":2", "0,0.2,1,0.4");
    assertThat(two.getRaster().getPixels(0, 0, 2, 1, new int[2])).containsExactly(128, 77);
    var large =
        picture("1,\"height\":100,\"width\":2", String.join(",", Collections.nCopies(100, "0,1")));
    assertThat(large.getHeight()).isEqualTo(50);
    assertThat(large.getRaster().getPixels(0, 0, 1, 1, new int[1])).containsExactly(128);
  }

  private BufferedImage picture(String measures, String values) throws IOException {
    var run = SampleRuns.minimal(parent);
    Files.writeString(
        run.resolve("evaluation.json"),
        "{\"classes\":[\"a\",\"b\"],\"input\":{\"kind\":\"image\",\"channels\":%s},\"mistakes\":[{\"row\":1,\"truth\":0,\"predicted\":1,\"input\":[%s]}]}"
            .formatted(measures, values));
    var source =
        Pages.elements(Pages.parsed(Report.render(run)), "img").getFirst().getAttribute("src");
    var bytes = Base64.getDecoder().decode(source.substring(source.indexOf(',') + 1));
    return ImageIO.read(new ByteArrayInputStream(bytes));
  }

  @Test
  void anUnfinishedRunShowsWhatIsThere() throws IOException {
    var page = Pages.parsed(Report.render(SampleRuns.unfinished(parent)));
    assertThat(Pages.elements(page, "header").getFirst().getTextContent())
        .contains("Unfinished after 11 of 30 epochs", "validation accuracy", "At epoch 11.");
    assertThat(Pages.section(page, "curves")).contains("train 0.124");
    assertThat(Pages.section(page, "confusion")).contains("no evaluation.json yet");
    assertThat(Pages.section(page, "warnings")).doesNotContain("events.jsonl");
  }

  @Test
  void aRunKilledWithinAnEpochNamesTheStep() throws IOException {
    var run = SampleRuns.unfinished(parent);
    var lines = SampleRuns.training(30, 11, SampleRuns.Validation.HELD_OUT);
    Files.write(run.resolve("events.jsonl"), lines.subList(0, 20));
    var last = Json.object(lines.get(19)).orElseThrow();
    assertThat(Report.render(run))
        .contains("Unfinished at step %d of 1,350.".formatted(last.path("step").intValue()));
  }

  @Test
  void aLineThatIsNoEventIsNamedUnlessItIsTheTornLast() throws IOException {
    var run = SampleRuns.digits(parent);
    replace(
        run,
        "events.jsonl",
        "{\"v\":1,\"event\":\"finished\"",
        "{\"v\":1,\"event\nnot json\n{\"v\":1,\"event\":\"finished\"");
    assertThat(Pages.section(Pages.parsed(Report.render(run)), "warnings"))
        .contains("of events.jsonl is no event and was left out");
  }

  @Test
  void aBrokenEvaluationIsNamedAndTheCurvesRemain() throws IOException {
    var run = SampleRuns.digits(parent);
    Files.writeString(run.resolve("evaluation.json"), "{\"v\":1,");
    var page = Pages.parsed(Report.render(run));
    assertThat(Pages.section(page, "warnings"))
        .contains("evaluation.json is not a JSON object and was left out.");
    assertThat(Pages.section(page, "curves")).contains("validation 97.4 %");
  }

  @Test
  void aDivergenceIsSaidAtTheTopAndShown() throws IOException {
    var run = SampleRuns.unfinished(parent);
    Files.writeString(
        run.resolve("diagnosis.json"),
        "{\"v\":1,\"step\":497,\"block\":2,\"norms\":{\"signal\":1e30}}");
    var page = Pages.parsed(Report.render(run));
    assertThat(Pages.elements(page, "header").getFirst().getTextContent())
        .contains("Diverged after 11 of 30 epochs");
    assertThat(Pages.section(page, "warnings")).contains("norms · signal", "497");
  }

  @Test
  void aRunThatStoppedEarlySaysSo() throws IOException {
    var run = SampleRuns.digits(parent);
    replace(run, "events.jsonl", "\"epochs\":30", "\"epochs\":100");
    replace(run, "events.jsonl", "\"reason\":\"epochs\"", "\"reason\":\"early-stopping\"");
    assertThat(Report.render(run)).contains("Stopped early after 30 of 100 epochs.");
  }

  @Test
  void aSingleEpochIsDrawnByStep() throws IOException {
    var run = SampleRuns.minimal(parent);
    Files.write(run.resolve("events.jsonl"), SampleRuns.training(1, 1, SampleRuns.Validation.NONE));
    var page = Pages.parsed(Report.render(run));
    assertThat(Pages.section(page, "curves"))
        .contains("Too few epochs", "train, by step", "held out no validation set");
    assertThat(Pages.paths(page, "Accuracy", "line main c1")).hasSize(1);
  }

  @Test
  void withoutProbesTheAlignmentIsASentence() throws IOException {
    assertThat(Pages.section(Pages.parsed(Report.render(SampleRuns.table(parent))), "alignment"))
        .contains("Not measured: the run recorded no probe.");
  }

  @Test
  void otherProbesAreDrawnToo() throws IOException {
    var run = SampleRuns.minimal(parent);
    Files.writeString(
        run.resolve("events.jsonl"),
        """
        {"v":1,"event":"probe","step":1,"readings":{"angle/2":88.5,"angle/10":70,"drift":0.1}}
        {"v":1,"event":"probe","step":2,"readings":{"angle/2":60,"angle/10":69}}
        """);
    assertThat(Pages.section(Pages.parsed(Report.render(run)), "alignment"))
        .contains("The run probed no alignment.", "block 2 60.0", "block 10 69.0", "drift 0.100");
  }

  @Test
  void aConfigurationAloneIsARun() throws IOException {
    var page = Pages.parsed(Report.render(SampleRuns.minimal(parent)));
    for (var id :
        List.of("curves", "alignment", "confusion", "mistakes", "network", "provenance")) {
      assertThat(Pages.section(page, id)).containsPattern("No curves|Not known|Not measured");
    }
    assertThat(Pages.section(page, "configuration")).contains("optimizer: adam");
  }

  @Test
  void aPerfectRunHasNoMistakes() throws IOException {
    var run = SampleRuns.minimal(parent);
    Files.writeString(
        run.resolve("evaluation.json"),
        """
        {"v":1,"classes":["a","b"],"test":{"examples":4,"accuracy":1.0},"confusion":[[2,0],[0,2]],
         "input":{"kind":"image","channels":1,"height":8,"width":8},"mistakes":[]}\
        """);
    var page = Pages.parsed(Report.render(run));
    assertThat(Pages.section(page, "mistakes")).contains("every test example was classified right");
    assertThat(Pages.section(page, "confusion")).contains("No test example was confused.");
    assertThat(Report.render(run))
        .contains("4 of 4 test examples; 95 % interval 51.0 % to 100.0 %");
  }

  @Test
  void aLargeMatrixBecomesItsMostConfusedPairs() throws IOException {
    var thirty = Report.render(SampleRuns.manyClasses(parent, 30));
    assertThat(thirty).contains("class=\"matrix dense\"");
    var hundred = Report.render(SampleRuns.manyClasses(parent, 100));
    assertThat(hundred).doesNotContain("class=\"matrix").contains("A matrix of 100 classes");
    assertThat(Pages.section(Pages.parsed(hundred), "confusion")).contains("Taken for");
  }

  @Test
  void theShadeIsTheShareOfTheRow() throws IOException {
    var run = SampleRuns.minimal(parent);
    Files.writeString(
        run.resolve("evaluation.json"),
        "{\"classes\":[\"a\",\"b\"],\"confusion\":[[10,0],[750,250]]}");
    var cells = Pages.elements(Pages.parsed(Report.render(run)), "td");
    assertThat(cells.get(0).getAttribute("class")).isEqualTo("hit s8");
    assertThat(cells.get(1).getTextContent()).isEmpty();
    assertThat(cells.get(3).getAttribute("class")).isEqualTo("miss s7");
    assertThat(cells.get(4).getAttribute("class")).isEqualTo("hit s4");
    replace(run, "evaluation.json", "[750,250]", "[4,996]");
    assertThat(Pages.elements(Pages.parsed(Report.render(run)), "td").get(5).getTextContent())
        .as("a recall of 99.6 %")
        .isEqualTo("99");
  }

  @Test
  void theSameFolderGivesTheSamePageInEveryLocale() throws IOException {
    var run = SampleRuns.digits(parent);
    var first = Report.render(run);
    var locale = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Report.render(run)).isEqualTo(first);
    } finally {
      Locale.setDefault(locale);
    }
  }

  @Test
  void threeHundredEpochsStayBelowAMegabyte() throws IOException {
    var page = Report.render(SampleRuns.digits(parent, 300));
    assertThat(page.getBytes(StandardCharsets.UTF_8).length).isLessThan(1_000_000);
    Pages.parsed(page);
  }

  @Test
  void aFolderThatHoldsNoRunIsRefusedInOneLine() throws IOException {
    var empty = Files.createDirectories(parent.resolve("empty"));
    var file = Files.writeString(parent.resolve("file"), "x");
    var unreadable = SampleRuns.minimal(parent);
    Files.createDirectory(unreadable.resolve("evaluation.json"));
    for (var path : List.of(parent.resolve("none"), empty, file, unreadable)) {
      assertThatThrownBy(() -> Report.render(path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(path.getFileName().toString())
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void noDamageToAFileStopsThePage() throws IOException {
    var run = SampleRuns.digits(parent, 4);
    var value = Pattern.compile("-?\\d[\\d.eE+-]*|\"[^\"]*\"|\\[|\\{");
    var damages =
        List.of(
            "null",
            "-1",
            "1e308",
            "5e-324",
            "NaN",
            "[]",
            "{}",
            "true",
            "\"x\"",
            "99999999999999999999",
            "",
            "0");
    var random = new Random(11);
    for (var file : List.of("evaluation.json", "events.jsonl", "provenance.json")) {
      var path = run.resolve(file);
      var whole = Files.readString(path);
      var places = value.matcher(whole).results().toList();
      for (int i = 0; i < 80; i++) {
        // The beginning of a file holds more keys than its many rows of numbers.
        int bound = i % 2 == 0 ? Math.min(120, places.size()) : places.size();
        var place = places.get(random.nextInt(bound));
        var damage = damages.get(random.nextInt(damages.size()));
        Files.writeString(
            path, whole.substring(0, place.start()) + damage + whole.substring(place.end()));
        Pages.parsed(Report.render(run));
      }
      Files.writeString(path, whole);
    }
  }

  @Test
  void wordsStandOutFromTheirBackgroundInLightAndDark() throws IOException {
    var page = Report.render(SampleRuns.minimal(parent));
    var palettes =
        Pattern.compile("--paper: (#\\w+).*?--c8: #\\w+", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map(found -> found.group())
            .toList();
    assertThat(palettes).hasSize(2);
    for (var palette : palettes) {
      var paper = luminance(colour(palette, "paper"));
      for (var name :
          List.of("ink", "muted", "brass", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")) {
        double other = luminance(colour(palette, name));
        double contrast = (Math.max(paper, other) + 0.05) / (Math.min(paper, other) + 0.05);
        assertThat(contrast).as("%s in %s", name, palette).isGreaterThan(4.5);
      }
    }
  }

  private static int colour(String palette, String name) {
    var found = Pattern.compile("--" + name + ": #(\\w{6})").matcher(palette);
    assertThat(found.find()).isTrue();
    return Integer.parseInt(found.group(1), 16);
  }

  private static double luminance(int colour) {
    double sum = 0;
    double[] weights = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; i++) {
      double part = (colour >> (16 - 8 * i) & 255) / 255.0;
      sum += weights[i] * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
