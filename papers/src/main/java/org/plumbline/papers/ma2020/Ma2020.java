package org.plumbline.papers.ma2020;

import static org.plumbline.papers.Confidence.MEDIUM;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Figure;
import org.plumbline.papers.Figure.Line;
import org.plumbline.papers.Figure.Point;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * The HSIC bottleneck: seven blocks trained without any error, read by a class map (unformatted) or
 * by a softmax layer that learns afterwards (formatted).
 *
 * <p>Ma, Lewis, Kleijn 2020, <a href="https://arxiv.org/abs/1908.01580">arXiv:1908.01580</a>;
 * figures of choasma/HSIC-bottleneck, single runs.
 */
public final class Ma2020 {
  private static final String OF_BP = "optimizer: sgd:lr=0.05,decay=1e-5";
  private static final String FIGURE = "read off a figure of the repository (±0.15), single run";

  /** Accuracies after 1 and 5 epochs of the rule and of bp on the same net. */
  private static Recipe unformatted(
      String id,
      String data,
      int lambda,
      double one,
      double five,
      double tolerance,
      double[] bp,
      double ofBp,
      Cell... more) {
    List<Cell> cells = new ArrayList<>();
    cells.add(
        early(Cell.accuracy("bp", 5, "rule: bp", OF_BP, blocks(1024, 1024)), bp[0], bp[1], ofBp));
    cells.add(Cell.accuracy("shallow", 3, "rule: shallow", OF_BP, blocks(1024, 1024)));
    cells.add(
        early(
            Cell.accuracy(
                "hsic",
                6,
                "rule: hsic:sigma=6,lambda=%d,training=unformatted,order=in-turn"
                    .formatted(lambda)),
            one,
            five,
            tolerance));
    cells.addAll(List.of(more));
    return new Recipe(
        id,
        "six blocks of 1024 and a last one, of 10 and read by a class map (hsic) or of 1024 and a softmax layer (bp), 5 epochs on "
            + data,
        "preset: hsic\ndata: " + data + "\ntest-at: 1\nprobe: none\n",
        cells);
  }

  private static Cell early(Cell cell, double one, double five, double tolerance) {
    return cell.published(five, tolerance, MEDIUM, FIGURE)
        .column("test_accuracy@1", "test accuracy after 1 epoch", one, tolerance, MEDIUM, FIGURE);
  }

  /** The fault of the code that normalises the test set by its own batches. */
  private static Cell ownBatches(double one, double five, double tolerance) {
    return early(
        Cell.accuracy(
                "bp-own-batches",
                5,
                "rule: bp",
                OF_BP,
                blocks(1024, 1024, "batch-norm:affine=without,evaluation=batch"))
            .remark(
                "The cell bp, evaluated as by the code, which normalises test rows by their own batches."),
        one,
        five,
        tolerance);
  }

  /** Six blocks, a last one, and a softmax layer. */
  private static String blocks(int width, int last) {
    return blocks(width, last, "batch-norm:affine=without");
  }

  private static String blocks(int width, int last, String norm) {
    StringBuilder blocks = new StringBuilder("blocks: [flatten");
    for (int i = 0; i < 7; i++) {
      blocks
          .append(", 'dense:width=")
          .append(i < 6 ? width : last)
          .append("', '%s', relu".formatted(norm));
    }
    return blocks.append(", 'dense:width=10']").toString();
  }

  /**
   * Some epochs of HSIC, then five of the softmax layer alone.
   *
   * @param times the rate of the softmax layer over that of HSIC
   */
  private static Cell formatted(
      String name, int epochs, int batch, double times, String... changes) {
    int steps = Math.ceilDiv(60_000, batch);
    List<String> all = new ArrayList<>(List.of(changes));
    all.replaceAll(
        line -> line.startsWith("rule") ? line + ",format-from=" + epochs * steps : line);
    all.add("batch: " + batch);
    all.add("epochs: " + (epochs + 5));
    all.add("schedule: at:epochs=%d,by=%s".formatted(epochs, times));
    return Cell.accuracy(name, 1.6 * epochs + 1, all.toArray(String[]::new));
  }

  private static String rule(int sigma, String order) {
    return "rule: hsic:sigma=%d,lambda=50,%s".formatted(sigma, order);
  }

  private static final String IN_TURN = "training=format,order=in-turn";

  /** Batches of 256, six blocks of 256 and one of 128; five epochs of the softmax layer. */
  private static Cell epochs(int epochs, double accuracy) {
    return formatted(
            "epochs" + epochs,
            epochs,
            256,
            50,
            blocks(256, 128),
            rule(5, IN_TURN),
            "optimizer: sgd:lr=0.0001,decay=0.001")
        .published(accuracy, 1.5, MEDIUM, FIGURE);
  }

  /** Batches of 256, seven blocks of one width. */
  private static Cell width(int width, double accuracy) {
    return formatted(
            "width" + width,
            5,
            256,
            50,
            blocks(width, width),
            rule(5, IN_TURN),
            "optimizer: sgd:lr=0.0002,decay=0.001")
        .published(accuracy, 2, MEDIUM, FIGURE);
  }

  /** Batches of 512, six blocks of 128 and one of 64. */
  private static Cell sigma(String name, int sigma, String training, double accuracy) {
    return formatted(
            name,
            5,
            512,
            40,
            blocks(128, 64),
            rule(sigma, training),
            "optimizer: sgd:lr=0.0001,decay=0.001")
        .published(accuracy, 3, MEDIUM, FIGURE);
  }

  private static Recipe formatted() {
    String fast = "optimizer: sgd:lr=0.005,decay=0.001";
    return Recipe.of(
        "mnist-formatted",
        "seven blocks, then a softmax layer for 5 epochs",
        "preset: hsic\nprobe: none\n",
        Cell.accuracy("bp", 1, "rule: bp", fast, blocks(256, 128)),
        Cell.accuracy("shallow", 1, "rule: shallow", fast, blocks(256, 128))
            .remark("The softmax layer alone, on blocks that HSIC did not train."),
        epochs(1, 88.5),
        epochs(5, 94.8),
        epochs(10, 96.0),
        width(8, 87.7),
        width(32, 95.0),
        width(64, 95.9),
        sigma("sigma1", 1, IN_TURN, 70.2),
        sigma("sigma5", 5, IN_TURN, 94.1),
        sigma("sigma10", 10, IN_TURN, 93.7),
        sigma("sigma-network", 5, "training=sigma-network", 94.2)
            .remark("Nets of sigma 1, 5 and 10; their blocks learn together, from one pass."));
  }

  private static Figure overEpochs() {
    return new Figure(
        "formatted",
        "Formatted accuracy against epochs of HSIC",
        "epochs of HSIC before the softmax layer",
        "test accuracy, %",
        Figure.Scale.LINEAR,
        List.of(
            new Line(
                "hsic",
                "test_accuracy",
                List.of(
                    new Point(1, "mnist-formatted-epochs1"),
                    new Point(5, "mnist-formatted-epochs5"),
                    new Point(10, "mnist-formatted-epochs10")))));
  }

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "ma-2020",
          "The HSIC Bottleneck: Deep Learning without Back-Propagation",
          "Ma, Lewis, Kleijn 2020, arXiv:1908.01580",
          List.of(
              unformatted("mnist", "mnist", 200, 96.6, 97.4, 1.0, new double[] {97.1, 98.3}, 0.7),
              formatted(),
              unformatted(
                  "fashion",
                  "fashion-mnist",
                  1000,
                  84.3,
                  87.0,
                  1.5,
                  new double[] {84.5, 87.9},
                  1.0,
                  ownBatches(84.5, 87.9, 1.0)),
              unformatted(
                  "cifar10",
                  "cifar10",
                  2500,
                  42.5,
                  49.3,
                  2.5,
                  new double[] {45.7, 50.6},
                  2.0,
                  ownBatches(45.7, 50.6, 2.0))),
          List.of(
              """
              The authors' code fits the map from units to classes on the set that it evaluates, which leaks labels, and there \
              averages accuracy over classes; but for the formatted nets of one sigma it normalises the test set by its own \
              batches. Ours reads a row as the class whose mean output, a moving average over the training batches, is nearest, \
              with the classes' shares as prior, counts rows, and normalises by the running statistics of training; \
              `batch-norm:affine=without,evaluation=batch` normalises as the code does. \
              Their momentum is inert, because the optimizer is made anew at every step; ours has none. As there, a batch is \
              passed forward again after every block's step (`order=in-turn`), but for the sigma-network, and rows come in \
              stored order.\
              """,
              """
              Widths, batches, rates, decays, sigma and lambda are those of the scripts whose figures the repository shows \
              (task_hsicsolve-beta.sh, task_varied-ep.sh, task_varied-dim.sh, task_combsig.sh), not those of the paper's \
              text, of which an earlier configuration (sigma 100, lambda 50, rate 5e-4, 256 units) is left in the \
              repository: with it one epoch of a trial run (not kept) reached 40 % here, and bp at that rate 30 %, where the figures begin at 97 %. The \
              figure of the widths has every block as wide, at twice the rate of HSIC. In the sigma-network the code's \
              softmax layer has momentum 0.9 and decay 1e-4; ours is that of the other nets. The softmax layer of formatted nets waits \
              while HSIC trains the blocks, so that their curves of error begin high.\
              """,
              """
              Where bp is off, the normalisation of test rows is most of it, 8.9 of 9.8 points on CIFAR-10 (first seed) and 1.5 of \
              2.7 on Fashion-MNIST: the cells `bp-own-batches`, added when that was seen, are the same trainings (their training losses are the same numbers), evaluated as the code \
              evaluates. On Fashion-MNIST they have what the figure has after one epoch, and after five 88.00, 86.59 and 85.68 % \
              by seed where running statistics give 87.16, 84.45 and 84.11; what is left may be the spread of five epochs at a \
              constant rate, of which the figure shows one run. On CIFAR-10 the first seed ends nine points higher (49.74, \
              not 40.79).\
              """,
              """
              `mnist-formatted-sigma1` has 78.30, 76.04 and 69.94 % by seed, the published 70.2 % are one run. So narrow a kernel \
              makes the outcome hang on the initial weights, and on the statistics by which blocks that have learned are \
              normalised: the code freezes those of its last passes, ours follow while the softmax layer learns. The code's \
              formulas once more in NumPy (`papers/src/test/python/hsic.py`), begun with the weights of our first seed, end with \
              the same dependences of every block as ours (0.3 % apart or less, 1.9 % in the last) and with 75.3 % by the code's \
              statistics, 81.2 % by those of all rows; begun with two draws of its own they have 69.9 and 61.9 % by the code's, \
              70.5 and 67.4 % by those of all rows. So the published value lies inside the spread of initial weights.\
              """,
              """
              | fault or habit of the code | here | by |
              |---|---|---|
              | test rows normalised by their own batches | in `bp-own-batches` only | `batch-norm:evaluation=batch` |
              | the class map fitted on the rows that it is judged on | not repeated | – |
              | accuracy as the mean over classes | not repeated | – |
              | momentum made anew at every step, so none | repeated | `sgd` without momentum |
              | a batch passes forward again after every block's step | repeated | `hsic:order=in-turn` |
              | rows in stored order | repeated | `order: stored` |
              """),
          List.of(overEpochs()));

  private Ma2020() {}
}
