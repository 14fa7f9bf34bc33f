package org.plumbline.papers.webster2021;

import static org.plumbline.papers.Confidence.HIGH;

import java.util.List;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * Direct Kolen-Pollack on CIFAR-10 in a small convolutional network, beside dfa and bp.
 *
 * <p>Webster, Choi, Ahn 2021, "Learning the connections in direct feedback alignment" (OpenReview);
 * README of webstah/dkp-gist.
 */
public final class Webster2021 {
  private static final String README = "README of the code, mean of 4 trials; ";

  private static final Recipe CIFAR =
      Recipe.of(
          "cifar10",
          "two convolutions and a dense layer, batch normalisation, Nesterov, 50 epochs",
          "preset: dkp\nprobe-every: 1000\n",
          Cell.accuracy("bp", 100, "rule: bp")
              .published(70.47, 0.4, 1.2, HIGH, README + "three of its spreads"),
          Cell.accuracy("shallow", 50, "rule: shallow"),
          Cell.accuracy("dfa", 100, "rule: dfa:gain=2.4495")
              .published(61.02, 0.6, 2.0, HIGH, README + "three of its spreads"),
          Cell.accuracy("dkp", 110, "rule: dkp:decay=0,start=kaiming")
              .published(67.52, 0.2, 1.5, HIGH, README + "its spread is small, ours unknown"));

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "webster-2021",
          "Learning the Connections in Direct Feedback Alignment",
          "Webster, Choi, Ahn 2021, OpenReview; code webstah/dkp-gist",
          List.of(CIFAR),
          List.of(
              """
              The README writes the gradient of the feedback with a minus sign; its code descends on +eᵀh, and so do we. \
              Feedback enters behind the ReLU and before the pool, as there; B is drawn in ±√(6/n) for dkp and dfa, as its code \
              does. The README's results are of 50 epochs and else the \
              defaults of its code, whose own default is 100. The spreads, printed as 0.002, 0.006 and 0.004, are read as fractions.\
              """),
          List.of());

  private Webster2021() {}
}
