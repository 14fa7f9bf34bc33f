package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Attention;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Beside;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Dropout;
import org.plumbline.nn.Embedding;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.GlobalPool;
import org.plumbline.nn.GroupNorm;
import org.plumbline.nn.Layer;
import org.plumbline.nn.LayerNorm;
import org.plumbline.nn.Network;
import org.plumbline.nn.Padded;
import org.plumbline.nn.Pool2d;
import org.plumbline.nn.Residual;
import org.plumbline.nn.Sequential;
import org.plumbline.nn.Summing;
import org.plumbline.nn.TokenMean;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Attention.Seen;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

/**
 * Every rule on every kind of hidden block, in FP64: it refuses in one line, or its gradients are
 * those of differences and its signals keep the identity of its family ({@link Identities}). The
 * outcome is docs/blocks-and-rules.md, which {@code ./check --fix} writes.
 */
@Tag("slow")
@ExtendWith(InScope.class)
class BlocksAndRulesTest {
  private static final Path PAGE = Path.of("..", "docs", "blocks-and-rules.md");
  private static final boolean WRITES = "write".equals(System.getProperty("plumbline.docs"));
  private static final Shape IMAGE = Shape.of(2, 6, 6);
  private static final Shape TEXT = Shape.of(4);
  private static final long CLASSES = 5;

  /** Where a rule's defaults cannot be told from simpler ones by differences, or not at all. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "hsic", "hsic:eps=0.01", // at 1e-5 the inverse leaves differences three digits
          "pred", "pred:pool-to=20", // so that these small maps are pooled
          "predsim", "predsim:pool-to=20,beta=0.4");

  /** Two hidden blocks of each kind, without the output block. */
  private static final Map<String, List<Layer>> KINDS = new LinkedHashMap<>();

  static {
    Activation tanh = new Activation.Tanh();
    KINDS.put("dense", rows(new Dense(9), tanh, new Dense(8), tanh));
    KINDS.put(
        "dense, layer-norm",
        rows(new Dense(9), new LayerNorm(), tanh, new Dense(8), new LayerNorm(), tanh));
    KINDS.put(
        "dense, batch-norm",
        rows(new Dense(9), new BatchNorm(), tanh, new Dense(8), new BatchNorm(), tanh));
    KINDS.put("conv", images(conv(4), tanh, conv(5), tanh));
    KINDS.put("conv, stride 2", images(new Conv2d(4, 3, 2, 1), tanh, new Conv2d(5, 3, 2, 1), tanh));
    KINDS.put("conv in groups, depthwise", images(grouped(2), tanh, grouped(4), tanh));
    KINDS.put(
        "conv, max-pool",
        images(conv(4), tanh, new Pool2d.Max(), conv(5), tanh, new Pool2d.Max(2, 1, 0)));
    KINDS.put(
        "conv, average-pool",
        images(conv(4), tanh, new Pool2d.Average(), conv(5), tanh, new Pool2d.Average(2, 1, 0)));
    KINDS.put(
        "conv, batch-norm", images(conv(4), new BatchNorm(), tanh, conv(5), new BatchNorm(), tanh));
    KINDS.put("conv, group-norm", images(conv(4), groups(), tanh, conv(6), groups(), tanh));
    KINDS.put(
        "two convs in a block",
        images(
            new Sequential(List.of(conv(4), tanh, conv(3), tanh)),
            new Sequential(List.of(conv(4), tanh, conv(3), tanh))));
    KINDS.put("residual", images(conv(4), tanh, around(), tanh));
    KINDS.put("conv, global pool", List.of(conv(4), tanh, conv(5), tanh, new GlobalPool()));
    KINDS.put(
        "conv, dropout", images(conv(4), tanh, new Dropout(0.2), conv(5), tanh, new Dropout(0.2)));
    KINDS.put(
        "embedding, encoder layer", List.of(embedded(), new Sequential(List.of(seen(), fed()))));
    KINDS.put(
        "embedding, encoder layer cut in three",
        List.of(
            embedded(),
            seen(),
            new Beside(List.of(new LayerNorm(), new Dense(9), new Activation.Gelu())),
            new Summing(List.of(new Dense(6)))));
    KINDS.put(
        "embedding, encoder layer, one answer a sentence",
        List.of(
            new Embedding(CLASSES, 6, Embedding.Padding.WITH),
            new Padded(
                List.of(
                    new Residual(
                        List.of(new LayerNorm(), new Attention(2, TEXT.axis(0), Seen.ALL))),
                    fed()))));
  }

  /** Whether a kind is of text, and how many answers a row of it has. */
  private static int answers(String kind) {
    return !kind.startsWith("embedding") || kind.endsWith("sentence") ? 1 : (int) TEXT.axis(0);
  }

  private static Layer embedded() {
    return new Embedding(CLASSES, 6, Embedding.Padding.WITHOUT);
  }

  private static Layer seen() {
    return new Residual(List.of(new LayerNorm(), new Attention(2, TEXT.axis(0), Seen.EARLIER)));
  }

  private static Layer fed() {
    return new Residual(
        List.of(new LayerNorm(), new Dense(9), new Activation.Gelu(), new Dense(6)));
  }

  /** Sixteen rows of a kind. */
  private static Toy.Batch batch(String kind, Network network) {
    if (!kind.startsWith("embedding")) {
      return Toy.batch(network, Precision.FP64);
    }
    double[] tokens = new double[Toy.ROWS * (int) TEXT.axis(0)];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (int) (CLASSES * Seed.of(11).uniform(i));
    }
    int rows = Toy.ROWS * answers(kind);
    return new Toy.Batch(
        Tensor.of(tokens, TEXT.withRows(Toy.ROWS).toArray()),
        Toy.targets(Precision.FP64, Seed.of(12), rows, (int) CLASSES));
  }

  private static List<Layer> rows(Layer... layers) {
    List<Layer> all = new ArrayList<>(List.of(new Flatten()));
    all.addAll(List.of(layers));
    return all;
  }

  private static List<Layer> images(Layer... layers) {
    List<Layer> all = new ArrayList<>(List.of(layers));
    all.add(new Flatten());
    return all;
  }

  private static Layer conv(long channels) {
    return new Conv2d(channels, 3, 1, 1);
  }

  private static Layer grouped(int groups) {
    return new Conv2d(4, 3, 1, 1, groups, Dense.Bias.WITH);
  }

  /** Two convolutions with their normalisations, and the input beside them. */
  private static Layer around() {
    return new Residual(
        List.of(conv(4), new BatchNorm(), new Activation.Tanh(), conv(4), new BatchNorm()));
  }

  private static Layer groups() {
    return new GroupNorm(2, 1e-5, new GroupNorm().affine());
  }

  /** What a rule said of a kind of block: nothing, or why it refuses. */
  private static String refusal(String rule, String kind, List<Layer> hidden) {
    List<Layer> layers = new ArrayList<>(hidden);
    boolean sentence = kind.endsWith("sentence");
    layers.add(
        sentence
            ? new Sequential(List.of(new TokenMean(TEXT.axis(0)), new Dense(CLASSES)))
            : new Dense(CLASSES));
    Shape row = kind.startsWith("embedding") ? TEXT : IMAGE;
    try (var _ = Scope.open()) {
      Network network = Network.of(layers, row, Toy.birth(new Toy.Normal(), Precision.FP64, 3));
      LearningRule learning = Rules.ALL.parse(SETTINGS.getOrDefault(rule, rule));
      Training training;
      try {
        training = Training.of(network, learning, new Sgd(0.05), Seed.of(5));
      } catch (BadInput refused) {
        String line = String.valueOf(refused.getMessage());
        assertThat(line).startsWith("rule " + rule).contains("block ").doesNotContain("\n");
        return line;
      }
      Toy.Batch batch = batch(kind, network);
      training.step(batch, 0); // heads and averages that start at zero say something then
      training.step(batch, 1);
      Identities.require(rule, learning, training, training.tell(batch, 2));
      return "";
    }
  }

  @Test
  void everyRuleServesOrRefusesEveryKindOfBlock() throws IOException {
    Map<String, Map<String, String>> table = new LinkedHashMap<>();
    List<String> failed = new ArrayList<>();
    for (String rule : Rules.ALL.names()) {
      Map<String, String> row = new LinkedHashMap<>();
      for (var kind : KINDS.entrySet()) {
        try {
          row.put(kind.getKey(), refusal(rule, kind.getKey(), kind.getValue()));
        } catch (AssertionError | RuntimeException wrong) {
          String why = String.valueOf(wrong.getMessage()).strip().replaceAll("\\s+", " ");
          row.put(kind.getKey(), "FAILS: " + wrong.getClass().getSimpleName());
          failed.add(
              "%s on %s: %s: %s"
                  .formatted(rule, kind.getKey(), wrong.getClass().getSimpleName(), why));
        }
      }
      table.put(rule, row);
    }
    String page = page(table);
    if (WRITES) {
      Files.writeString(PAGE, page);
    }
    assertThat(String.join("\n", failed)).isEmpty();
    if (!WRITES) {
      assertThat(Files.readString(PAGE)).as("./check --fix writes %s", PAGE).isEqualTo(page);
    }
  }

  /** A refusal without the block and the shapes it speaks of. */
  private static String common(String reason) {
    return reason.replaceAll("\\(.*\\)|'.*'|\\[[^\\]]*\\]|[0-9]+", "");
  }

  private static String page(Map<String, Map<String, String>> table) {
    Map<String, String> reasons = new LinkedHashMap<>(); // by what they have in common
    StringBuilder rows = new StringBuilder();
    table.forEach((rule, row) -> {
      rows.append("| [").append(rule).append("](rules/").append(rule).append(".md) |");
      row.values()
          .forEach(reason -> {
            reasons.putIfAbsent(common(reason), reason);
            rows.append(
                reason.isEmpty()
                    ? " yes |"
                    : " [%d] |".formatted(List.copyOf(reasons.keySet()).indexOf(common(reason))));
          });
      rows.append('\n');
    });
    reasons.remove("");
    StringBuilder notes = new StringBuilder();
    int number = 1;
    for (String reason : reasons.values()) {
      notes.append("%d. %s\n".formatted(number++, reason));
    }
    return """
    # Which rule serves which block

    Written by `BlocksAndRulesTest` (`./check --fix`), which fails when a cell is not what it says. Each cell is a network of two hidden
    blocks of that kind and a dense output, on images of 2x6x6, or on text of 4 tokens, and 5 classes, in FP64, after two steps of training. "yes" says:

    - the signals are shaped like the blocks' outputs, and the gradients by all parameters, those of normalisations too, are central
      differences of ⟨signal, output⟩ (for `ff` of the block's loss);
    - the signals keep what the family promises: *layered*, what exact differentiation gives with V in the place of W, by ⟨carried, t⟩ =
      ⟨signal, derivative along t⟩ to 1e-11; *direct*, what is broadcast times B_l; *local*, central differences of the block's own loss;
      `bp`, central differences of the network's loss; `fg` and `fdfa`, slopes by differences of the network's output; `pepita`, the
      gradients of ⟨(h − h′)/N, pre-activation⟩ on the second pass.

    Every other cell is a refusal when the rule is attached: one line, below the table for the first such
    block. Settings that differ from the defaults: %s.

    | rule | %s |
    |---|%s
    %s
    ## Refusals

    %s\
    """
        .formatted(
            SETTINGS.values().stream()
                .sorted()
                .map(s -> "`" + s + "`")
                .collect(Collectors.joining(", ")),
            String.join(" | ", KINDS.keySet()),
            "---|".repeat(KINDS.size()),
            rows,
            notes);
  }
}
