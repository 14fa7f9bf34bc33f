package org.plumbline.papers.nokland2016;

import static org.plumbline.papers.Confidence.HIGH;
import static org.plumbline.papers.Confidence.MEDIUM;

import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Confidence;
import org.plumbline.papers.Figure;
import org.plumbline.papers.Figure.Line;
import org.plumbline.papers.Figure.Point;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * Direct feedback alignment on MNIST, table 1: test error of bp, fa and dfa in dense networks.
 *
 * <p>Nøkland 2016, <a href="https://arxiv.org/abs/1609.01596">arXiv:1609.01596</a>; code
 * anokland/dfa-torch. Of each row: published error and its spread, and the tolerance of targets.
 */
public final class Nokland2016 {
  private static final String TABLE = "table 1, recalled; within about two of its spreads and ours";
  private static final String DRAWN = "init: uniform";

  private static final Recipe DEEP =
      table(
          "mnist-7x240",
          "7 x 240 tanh",
          "net: 240,240,240,240,240,240,240",
          0.3,
          9,
          new double[] {2.16, 0.13, 2.20, 0.13, 2.32, 0.15});
  private static final Recipe ONE =
      table(
          "mnist-1x800",
          "1 x 800 tanh",
          "net: 800",
          0.15,
          10,
          new double[] {1.59, 0.04, 1.68, 0.05, 1.68, 0.05});
  private static final Recipe TWO =
      table(
          "mnist-2x800",
          "2 x 800 tanh",
          "net: 800,800",
          0.2,
          21,
          new double[] {1.60, 0.06, 1.64, 0.03, 1.74, 0.08});
  private static final Recipe LOGISTIC =
      table(
          "mnist-2x800-logistic",
          "2 x 800 logistic",
          "net: 800,800\nactivation: sigmoid",
          0.2,
          21,
          new double[] {1.67, 0.03, 1.82, 0.10, 1.75, 0.04});
  private static final Recipe RELU =
      table(
          "mnist-2x800-relu",
          "2 x 800 ReLU, weights drawn",
          "net: 800,800\nactivation: relu\n" + DRAWN,
          0.2,
          21,
          new double[] {1.48, 0.06, 1.74, 0.10, 1.70, 0.06});
  private static final Recipe DROPOUT =
      table(
          "mnist-2x800-dropout",
          "2 x 800 tanh, dropout 0.1 of the inputs and 0.5 of the hidden layers",
          "net: 800,800\ninput-dropout: 0.1\ndropout: 0.5",
          0.15,
          23,
          new double[] {1.26, 0.03, 1.53, 0.03, 1.45, 0.07},
          HIGH);
  private static final String ADV_LOG =
      "log of the authors' code (1.05, 1.07, 1.05 in epochs 297 to 299); about two spreads of ours";
  private static final Recipe ADVERSARIAL =
      Recipe.of(
          "mnist-2x800-adv",
          "2 x 800 tanh, inputs shifted by 0.08 along the sign of their gradient",
          "preset: nokland\nnet: 800,800\nadversarial: 0.08\n",
          Cell.error("bp", 35, "rule: bp", DRAWN).published(1.01, 0.08, 0.15, MEDIUM, TABLE),
          Cell.error("shallow", 25, "rule: shallow", DRAWN),
          Cell.error("fa", 35, "rule: fa").published(1.14, 0.03, 0.15, MEDIUM, TABLE),
          Cell.error("dfa", 35, "rule: dfa")
              .published(1.02, 0.05, 0.15, MEDIUM, TABLE)
              .column("test_error", "test error, by a log", 1.05, 0.12, HIGH, ADV_LOG)
              .remark("The shift is made by back-propagation, so this is not learned without it."));
  private static final Recipe THREE =
      table(
          "mnist-3x800",
          "3 x 800 tanh",
          "net: 800,800,800",
          0.2,
          35,
          new double[] {1.75, 0.05, 1.66, 0.09, 1.70, 0.04});
  private static final Recipe FOUR =
      table(
          "mnist-4x800",
          "4 x 800 tanh",
          "net: 800,800,800,800",
          0.25,
          48,
          new double[] {1.92, 0.11, 1.70, 0.04, 1.83, 0.07});

  private static Recipe table(
      String id, String about, String keys, double tolerance, double minutes, double[] published) {
    return table(id, about, keys, tolerance, minutes, published, MEDIUM);
  }

  /** One row of the table: error and spread of bp, of fa and of dfa. */
  private static Recipe table(
      String id,
      String about,
      String keys,
      double tolerance,
      double minutes,
      double[] published,
      Confidence ofDfa) {
    String start = keys.contains(DRAWN) ? "" : DRAWN;
    String said = ofDfa == HIGH ? "abstract; within two of its spreads" : TABLE;
    return Recipe.of(
        id,
        about,
        "preset: nokland\n" + keys + "\n",
        Cell.error("bp", minutes, "rule: bp", start)
            .published(published[0], published[1], tolerance, MEDIUM, TABLE),
        Cell.error("shallow", minutes / 2, "rule: shallow", start),
        Cell.error("fa", minutes, "rule: fa")
            .published(published[2], published[3], tolerance, MEDIUM, TABLE),
        Cell.error("dfa", minutes, "rule: dfa")
            .published(published[4], published[5], tolerance, ofDfa, said));
  }

  private static Figure depth() {
    return new Figure(
        "depth",
        "Test error against depth, 800 tanh units a layer",
        "hidden layers",
        "test error, %",
        Figure.Scale.LINEAR,
        List.of("bp", "fa", "dfa").stream()
            .map(rule ->
                new Line(
                    rule,
                    "test_error",
                    IntStream.rangeClosed(1, 4)
                        .mapToObj(n -> new Point(n, "mnist-%dx800-%s".formatted(n, rule)))
                        .toList()))
            .toList());
  }

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "nokland-2016",
          "Direct Feedback Alignment Provides Learning in Deep Neural Networks",
          "Nøkland 2016, arXiv:1609.01596",
          List.of(ONE, TWO, THREE, FOUR, DEEP, LOGISTIC, RELU, DROPOUT, ADVERSARIAL),
          List.of(
              """
              The learning rate of each row is not confirmed: all have the default of the author's code, RMSprop at 1e-4. So \
              is the number of repetitions behind the published spreads. As the code does, \
              runs stop before epoch 299 once their training error, 0.75 old + 0.25 new, is at most 1e-4. The paper's 100 layers \
              of 240 and its dense networks on CIFAR-10 are no cells yet; the presets `nokland-deep` and `nokland-cifar` have \
              their recipes.\
              """,
              """
              bp starts from random weights and dfa from zero, as in the author's code; with ReLU all start from random \
              ones. fa starts from zero in every layer here; the code leaves the weights of the first layer random and sets \
              the others to zero. Its feedback of fa is a copy of the initial weights: where these are set to zero that is the \
              same as feedback drawn afresh, as it is here, but with ReLU they stay, so that the code begins with the feedback \
              equal to the weights, which `mnist-2x800-relu-fa` does not repeat.\
              """,
              """
              The adversarial rows shift inputs along the sign of their gradient, which back-propagation gives, in every \
              rule's cell; the update is on the shifted batch alone, as in the code.\
              """,
              """
              | fault or habit of the code | here | by |
              |---|---|---|
              | fa leaves the first layer random | not repeated | – |
              | with ReLU, fa begins with the feedback equal to the weights | not repeated | – |
              | stops by a running training error | repeated | `stop-error: 0.0001` |
              """),
          List.of(depth()));

  private Nokland2016() {}
}
