package org.plumbline.report;

import static java.util.Locale.ROOT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Invented but plausible run folders, the same at every call. */
final class SampleRuns {
  private static final List<String> DIGITS =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();
  private static final List<String> CIFAR =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  /** Digits of 5 × 7 dots, rows from top to bottom, five bits each. */
  private static final int[][] GLYPHS = {
    {14, 17, 19, 21, 25, 17, 14}, {4, 12, 4, 4, 4, 4, 14}, {14, 17, 1, 2, 4, 8, 31},
    {31, 2, 4, 2, 1, 17, 14}, {2, 6, 10, 18, 31, 2, 2}, {31, 16, 30, 1, 1, 17, 14},
    {6, 8, 16, 30, 17, 17, 14}, {31, 1, 2, 4, 8, 8, 8}, {14, 17, 17, 14, 17, 17, 14},
    {14, 17, 17, 15, 1, 2, 12}
  };

  private SampleRuns() {}

  /** Everything there: digits, three hidden blocks, probes, validation. */
  static Path digits(Path parent) throws IOException {
    return digits(parent, 30);
  }

  static Path digits(Path parent, int epochs) throws IOException {
    var folder = Files.createDirectories(parent.resolve("digits-dfa"));
    Files.writeString(folder.resolve("config.yaml"), config("dfa", "digits", epochs));
    Files.write(folder.resolve("events.jsonl"), training(epochs, epochs, Validation.HELD_OUT));
    Files.writeString(
        folder.resolve("evaluation.json"),
        evaluation("digits", DIGITS, 360, 0.969, image(1, 8), n -> glyph(n, 8, n)));
    Files.writeString(folder.resolve("provenance.json"), provenance("digits"));
    return folder;
  }

  /** Grey pictures of 28 × 28. */
  static Path mnist(Path parent) throws IOException {
    var folder = Files.createDirectories(parent.resolve("mnist-sparse"));
    Files.writeString(
        folder.resolve("config.yaml"), config("sparse-dfa:connections=1", "mnist", 5));
    Files.write(
        folder.resolve("events.jsonl"),
        as("sparse-dfa:connections=1", "mnist", training(5, 5, Validation.NONE)));
    Files.writeString(
        folder.resolve("evaluation.json"),
        evaluation("mnist", DIGITS, 10000, 0.9782, image(1, 28), n -> glyph(n, 28, n)));
    Files.writeString(folder.resolve("provenance.json"), provenance("mnist"));
    return folder;
  }

  /** Colour pictures of 32 × 32 and classes with names. */
  static Path cifar(Path parent) throws IOException {
    var folder = Files.createDirectories(parent.resolve("cifar-kp"));
    Files.writeString(folder.resolve("config.yaml"), config("kolen-pollack", "cifar10", 60));
    Files.write(
        folder.resolve("events.jsonl"),
        as("kolen-pollack", "cifar10", training(60, 60, Validation.HELD_OUT)));
    Files.writeString(
        folder.resolve("evaluation.json"),
        evaluation("cifar10", CIFAR, 10000, 0.612, image(3, 32), n -> scene(n)));
    Files.writeString(folder.resolve("provenance.json"), provenance("cifar10"));
    return folder;
  }

  /** A table of two classes, no probes. */
  static Path table(Path parent) throws IOException {
    var folder = Files.createDirectories(parent.resolve("csv"));
    Files.writeString(folder.resolve("config.yaml"), config("dfa", "loans.csv", 12));
    var events =
        as("dfa", "loans.csv", training(12, 12, Validation.HELD_OUT)).stream()
            .filter(line -> !line.contains("\"probe\""))
            .toList();
    Files.write(folder.resolve("events.jsonl"), events);
    var names =
        "{\"kind\":\"row\",\"names\":[\"age\",\"income\",\"months employed\",\"region\",\"debt ratio\",\"late payments\"]}";
    Files.writeString(
        folder.resolve("evaluation.json"),
        evaluation(
            "loans.csv",
            List.of("repaid", "defaulted"),
            214,
            0.86,
            names,
            n -> {
              var random = new Random(n);
              return "%d,%d,%d,\"%s\",%.2f,%d"
                  .formatted(
                      22 + random.nextInt(50),
                      18000 + random.nextInt(60000),
                      random.nextInt(240),
                      List.of("north", "south", "east").get(random.nextInt(3)),
                      random.nextDouble(),
                      random.nextInt(6));
            }));
    return folder;
  }

  /** Thirty classes with long names. */
  static Path manyClasses(Path parent, int classes) throws IOException {
    var folder = Files.createDirectories(parent.resolve("classes-" + classes));
    var names = IntStream.range(0, classes).mapToObj(i -> "species number " + (i + 1)).toList();
    Files.writeString(folder.resolve("config.yaml"), config("dfa", "species", 30));
    Files.writeString(
        folder.resolve("evaluation.json"),
        evaluation("species", names, 3000, 0.81, "{\"kind\":\"row\"}", n -> "1,2,3"));
    return folder;
  }

  /** Killed in the middle of writing a line. */
  static Path unfinished(Path parent) throws IOException {
    var folder = Files.createDirectories(parent.resolve("unfinished"));
    Files.writeString(folder.resolve("config.yaml"), config("dfa", "digits", 30));
    var lines = training(30, 11, Validation.HELD_OUT);
    Files.writeString(
        folder.resolve("events.jsonl"),
        String.join("\n", lines) + "\n{\"v\":1,\"event\":\"step\",\"step\":5");
    return folder;
  }

  /** A configuration and nothing else. */
  static Path minimal(Path parent) throws IOException {
    var folder = Files.createDirectories(parent.resolve("minimal"));
    Files.writeString(folder.resolve("config.yaml"), config("dfa", "digits", 30));
    return folder;
  }

  /** Whether there is a validation set. */
  enum Validation {
    HELD_OUT,
    NONE
  }

  static String config(String rule, String data, int epochs) {
    return """
    # complete, as resolved
    data: %s
    model: mlp
    hidden: [128, 128, 128]
    activation: tanh
    rule: %s
    optimizer: adam:rate=0.001,beta1=0.9,beta2=0.999,epsilon=1.0e-8
    batch: 32
    epochs: %d
    validation: 0.1
    seed: 1
    precision: fp32
    threads: 1
    probes: [alignment]
    """
        .formatted(data, rule, epochs);
  }

  /** Events of a run of which some epochs are done. */
  static List<String> training(int planned, int done, Validation validation) {
    var random = new Random(1);
    int perEpoch = 45;
    var lines = new ArrayList<String>();
    lines.add(
        """
        {"v":1,"event":"started","time":"2026-03-04T09:26:53Z","run":"digits-dfa","rule":"dfa","data":"digits","epochs":%d,"steps_per_epoch":%d,"parameters":42634,\
        "blocks":[{"block":1,"name":"dense 64→128, tanh","parameters":8320},{"block":2,"name":"dense 128→128, tanh","parameters":16512},\
        {"block":3,"name":"dense 128→128, tanh","parameters":16512},{"block":4,"name":"dense 128→10","parameters":1290}],\
        "feedback":[{"block":1,"shape":[10,128],"std":0.051,"rms_gain":0.577},{"block":2,"shape":[10,128],"std":0.051,"rms_gain":0.577},{"block":3,"shape":[10,128],"std":0.051,"rms_gain":0.577}]}\
        """
            .formatted(planned, perEpoch));
    for (int epoch = 1; epoch <= done; epoch++) {
      for (int step = (epoch - 1) * perEpoch + 5; step <= epoch * perEpoch; step += 5) {
        double t = (double) step / perEpoch;
        lines.add(
            String.format(
                ROOT,
                "{\"v\":1,\"event\":\"step\",\"step\":%d,\"epoch\":%d,\"loss\":%.5f,\"accuracy\":%.4f,\"seconds\":%.3f}",
                step,
                epoch,
                loss(t) * (1 + 0.25 * random.nextGaussian() * Math.exp(-t / 60)) * 1.02,
                Math.clamp(
                    1 - 0.88 * Math.exp(-t / 2.2) - Math.abs(0.015 * random.nextGaussian()),
                    0.0,
                    1.0),
                0.0024 * step));
        if (step % 15 == 0 || step == 5) {
          lines.add(probe(step, epoch, t, random));
        }
      }
      double t = epoch;
      var held =
          validation == Validation.NONE
              ? ""
              : String.format(
                  ROOT,
                  "\"validation_loss\":%.5f,\"validation_accuracy\":%.4f,",
                  loss(t) + 0.09 + 0.002 * t + 0.01 * random.nextGaussian(),
                  0.965 - 0.8 * Math.exp(-t / 2.2) + 0.004 * random.nextGaussian());
      lines.add(
          String.format(
              ROOT,
              "{\"v\":1,\"event\":\"epoch\",\"epoch\":%d,\"step\":%d,\"train_loss\":%.5f,\"train_accuracy\":%.4f,%s\"rate\":0.001,\"seconds\":%.3f}",
              epoch,
              epoch * perEpoch,
              loss(t - 0.5),
              1 - 0.88 * Math.exp(-(t - 0.5) / 2.2),
              held,
              0.108 * t));
      if (epoch % 9 == 0) {
        lines.add(
            String.format(
                ROOT,
                "{\"v\":1,\"event\":\"warning\",\"step\":%d,\"message\":\"block 1: 6 of 128 units are saturated\"}",
                epoch * perEpoch));
      }
    }
    if (done == planned) {
      lines.add(
          String.format(
              ROOT,
              "{\"v\":1,\"event\":\"finished\",\"step\":%d,\"reason\":\"epochs\",\"seconds\":%.2f}",
              done * perEpoch,
              0.108 * done));
    }
    return lines;
  }

  private static List<String> as(String rule, String data, List<String> lines) {
    return lines.stream()
        .map(line ->
            line.replace("\"rule\":\"dfa\"", "\"rule\":\"" + rule + "\"")
                .replace("\"data\":\"digits\"", "\"data\":\"" + data + "\""))
        .toList();
  }

  private static double loss(double t) {
    return 0.012 + 2.3 * Math.exp(-t / 1.6) + 0.35 * Math.exp(-t / 9);
  }

  private static String probe(int step, int epoch, double t, Random random) {
    var readings = new ArrayList<String>();
    double[] ends = {0.21, 0.42, 0.68};
    for (int block = 1; block <= 3; block++) {
      double cosine =
          ends[block - 1] * (1 - Math.exp(-t * block / 5)) + 0.012 * random.nextGaussian();
      double mean = 0.004 * random.nextGaussian();
      double deviation = 0.018 + 0.003 * block + 0.002 * random.nextDouble();
      readings.add(
          String.format(
              ROOT,
              "\"alignment/%d\":%.4f,\"alignment/%d/std\":%.4f,\"alignment/%d/null\":%.4f,\"alignment/%d/null_std\":%.4f,\"alignment/%d/z\":%.2f",
              block,
              cosine,
              block,
              0.11,
              block,
              mean,
              block,
              deviation,
              block,
              (cosine - mean) / deviation));
    }
    return String.format(
        ROOT,
        "{\"v\":1,\"event\":\"probe\",\"step\":%d,\"epoch\":%d,\"readings\":{%s}}",
        step,
        epoch,
        String.join(",", readings));
  }

  private static String image(int channels, int side) {
    return "{\"kind\":\"image\",\"channels\":%d,\"height\":%d,\"width\":%d}"
        .formatted(channels, side, side);
  }

  private static String evaluation(
      String data,
      List<String> classes,
      int examples,
      double accuracy,
      String input,
      IntFunction<String> example) {
    int n = classes.size();
    var random = new Random(7);
    var cells = new int[n][n];
    int right = 0;
    for (int i = 0; i < examples; i++) {
      int truth = i % n;
      boolean hit = random.nextDouble() < accuracy;
      int taken =
          hit
              ? truth
              : (truth + 1 + (int) (random.nextDouble() * random.nextDouble() * (n - 1))) % n;
      cells[truth][taken]++;
      right += truth == taken ? 1 : 0;
    }
    var mistakes = new ArrayList<String>();
    for (int m = 0; m < Math.min(24, Math.max(1, examples - right)); m++) {
      int truth = (3 * m + 3) % n;
      mistakes.add(
          String.format(
              ROOT,
              "{\"row\":%d,\"truth\":%d,\"predicted\":%d,\"confidence\":%.4f,\"input\":[%s]}",
              17 * m + 18,
              truth,
              (truth + 1 + m % (n - 1)) % n,
              0.999 - 0.011 * m,
              example.apply(truth)));
    }
    return String.format(
        ROOT,
        "{\"v\":1,\"rule\":\"dfa\",\"data\":\"%s\",\"classes\":[%s],\"test\":{\"examples\":%d,\"loss\":0.1193,\"accuracy\":%.6f},\"train\":{\"examples\":1437,\"loss\":0.0121,\"accuracy\":0.9993},\"confusion\":%s,\"input\":%s,\"mistakes\":[%s]}",
        data,
        classes.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(",")),
        examples,
        (double) right / examples,
        IntStream.range(0, n)
            .mapToObj(i ->
                IntStream.of(cells[i])
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(",", "[", "]")))
            .collect(Collectors.joining(",", "[", "]")),
        input,
        String.join(",", mistakes));
  }

  static String provenance(String data) {
    return """
    {"v":1,"plumbline":"0.1.0","commit":"3b7e2bf0c1d2","java":"25.0.1","libtorch":"2.10.0","os":"Linux 6.8","cpu":"Example CPU","cores":2,
     "threads":1,"device":"cpu","precision":"fp32","seed":1,
     "data":{"name":"%s","sha256":"8b1f0e6c2f7a4d1e9b3c5a7d8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b","train":1437,"validation":0,"test":360},
     "sessions":[{"started":"2026-03-04T09:26:53Z","from_step":0},{"started":"2026-03-04T09:31:07Z","from_step":400}]}
    """
        .formatted(data);
  }

  /** A blurred digit. */
  private static String glyph(int digit, int side, int seed) {
    var random = new Random(seed);
    double tilt = 0.3 * random.nextDouble() - 0.15;
    var values = new ArrayList<String>();
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double row = (y + 0.5) / side * 8.6 - 0.8;
        double column = (x + 0.5) / side * 7.4 - 1.2 + tilt * (row - 3.5);
        values.add(String.format(ROOT, "%.3f", ink(GLYPHS[digit % 10], row - 0.5, column - 0.5)));
      }
    }
    return String.join(",", values);
  }

  private static double ink(int[] glyph, double row, double column) {
    double ink = 0;
    for (int r = 0; r < 7; r++) {
      for (int c = 0; c < 5; c++) {
        if ((glyph[r] >> (4 - c) & 1) == 1) {
          double distance = (row - r) * (row - r) + (column - c) * (column - c);
          ink = Math.max(ink, 1.2 * Math.exp(-1.1 * distance));
        }
      }
    }
    return Math.min(1, ink);
  }

  /** A sky, a ground and something round between them. */
  private static String scene(int seed) {
    var random = new Random(seed * 31L + 5);
    double horizon = 14 + 10 * random.nextDouble();
    double[] sky = {0.45 + 0.3 * random.nextDouble(), 0.65, 0.9};
    double[] ground = {0.3 + 0.2 * random.nextDouble(), 0.45, 0.25};
    double[] thing = {random.nextDouble(), random.nextDouble(), random.nextDouble()};
    double middle = 10 + 12 * random.nextDouble();
    var values = new ArrayList<String>();
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++) {
          double away = Math.hypot((x - middle) / 1.7, y - horizon);
          double value =
              away < 6.5
                  ? thing[c] * (1 - 0.04 * away)
                  : y < horizon ? sky[c] + 0.004 * y : ground[c];
          values.add(
              String.format(
                  ROOT, "%.3f", Math.clamp(value + 0.02 * random.nextGaussian(), 0.0, 1.0)));
        }
      }
    }
    return String.join(",", values);
  }
}
