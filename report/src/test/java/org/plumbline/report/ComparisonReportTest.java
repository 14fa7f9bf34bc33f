package org.plumbline.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.report.SampleComparisons.Part;
import org.w3c.dom.Document;

final class ComparisonReportTest {
  @TempDir Path parent;

  private static Document page(Path folder) {
    return Pages.parsed(ComparisonReport.render(folder));
  }

  private static String head(Document page) {
    return Pages.elements(page, "header").getFirst().getTextContent();
  }

  /** Whole, in pieces, with one of everything. */
  private List<Path> everySample() throws IOException {
    var partial = SampleComparisons.of(parent, "partial", SampleComparisons.FOUR, 3, List.of());
    remove(partial.resolve("runs/dfa-seed-2"));
    Files.delete(partial.resolve("runs/fa-seed-3/evaluation.json"));
    SampleComparisons.write(
        partial,
        SampleComparisons.runs(partial).stream()
            .map(line ->
                line.contains("dfa-seed-2")
                    ? "{\"label\":\"dfa\",\"seed\":2,\"run\":\"runs/dfa-seed-2\",\"state\":\"pending\"}"
                    : line.contains("runs/fa-seed-3")
                        ? "{\"label\":\"fa\",\"seed\":3,\"run\":\"runs/fa-seed-3\",\"state\":\"unfinished\"}"
                        : line)
            .toList());
    var nothing = Files.createDirectories(parent.resolve("nothing"));
    Files.writeString(nothing.resolve("compare.yaml"), "rules:\n  - dfa\nseeds: 3\ndata: digits\n");
    var unlisted =
        SampleComparisons.of(parent, "unlisted", List.of("bp", "dfa"), 2, List.of(Part.ALIGNMENT));
    Files.delete(unlisted.resolve("comparison.json"));
    return List.of(
        SampleComparisons.full(parent),
        SampleComparisons.many(parent, 28),
        SampleComparisons.of(parent, "one-seed", SampleComparisons.FOUR, 1, List.of(Part.COST)),
        SampleComparisons.of(parent, "one-rule", List.of("dfa"), 3, List.of(Part.ALIGNMENT)),
        SampleComparisons.of(parent, "one-run", List.of("bp"), 1, List.of()),
        partial,
        nothing,
        unlisted);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Test
  void everyPageIsWellFormedLoadsNothingAndItsLinksLead() throws IOException {
    for (var folder : everySample()) {
      var text = ComparisonReport.render(folder);
      assertThat(text).doesNotContainIgnoringCase("http:", "https:", "url(", "@import", "<link");
      assertThat(text).doesNotContain(" style=\"", "NaN", "Infinity");
      var page = Pages.parsed(text);
      var ids = new HashSet<String>();
      for (var element : Pages.elements(page, "*")) {
        var id = element.getAttribute("id");
        assertThat(id.isEmpty() || ids.add(id)).as("%s stands twice", id).isTrue();
      }
      for (var link : Pages.elements(page, "a")) {
        var to = link.getAttribute("href");
        if (to.startsWith("#")) {
          assertThat(ids).contains(to.substring(1));
        } else {
          assertThat(to).matches("runs/[a-z0-9.-]+/report\\.html");
          assertThat(folder.resolve(to).getParent()).isDirectory();
        }
      }
      for (var drawing : Pages.elements(page, "svg")) {
        assertThat(
                !drawing.getAttribute("aria-label").isEmpty()
                    || drawing.getAttribute("aria-hidden").equals("true")
                    || hiddenAbove(drawing))
            .isTrue();
      }
      assertThat(Pages.elements(page, "section")).hasSize(7);
      assertThat(Pages.elements(page, "script")).hasSize(1);
    }
  }

  @Test
  void curvesUnderAttackStandWhereRunsWereAttacked() throws IOException {
    var folder = SampleComparisons.full(parent);
    SampleComparisons.write(
        folder,
        SampleComparisons.runs(folder).stream()
            .map(line ->
                line.contains("\"fa\"")
                    ? line
                    : line.replaceFirst(
                        "}$",
                        ",\"attack_fgsm_0\":0.9,\"attack_fgsm_0.1\":0.5,\"attack_noise_1\":0.7}"))
            .toList());
    var page = page(folder);
    var section =
        Pages.elements(page, "section").stream()
            .filter(s -> s.getAttribute("id").equals("attacks"))
            .findFirst()
            .orElseThrow();
    assertThat(Pages.elements(page, "section")).hasSize(8);
    assertThat(section.getTextContent())
        .contains("FGSM", "Normal noise", "fgsm has no curve for fa", "90.0 %", "50.0 %");
    assertThat(section.getElementsByTagName("figure").getLength()).isEqualTo(2);
  }

  private static boolean hiddenAbove(org.w3c.dom.Node node) {
    for (var at = node.getParentNode(); at != null; at = at.getParentNode()) {
      if (at instanceof org.w3c.dom.Element e && e.getAttribute("aria-hidden").equals("true")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aFullComparisonSaysWhichRuleIsBestAndHowSureThatIs() throws IOException {
    var page = page(SampleComparisons.full(parent));
    assertThat(Pages.elements(page, "*"))
        .noneMatch(element -> element.getAttribute("class").contains("absent"));
    assertThat(head(page))
        .contains("4 rules on digits", "mean test accuracy")
        .contains("sample standard deviation over 3 seeds")
        .containsPattern(
            "has the greatest mean of the 2 rules compared; next is d?fa, \\d\\.\\d points")
        .containsPattern("points below back-propagation \\(9\\d\\.\\d % ± \\d\\.\\d\\)")
        .containsPattern("points above shallow, the control \\(80\\.\\d % ± \\d\\.\\d\\)")
        .contains("12 runs, all ended", "last epoch, never the best over epochs")
        .contains("1, 2, 3", "128,128,128, tanh", "adam:lr=0.001", "360");
    assertThat(Pages.section(page, "results"))
        .contains("yardstick", "control", "sample standard deviation (with n − 1)");
    assertThat(Pages.section(page, "curves"))
        .contains("Validation accuracy", "Training accuracy", "Validation loss", "Training loss");
    assertThat(Pages.section(page, "cost"))
        .contains("15.0 KiB", "none", "118,528", "0.745 ×", "3,850", "0.111 ×");
    assertThat(Pages.section(page, "provenance")).contains("Example CPU", "3b7e2bf0c1d2");
    assertThat(Pages.section(page, "runs")).contains("runs/dfa-seed-3").doesNotContain("failed");
  }

  @Test
  void rowsAreSortedByAccuracyAndDifferencesAreTakenSeedBySeed() throws IOException {
    var folder =
        SampleComparisons.of(parent, "paired", List.of("bp", "shallow", "dfa"), 3, List.of());
    double[][] accuracies = {{0.90, 0.95, 1.0}, {0.5, 0.5, 0.5}, {0.89, 0.93, 0.99}};
    var runs = new ArrayList<String>();
    for (var line : SampleComparisons.runs(folder)) {
      int rule = line.contains("\"bp\"") ? 0 : line.contains("\"shallow\"") ? 1 : 2;
      int seed = Integer.parseInt(line.replaceAll(".*\"seed\":(\\d+).*", "$1"));
      runs.add(
          line.replaceAll(
              "\"test_accuracy\":[\\d.]+", "\"test_accuracy\":" + accuracies[rule][seed - 1]));
    }
    SampleComparisons.write(folder, runs);
    var page = page(folder);
    var rows =
        Pages.elements(page, "tr").stream()
            .map(row -> row.getTextContent().replaceAll("\\s+", " "))
            .filter(row -> row.contains("±") && row.matches("(bp|dfa|shallow).*"))
            .limit(3)
            .toList();
    assertThat(rows.get(0)).startsWith("bp").contains("95.0 % ± 5.0");
    // −1, −2, −1: far less than either spread, and seen only in pairs
    assertThat(rows.get(1))
        .startsWith("dfa")
        .contains("93.7 % ± 5.0", "−1.3 ± 0.6")
        .doesNotContain("within");
    assertThat(rows.get(2)).startsWith("shallow").contains("−45.0 ± 5.0");
    assertThat(head(page)).contains("1.3 points below back-propagation (95.0 % ± 5.0).");
  }

  @Test
  void aDifferenceWithinItsSpreadIsCalledSo() throws IOException {
    var folder = SampleComparisons.of(parent, "near", List.of("bp", "dfa"), 2, List.of());
    SampleComparisons.write(
        folder,
        SampleComparisons.runs(folder).stream()
            .map(line ->
                line.replaceAll(
                    "\"test_accuracy\":[\\d.]+",
                    "\"test_accuracy\":"
                        + (line.contains("\"bp\"")
                            ? "0.95"
                            : line.contains("\"seed\":1") ? "0.93" : "0.96")))
            .toList());
    var page = page(folder);
    assertThat(head(page))
        .contains("below back-propagation (95.0 % ± 0.0), which is within the spread");
    assertThat(Pages.section(page, "results")).contains("−0.5 ± 2.1within spread");
    assertThat(head(page)).contains("Without shallow there is no control");
  }

  @Test
  void labelsThatAreNoRulesAreSettings() throws IOException {
    var folder = SampleComparisons.of(parent, "widths", List.of("dfa", "fa"), 2, List.of());
    SampleComparisons.write(
        folder,
        SampleComparisons.runs(folder).stream()
            .map(line -> line.replace("\"label\":\"dfa\"", "\"label\":\"width 4\""))
            .toList());
    assertThat(head(page(folder))).contains("2 settings on digits").doesNotContain("yardstick");
  }

  @Test
  void oneSeedHasNoSpread() throws IOException {
    var page = page(SampleComparisons.of(parent, "one", SampleComparisons.FOUR, 1, List.of()));
    assertThat(head(page))
        .contains("One seed: nothing is known of the spread.")
        .doesNotContain("±");
    assertThat(Pages.section(page, "results")).doesNotContain("0.0 ±", "± 0");
    assertThat(Pages.section(page, "curves")).contains("One seed, so there is no band.");
    assertThat(Pages.section(page, "alignment")).contains("Not measured");
    assertThat(Pages.section(page, "cost")).contains("Not counted");
  }

  @Test
  void whatFailedIsToldWithItsReason() throws IOException {
    var folder = SampleComparisons.full(parent);
    Files.delete(folder.resolve("runs/fa-seed-2/evaluation.json"));
    Files.writeString(folder.resolve("runs/fa-seed-2/diagnosis.json"), "{\"step\":17}");
    remove(folder.resolve("runs/shallow-seed-1"));
    SampleComparisons.write(
        folder,
        SampleComparisons.runs(folder).stream()
            .map(line ->
                line.contains("runs/fa-seed-2")
                    ? "{\"label\":\"fa\",\"seed\":2,\"run\":\"runs/fa-seed-2\",\"state\":\"failed\",\"reason\":\"training diverged at step 17: the loss is NaN\"}"
                    : line.contains("shallow-seed-1")
                        ? "{\"label\":\"shallow\",\"seed\":1,\"run\":\"runs/shallow-seed-1\",\"state\":\"failed\",\"reason\":\"refused\"}"
                        : line)
            .toList());
    var page = page(folder);
    assertThat(head(page)).contains("2 runs failed", "2 of them without a result");
    assertThat(Pages.section(page, "runs"))
        .contains("fa, seed 2: training diverged at step 17: the loss is NaN")
        .contains("shallow, seed 1: refused");
    assertThat(Pages.section(page, "results")).contains("2 of 3");
  }

  @Test
  void unfinishedComparisonsSaySo() throws IOException {
    var samples = everySample();
    assertThat(head(page(samples.get(5)))).contains("Unfinished: 10 of 12 runs ended");
    assertThat(head(page(samples.get(6)))).contains("No result yet", "No run has begun.");
    var unlisted = page(samples.get(7));
    assertThat(head(unlisted)).contains("2 rules on digits", "4 runs, all ended");
    assertThat(Pages.section(unlisted, "runs")).contains("comparison.json is missing or damaged");
  }

  @Test
  void alignmentIsAMapOnOneScale() throws IOException {
    var page = page(SampleComparisons.many(parent, 12));
    var words = Pages.section(page, "alignment");
    assertThat(words)
        .contains("silent: the block is told nothing")
        .contains("not comparable: this signal is no estimate of the gradient")
        .contains("± 0.080");
    var shades =
        Pages.elements(page, "rect").stream().map(r -> r.getAttribute("class")).distinct().toList();
    assertThat(shades).contains("up10", "up7", "level", "down3", "down10");
    assertThat(HeatMaps.shade(0.049)).isEqualTo("level");
    assertThat(HeatMaps.shade(-0.051)).isEqualTo("down1");
    assertThat(HeatMaps.shade(7)).isEqualTo("up10");
    var strip =
        Pages.elements(page, "svg").stream()
            .map(svg -> svg.getAttribute("aria-label"))
            .filter(label -> label.startsWith("block 3: cosine"))
            .findFirst()
            .orElseThrow();
    assertThat(strip).matches("block 3: cosine 1\\.000 at epoch 0\\.0222, 1\\.000 at epoch 30");
  }

  @Test
  void manyReadingsAreMergedAndKeepTheLast() throws IOException {
    var folder = SampleComparisons.of(parent, "long", List.of("dfa"), 1, List.of());
    var events =
        new StringBuilder(Files.readString(folder.resolve("runs/dfa-seed-1/events.jsonl")));
    for (int step = 1; step <= 1000; step++) {
      events.append(
          "{\"event\":\"probe\",\"step\":%d,\"readings\":{\"alignment/1\":%s}}\n"
              .formatted(step, step == 1000 ? "0.875" : "0.5"));
    }
    Files.writeString(folder.resolve("runs/dfa-seed-1/events.jsonl"), events);
    var page = page(folder);
    assertThat(Pages.section(page, "alignment")).contains("0.875");
    assertThat(
            Pages.elements(page, "rect").stream()
                .filter(r -> r.getAttribute("class").equals("up5")))
        .hasSizeBetween(55, 61); // one is the legend's
  }

  @Test
  void manyRulesAreDrawnSideBySideBelowAMegabyte() throws IOException {
    var text = ComparisonReport.render(SampleComparisons.many(parent, 28));
    assertThat(text.getBytes(StandardCharsets.UTF_8).length).isLessThan(1_000_000);
    var page = Pages.parsed(text);
    assertThat(
            Pages.elements(page, "div").stream()
                .filter(div -> div.getAttribute("class").equals("panel")))
        .hasSize(4 * 28);
    assertThat(page(SampleComparisons.full(parent)).getElementsByTagName("wbr").getLength())
        .isPositive();
  }

  @Test
  void spreadsAreSampleStandardDeviations() {
    var spread = new Spread(List.of(1.0, 2.0, 4.0, Double.NaN));
    assertThat(spread.mean()).isCloseTo(7 / 3.0, within(1e-12));
    assertThat(spread.std()).isCloseTo(Math.sqrt(7 / 3.0), within(1e-12));
    assertThat(new Spread(List.of(1.0)).std()).isNaN();
    assertThat(new Spread(List.of(1.0)).holdsZero()).isFalse();
    assertThat(new Spread(List.of(-1.0, 1.5)).holdsZero()).isTrue();
    assertThat(new Spread(List.of(1.0, 1.5)).holdsZero()).isFalse();
    assertThat(new Spread(List.of()).mean()).isNaN();
  }

  @Test
  void whateverAFileSaysIsEscapedAndNoOtherFolderIsRead() throws IOException {
    var evil = "<script>alert(1)</script>\\\"'&<img src=x onerror=alert(2)>";
    var folder = SampleComparisons.of(parent, "evil", List.of("dfa"), 1, List.of());
    SampleRuns.digits(parent);
    SampleComparisons.write(
        folder,
        List.of(
            "{\"label\":\"%1$s\",\"seed\":\"%1$s\",\"run\":\"runs/../../digits-dfa\",\"state\":\"%1$s\",\"reason\":\"%1$s\"}"
                .formatted(evil),
            "{\"label\":\"x\",\"seed\":1,\"run\":\"runs/..\",\"state\":\"failed\",\"reason\":\"%1$s\"}"
                .formatted(evil)));
    Files.writeString(folder.resolve("compare.yaml"), "data: <script>alert(3)</script>\nnet: <b>");
    var text = ComparisonReport.render(folder);
    assertThat(text).doesNotContain("<script>alert", "<img src=x", "digits-dfa");
    assertThat(Pages.elements(Pages.parsed(text), "script")).hasSize(1);
  }

  @Test
  void noDamageToAFileStopsThePage() throws IOException {
    var folder =
        SampleComparisons.of(parent, "damaged", List.of("bp", "dfa"), 2, List.of(Part.values()));
    var value = Pattern.compile("-?\\d[\\d.eE+-]*|\"[^\"]*\"|\\[|\\{");
    var damages =
        List.of(
            "null",
            "-1",
            "1e308",
            "NaN",
            "[]",
            "{}",
            "true",
            "\"x\"",
            "99999999999999999999",
            "",
            "0");
    var random = new Random(5);
    for (var file :
        List.of(
            "comparison.json",
            "compare.yaml",
            "runs/dfa-seed-1/events.jsonl",
            "runs/dfa-seed-1/evaluation.json")) {
      var path = folder.resolve(file);
      var whole = Files.readString(path);
      var places = value.matcher(whole).results().toList();
      for (int i = 0; i < 15; i++) {
        var place = places.get(random.nextInt(places.size()));
        var damage = damages.get(random.nextInt(damages.size()));
        Files.writeString(
            path, whole.substring(0, place.start()) + damage + whole.substring(place.end()));
        page(folder);
      }
      Files.writeString(path, whole);
    }
  }

  @Test
  void theSameFolderGivesTheSamePageInEveryLocale() throws IOException {
    var folder = SampleComparisons.full(parent);
    var first = ComparisonReport.render(folder);
    var locale = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(ComparisonReport.render(folder)).isEqualTo(first);
    } finally {
      Locale.setDefault(locale);
    }
  }

  @Test
  void aFolderThatHoldsNoComparisonIsRefusedInOneLine() throws IOException {
    var empty = Files.createDirectories(parent.resolve("empty"));
    var file = Files.writeString(parent.resolve("file"), "x");
    for (var path : List.of(parent.resolve("none"), empty, file)) {
      assertThatThrownBy(() -> ComparisonReport.render(path))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(path.getFileName().toString())
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void normsMarginsAndKernelsStandByRuleWhereTheyWereRead() throws IOException {
    var folder = SampleComparisons.of(parent, "norms", List.of("bp", "dfa"), 2, List.of());
    var plain = page(folder);
    assertThat(Pages.elements(plain, "section").stream().map(s -> s.getAttribute("id")))
        .doesNotContain("capacity");
    SampleComparisons.write(
        folder,
        SampleComparisons.runs(folder).stream()
            .map(line -> {
              boolean bp = line.startsWith("{\"label\":\"bp\"");
              return line.substring(0, line.length() - 1)
                  + ",\"capacity_rows\":128,\"capacity_margin_50\":%s,\"capacity_1_1_inf\":7.5"
                      .formatted(bp ? "3.25" : "1.75")
                  + (bp ? ",\"capacity_r_1_inf\":42.5" : ",\"kernel_drift\":0.625")
                  + "}";
            })
            .toList());
    var words = Pages.section(page(folder), "capacity");
    assertThat(words)
        .contains("Margin, 50 %", "3.25", "1.75", "Block 1 (1,∞)", "7.5", "R (1,∞)", "42.5")
        .contains("Tangent kernel", "0.625")
        .doesNotContain("R (2,2)", "Block 2");
  }
}
