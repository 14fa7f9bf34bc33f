package org.plumbline.report;

import static java.util.Locale.ROOT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Invented but plausible folders of comparisons, the same at every call. */
final class SampleComparisons {
  static final List<String> FOUR = List.of("bp", "shallow", "fa", "dfa");
  private static final int PER_EPOCH = 45;

  private SampleComparisons() {}

  /** What a comparison is made of. */
  enum Part {
    /** Readings of the probe alignment. */
    ALIGNMENT,
    /** Readings of the probe cost. */
    COST,
    /** A validation set. */
    VALIDATION
  }

  /** Everything there: four rules, three seeds. */
  static Path full(Path parent) throws IOException {
    return of(parent, "compare-digits-1", FOUR, 3, List.of(Part.values()));
  }

  /** As many rules as there may ever be. */
  static Path many(Path parent, int rules) throws IOException {
    var names = new ArrayList<>(FOUR);
    for (int i = names.size(); i < rules; i++) {
      names.add(i % 5 == 0 ? "some-long-rule-name:gain=" + i + ",law=normal" : "rule" + i);
    }
    return of(parent, "many-" + rules, names, 3, List.of(Part.values()));
  }

  static Path of(Path parent, String name, List<String> rules, int seeds, List<Part> parts)
      throws IOException {
    var folder = Files.createDirectories(parent.resolve(name));
    Files.writeString(
        folder.resolve("compare.yaml"),
        "rules:\n  - %s\nseeds: %d\ndata: digits\nnet: 128,128,128\nactivation: tanh\noptimizer: adam:lr=0.001,beta1=0.9\nepochs: 30\nbatch: 32\nseed: 1\n"
            .formatted(String.join("\n  - ", rules), seeds));
    var runs = new ArrayList<String>();
    for (int seed = 1; seed <= seeds; seed++) {
      for (int rule = 0; rule < rules.size(); rule++) {
        runs.add(run(folder, rules.get(rule), rule, seed, parts));
      }
    }
    write(folder, runs);
    return folder;
  }

  static void write(Path folder, List<String> runs) throws IOException {
    Files.writeString(
        folder.resolve("comparison.json"),
        "{\"v\":1,\"complete\":true,\"rows\":[],\"runs\":[\n" + String.join(",\n", runs) + "]}\n");
  }

  /** The lines of comparison.json that speak of runs. */
  static List<String> runs(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve("comparison.json")).stream()
        .filter(line -> line.startsWith("{\"label\""))
        .map(line -> line.replaceAll("(,|]}|,?\\s)+$", ""))
        .toList();
  }

  private static String run(Path folder, String rule, int number, int seed, List<Part> parts)
      throws IOException {
    var name = rule.replaceAll("[^a-z0-9.]+", "-") + "-seed-" + seed;
    var run = Files.createDirectories(folder.resolve("runs").resolve(name));
    var random = new Random(1000L * number + seed);
    double end =
        switch (rule) {
          case "bp" -> 0.974;
          case "shallow" -> 0.81;
          default -> 0.968 - 0.002 * (number % 9);
        };
    double test = end + 0.006 * random.nextGaussian() - 0.004 * seed;
    double seconds = 3 + (number % 5) + 0.2 * random.nextDouble();
    Files.writeString(run.resolve("config.yaml"), SampleRuns.config(rule, "digits", 30));
    Files.writeString(run.resolve("provenance.json"), SampleRuns.provenance("digits"));
    Files.write(run.resolve("events.jsonl"), events(rule, number, end, random, seconds, parts));
    Files.writeString(
        run.resolve("evaluation.json"),
        String.format(
            ROOT,
            "{\"v\":1,\"rule\":\"%s\",\"data\":\"digits\",\"classes\":[\"0\",\"1\"],\"test\":{\"examples\":360,\"loss\":0.1,\"accuracy\":%.5f},\"train\":{\"examples\":1437,\"loss\":0.05,\"accuracy\":%.5f}}",
            rule,
            test,
            end + 0.01));
    var cost =
        parts.contains(Part.COST)
            ? String.format(
                ROOT,
                ",\"cost_forward\":42240,\"cost_error\":%d,\"cost_weights\":42240,\"cost_extra\":0,\"cost_total\":%d,\"cost_words\":%d,\"cost_bp_total\":118528,\"cost_bp_error\":34048,\"cost_bp_words\":34700",
                rule.equals("bp") ? 34048 : 3840,
                84480 + (rule.equals("bp") ? 34048 : 3840),
                rule.equals("bp") ? 34700 : 3850)
            : "";
    return String.format(
        ROOT,
        "{\"label\":\"%s\",\"rule\":\"%s\",\"seed\":%d,\"run\":\"runs/%s\",\"state\":\"finished\",\"test_accuracy\":%.5f,\"test_loss\":0.1,\"train_accuracy\":%.5f,\"train_loss\":0.05,\"parameters\":42634,\"epochs\":30,\"steps\":1350,\"seconds\":%.3f,\"samples_per_second\":%.1f,\"feedback_bytes\":%d%s}",
        rule,
        rule,
        seed,
        name,
        test,
        end + 0.01,
        seconds,
        30 * 1437 / seconds,
        rule.equals("bp") || rule.equals("shallow") ? 0 : 15360,
        cost);
  }

  private static List<String> events(
      String rule, int number, double end, Random random, double seconds, List<Part> parts) {
    var lines = new ArrayList<String>();
    lines.add(
        "{\"v\":1,\"event\":\"started\",\"time\":\"2026-03-04T09:26:53Z\",\"run\":\"%s\",\"rule\":\"%s\",\"data\":\"digits\",\"epochs\":30,\"steps_per_epoch\":%d,\"parameters\":42634,\"blocks\":[],\"feedback\":[]}"
            .formatted(rule, rule, PER_EPOCH));
    for (int epoch = 0; epoch <= 30; epoch++) {
      int step = Math.max(1, epoch * PER_EPOCH);
      if (parts.contains(Part.ALIGNMENT)) {
        lines.add(
            "{\"v\":1,\"event\":\"probe\",\"step\":%d,\"epoch\":%d,\"readings\":{%s}}"
                .formatted(step, Math.max(1, epoch), readings(rule, number, epoch, random)));
      }
      if (epoch > 0) {
        double accuracy = end - 0.85 * Math.exp(-epoch / 2.5) + 0.004 * random.nextGaussian();
        double loss = 0.03 + (1 - end) + 2.2 * Math.exp(-epoch / 3.0);
        var held =
            parts.contains(Part.VALIDATION)
                ? String.format(
                    ROOT,
                    "\"validation_loss\":%.5f,\"validation_accuracy\":%.5f,",
                    loss * 1.2 + 0.02 * Math.abs(random.nextGaussian()),
                    accuracy - 0.01)
                : "";
        lines.add(
            String.format(
                ROOT,
                "{\"v\":1,\"event\":\"epoch\",\"epoch\":%d,\"step\":%d,\"train_loss\":%.5f,\"train_accuracy\":%.5f,%s\"rate\":0.001,\"seconds\":%.3f}",
                epoch,
                step,
                loss + 0.01 * Math.abs(random.nextGaussian()),
                accuracy,
                held,
                seconds * epoch / 30));
      }
    }
    lines.add(
        String.format(
            ROOT,
            "{\"v\":1,\"event\":\"finished\",\"step\":1350,\"reason\":\"epochs\",\"seconds\":%.3f}",
            seconds));
    return lines;
  }

  private static String readings(String rule, int number, int epoch, Random random) {
    var readings = new ArrayList<String>();
    for (int block = 1; block <= 3; block++) {
      var key = "alignment/" + block;
      switch (rule) {
        case "bp" -> readings.add("\"%s\":1.0,\"%s/silent\":0".formatted(key, key));
        case "shallow" -> readings.add("\"%s/silent\":32".formatted(key));
        default -> {
          double cosine =
              (number % 7 == 6 ? -0.3 : 0.25 * block) * (1 - Math.exp(-epoch / 6.0))
                  + 0.02 * random.nextGaussian();
          readings.add(
              String.format(
                  ROOT,
                  "\"%1$s\":%2$.4f,\"%1$s/silent\":0,\"%1$s/null\":%3$.4f,\"%1$s/null_std\":0.04",
                  key,
                  cosine,
                  0.005 * random.nextGaussian()));
          if (number % 8 == 7) {
            readings.add("\"%s/comparable\":0".formatted(key));
          }
        }
      }
    }
    return String.join(",", readings);
  }
}
