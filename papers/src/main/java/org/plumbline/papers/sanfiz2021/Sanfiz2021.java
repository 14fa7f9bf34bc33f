package org.plumbline.papers.sanfiz2021;

import static org.plumbline.papers.Confidence.HIGH;

import java.util.List;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * The LeNet benchmark of feedback alignment methods.
 *
 * <p>Sanfiz, Akrout 2021, <a href="https://arxiv.org/abs/2108.13446">arXiv:2108.13446</a>; table of
 * Benchmarks.md of jsalbert/biotorch.
 */
public final class Sanfiz2021 {
  private static final String TABLE =
      "table of the repository, one run, of the best epoch on the test set, which lies below the last";

  private static final String RATE = "optimizer: sgd:lr=0.01,momentum=0.9,decay=0.001";
  private static final String DFA_RATE = "optimizer: sgd:lr=0.001,momentum=0.9,decay=0.001";

  private static Recipe lenet(
      String id, String data, double minutes, double tolerance, double... errors) {
    return Recipe.of(
        id,
        "LeNet-5 on " + data + ", momentum SGD, 100 epochs",
        "preset: biotorch\ndata: " + data + "\nprobe-every: 938\n",
        cell("bp", minutes, errors[0], tolerance, "rule: bp", RATE),
        Cell.error("shallow", minutes / 2, "rule: shallow", RATE),
        cell(
            "fa",
            minutes,
            errors[1],
            tolerance,
            "rule: fa:law=uniform,scale=sum,gain=2.4495",
            RATE),
        cell(
            "dfa",
            minutes,
            errors[2],
            tolerance,
            "rule: dfa:law=uniform,scale=sum,gain=2.4495",
            DFA_RATE),
        cell("usf", minutes, errors[3], tolerance, "rule: usf", RATE),
        cell("brsf", minutes, errors[4], tolerance, "rule: brsf", RATE),
        cell("frsf", minutes, errors[5], tolerance, "rule: frsf", RATE));
  }

  private static Cell cell(
      String name, double minutes, double error, double tolerance, String... changes) {
    return Cell.error(name, minutes, changes).published(error, tolerance, HIGH, TABLE);
  }

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "sanfiz-2021",
          "Benchmarking the Accuracy and Robustness of Feedback Alignment Algorithms",
          "Sanfiz, Akrout 2021, arXiv:2108.13446",
          List.of(
              lenet("mnist", "mnist", 30, 0.25, 0.91, 1.70, 1.61, 0.94, 0.91, 0.97),
              lenet("fashion", "fashion-mnist", 30, 0.8, 9.20, 13.06, 12.81, 9.69, 10.02, 9.61)),
          List.of(
              """
              BioTorch chooses its model by the same 10,000 images on which it is scored; ours is that of the last epoch. The \
              rate of each rule on these data is not confirmed. On CIFAR-10 its configurations give bp and the sign rules 0.1, \
              fa 0.001 and dfa 0.0001; here dfa has 0.001, the others 0.01. Its images are enlarged to \
              32x32 and normalised by mean and deviation, and the last batch of an epoch is dropped; ours are padded by 2, stay in \
              [0, 1], and batches are complete. Its LeNet has no activation between the layer of 84 and the output, and so has this \
              one. Its biases start at 1, ours at 0.\
              """,
              """
              The error that its DFA sends to a convolution is repeated over all positions of the next one's output and sent back \
              by a transposed convolution with a fixed random kernel. Behind the second pool, where the next convolution has one position only, this is \
              a full random matrix, as here; behind the first it is constant over space but for the borders \
              (`dfa:form=kernel`), while ours is full. In trial runs (not kept) the loss with `form=kernel` behind both pools was 280,000 after \
              an epoch even at a rate of 0.0001, and with the full form at 0.01 it was 3e17.\
              """,
              """
              The benchmark's CIFAR-10 rows (14 % error) have another network, three convolutions of 32, 64 and 128 channels \
              for 250 epochs, and are not repeated. A version of its frSF multiplies the stored feedback by the signs of the \
              weights at every pass, so that every second one has no signs; ours always has them. The branch of its brSF for \
              Kaiming's initialisation uses an undefined name (an error); Xavier's size is used here, as in its recipe.\
              """,
              """
              | fault or habit of the code | here | by |
              |---|---|---|
              | the model is chosen and scored on the same images | not repeated | – |
              | DFA's error to a convolution through a random kernel | not repeated | `dfa:form=kernel` |
              | biases start at 1 | not repeated | – |
              | frSF's stored feedback multiplied by signs at every pass | not repeated | – |
              """),
          List.of());

  private Sanfiz2021() {}
}
