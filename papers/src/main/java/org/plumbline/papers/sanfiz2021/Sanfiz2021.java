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

  private static Recipe lenet(
      String id, String data, double minutes, double tolerance, double... errors) {
    return Recipe.of(
        id,
        "LeNet-5 on " + data + ", momentum SGD, 100 epochs",
        "preset: biotorch\ndata: " + data + "\nprobe-every: 938\n",
        cell("bp", minutes, errors[0], tolerance, "rule: bp"),
        Cell.error("shallow", minutes / 2, "rule: shallow"),
        cell("fa", minutes, errors[1], tolerance, "rule: fa:law=uniform,scale=sum,gain=2.4495"),
        cell(
            "dfa",
            minutes,
            errors[2],
            tolerance,
            "rule: dfa:law=uniform,scale=sum,gain=2.4495,form=kernel"),
        cell("usf", minutes, errors[3], tolerance, "rule: usf"),
        cell("brsf", minutes, errors[4], tolerance, "rule: brsf"),
        cell("frsf", minutes, errors[5], tolerance, "rule: frsf"));
  }

  private static Cell cell(
      String name, double minutes, double error, double tolerance, String rule) {
    return Cell.error(name, minutes, rule).published(error, tolerance, HIGH, TABLE);
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
              BioTorch chooses its model by the same 10,000 images on which it is scored; ours is that of the last epoch. \
              The rate of each rule there is not confirmed: all have 0.01 here. Its images are enlarged to 32x32; ours are padded by 2. \
              Its LeNet has no activation between the layer of 84 and the output, and so has this one. The error that its DFA sends to a \
              convolution is repeated over all places and goes through a kernel, a different algorithm from Nøkland's: \
              `form=kernel`, equal but for the borders of the maps.\
              """,
              """
              The benchmark's CIFAR-10 rows (14 % error) need more than a plain LeNet-5: the network and its augmentation \
              are not those of its LeNet for MNIST, and they are not repeated. What its brSF draws by Kaiming uses an undefined name; Xavier's \
              size is used here, as in its recipe.\
              """),
          List.of());

  private Sanfiz2021() {}
}
