package org.plumbline.papers.hinton2022;

import static org.plumbline.papers.Confidence.HIGH;

import java.util.List;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * Forward-Forward on MNIST, supervised, with a read-out.
 *
 * <p>Hinton 2022, <a href="https://arxiv.org/abs/2212.13345">arXiv:2212.13345</a>;
 * re-implementation loeweX/Forward-Forward, whose README has the three published numbers.
 */
public final class Hinton2022 {
  private static final String README = "README of loeweX/Forward-Forward, ";

  private static final Recipe MNIST =
      Recipe.of(
          "mnist",
          "784-1000-1000-1000 ReLU, read-out of layers 2 and 3, the first 50,000 images, 100 epochs",
          """
          preset: forward-forward
          probe: none
          """,
          Cell.error("bp", 12, "rule: bp"),
          Cell.error("shallow", 6, "rule: shallow"),
          Cell.error("ff", 60, "rule: ff:threshold=1,slope=exact")
              .published(
                  1.36,
                  0.25,
                  HIGH,
                  README + "as the paper's, of a larger network; how many runs is not said")
              .column(
                  "test_error",
                  "test error, the author's Matlab code",
                  1.47,
                  0.2,
                  HIGH,
                  README + "one run")
              .remark("Exact derivatives."),
          Cell.error("ff-straight", 60, "rule: ff:threshold=1,slope=straight")
              .published(1.45, 0.2, HIGH, README + "one run of the re-implementation")
              .remark("The gradient passes ReLU unchanged, as in the re-implementation."));

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "hinton-2022",
          "The Forward-Forward Algorithm: Some Preliminary Investigations",
          "Hinton 2022, arXiv:2212.13345",
          List.of(MNIST),
          List.of(
              """
              The re-implementation lets gradients pass ReLU unchanged (`slope=straight`). Where ReLU is zero the slope of \
              goodness is zero as well, so that the difference is the peer loss alone, which then reaches silent units; the \
              cell `ff` has exact derivatives. All parts follow the re-implementation: first 50,000 images, rates, decays, \
              the cool-down over the second half, the weight of the peer loss. Wrong labels and the order of rows are drawn \
              from our seed.\
              """,
              """
              The paper's 1.36 % is of four layers of 2000 ReLUs after 60 epochs; the recipe is the re-implementation's, which \
              compares itself with it. \
              bp and shallow have the same network, start and optimizer with a softmax output block, which Forward-Forward \
              does not use; their rate was not tuned.\
              """,
              """
              | fault or habit of the code | here | by |
              |---|---|---|
              | gradients pass ReLU unchanged | in `ff-straight` | `ff:slope=straight` |
              | the first 50,000 images only | repeated | the preset |
              """),
          List.of());

  private Hinton2022() {}
}
