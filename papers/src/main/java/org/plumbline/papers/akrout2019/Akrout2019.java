package org.plumbline.papers.akrout2019;

import static org.plumbline.papers.Confidence.HIGH;

import java.util.List;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * Deep learning without weight transport: two circuits that bring the feedback weights to the
 * forward weights, on MNIST.
 *
 * <p>Akrout, Wilson, Humphreys, Lillicrap, Tweed 2019, <a
 * href="https://arxiv.org/abs/1904.05391">arXiv:1904.05391</a>; the numbers are those of the logs
 * that were released with the code, one run each.
 */
public final class Akrout2019 {
  private static final String LOG = "released log of one run; covers the spread of single runs";
  private static final String ANGLE = "angle of the output weight and its feedback, degrees, ";
  private static final String DELTA =
      "angle of the hidden delta through the feedback and through W, degrees, at the end";

  /** Their biases learn at 1/128 of the rate. */
  private static final String BIAS = ",bias=0.0078125";

  private static final Recipe MNIST =
      Recipe.of(
          "mnist",
          "784-500-10, logistic, stored order, 400 epochs",
          """
          preset: akrout
          probe: alignment,weights,local-delta-angle
          probe-every: 468
          test-at: 10,20
          """,
          learned("bp", "rule: bp", "optimizer: sgd:lr=0.2" + BIAS, 98.50, 94.12, 96.4),
          Cell.accuracy("shallow", 5, "rule: shallow", "optimizer: sgd:lr=0.2" + BIAS),
          angled(
              learned(
                  "fa",
                  "rule: fa:law=normal,scale=sum",
                  "optimizer: sgd:lr=0.2" + BIAS,
                  97.80,
                  90.86,
                  92.4),
              40.0,
              40.0,
              5,
              34.9,
              6),
          angled(
              learned("kp", "rule: kp:decay=0", "optimizer: sgd:lr=0.3" + BIAS, 98.45, 95.41, 97.1),
              19.7,
              3.6,
              2,
              3.1,
              2),
          angled(
              learned(
                  "wm",
                  "rule: wm:rate=1.28,noise=0.05,decay=0,control=free,rows=128,steps=1,initial=468,means=kept,top=logistic",
                  "optimizer: sgd:lr=0.05" + BIAS,
                  98.49,
                  90.49,
                  92.9),
              61.3,
              3.8,
              2,
              3.2,
              2));

  private static Cell learned(
      String name, String rule, String optimizer, double last, double after10, double after20) {
    return Cell.accuracy(name, 8, rule, optimizer)
        .published(last, 0.25, HIGH, LOG)
        .column("test_accuracy@10", "test accuracy after 10 epochs", after10, 0.6, HIGH, LOG)
        .column("test_accuracy@20", "test accuracy after 20 epochs", after20, 0.5, HIGH, LOG);
  }

  private static Cell angled(
      Cell cell, double first, double last, double tolerance, double delta, double deltaTolerance) {
    return cell.column("weights/2@1", ANGLE + "after 1 epoch", first, 6, HIGH, LOG)
        .column("weights/2", ANGLE + "at the end", last, tolerance, HIGH, LOG)
        .column("local_delta_angle/1", DELTA, delta, deltaTolerance, HIGH, LOG);
  }

  private static final String NOISY =
      "released log of one run; the value moves by points from epoch to epoch";

  private static final Recipe CIFAR =
      Recipe.of(
          "cifar10",
          "3072-1000-10, logistic, stored order, 400 epochs",
          """
          preset: akrout-cifar
          probe: alignment,weights,local-delta-angle
          probe-every: 390
          """,
          noisy("bp", "rule: bp", "optimizer: sgd:lr=0.2" + BIAS, 48.18),
          Cell.accuracy("shallow", 20, "rule: shallow", "optimizer: sgd:lr=0.2" + BIAS),
          turned(
              noisy("fa", "rule: fa:law=normal,scale=sum", "optimizer: sgd:lr=0.2" + BIAS, 42.96),
              46.5,
              6,
              48.8,
              6),
          turned(
              noisy("kp", "rule: kp:decay=0", "optimizer: sgd:lr=0.3" + BIAS, 47.57),
              2.0,
              2,
              1.7,
              2),
          turned(
              noisy(
                  "wm",
                  "rule: wm:rate=1.28,noise=0.05,decay=0,control=free,rows=128,steps=1,initial=390,means=kept,top=logistic",
                  "optimizer: sgd:lr=0.05" + BIAS,
                  46.20),
              9.7,
              4,
              7.7,
              4));

  private static Cell noisy(String name, String rule, String optimizer, double last) {
    return Cell.accuracy(name, 50, rule, optimizer).published(last, 2.5, HIGH, NOISY);
  }

  private static Cell turned(
      Cell cell, double angle, double tolerance, double delta, double deltaTolerance) {
    return cell.column("weights/2", ANGLE + "at the end", angle, tolerance, HIGH, LOG)
        .column("local_delta_angle/1", DELTA, delta, deltaTolerance, HIGH, LOG);
  }

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "akrout-2019",
          "Deep Learning without Weight Transport",
          "Akrout, Wilson, Humphreys, Lillicrap, Tweed 2019, arXiv:1904.05391",
          List.of(MNIST, CIFAR),
          List.of(
              """
              The reference divides the gradients of the biases by the batch size twice, so that its biases learn at 1/128 of \
              the rate; `sgd:bias=0.0078125` repeats that. Its Kolen-Pollack has a decay multiplier of 1, no decay, and so \
              has this recipe (`kp:decay=0`): W − V is then constant, and the angle falls only because their common part grows. Its weight \
              mirror rescales a loop variable in place of V: the control of norms does nothing, and this recipe has none (`wm:control=free`).\
              """,
              """
              Rows come in stored order and the last 96 of them (CIFAR-10: 80) are dropped, as in the reference (`order: stored`, `last-batch: dropped`). Its angle \
              between deltas is that of a single row, the first of the training set; ours is that of the first row of the batch \
              on which it is measured, the last of an epoch. Every published number is one run with one seed; \
              our spread is over seeds. The reference's mirror sends noise through its logistic outputs, whose slope is a quarter and \
              whose answer to no input is one half: the mirror is slow and V noisy. `top=logistic,means=kept` repeats that. As this \
              project has it otherwise, outputs linear and the mean taken off, a trial run (not kept) was at 91.7 % after 10 epochs \
              in place of 90.5 and at 28 degrees after the first in place of 61.\
              """,
              """
              | fault or habit of the code | here | by |
              |---|---|---|
              | biases learn at 1/128 of the rate | repeated | `sgd:bias=0.0078125` |
              | Kolen-Pollack without decay | repeated | `kp:decay=0` |
              | the control of norms of the mirror does nothing | repeated | `wm:control=free` |
              | noise passes logistic outputs, means are kept | repeated | `wm:top=logistic,means=kept` |
              | rows in stored order, the last ones dropped | repeated | `order: stored`, `last-batch: dropped` |
              """),
          List.of());

  private Akrout2019() {}
}
