package org.plumbline.papers.launay2019;

import static org.plumbline.papers.Confidence.HIGH;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Figure;
import org.plumbline.papers.Figure.Line;
import org.plumbline.papers.Figure.Point;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * The bottleneck: 3072-800-800-800-10 on CIFAR-10, of whose second hidden layer only b of 800 units
 * pass gradients on and learn.
 *
 * <p>Launay, Poli, Krzakala 2019, <a href="https://arxiv.org/abs/1906.04554">arXiv:1906.04554</a>;
 * numbers of the released bottleneck_from_log.py, one run each.
 */
public final class Launay2019 {
  private static final String LOG = "released log of one run; covers the spread of single runs";
  private static final int WIDTH = 800;

  /** b, train and test accuracy, cosines of hidden 2 and hidden 3. */
  private static final double[][] LOGS = {
    {1, 41.2, 40.5, 0.069, 0.466},
    {3, 41.9, 41.1, 0.168, 0.464},
    {5, 42.5, 41.5, 0.234, 0.463},
    {8, 43.3, 41.9, 0.315, 0.461},
    {11, 44.0, 42.8, 0.374, 0.458},
    {18, 45.3, 43.4, 0.466, 0.458},
    {28, 46.8, 44.6, 0.541, 0.463},
    {46, 49.4, 45.6, 0.622, 0.476},
    {73, 53.0, 46.8, 0.692, 0.499},
    {118, 58.5, 47.9, 0.760, 0.536},
    {191, 67.7, 47.6, 0.826, 0.584},
    {308, 81.4, 46.8, 0.871, 0.641},
    {496, 94.4, 46.4, 0.895, 0.680},
    {800, 99.5, 47.1, 0.892, 0.677},
  };

  private static final List<Integer> QUICK = List.of(1, 18, 118, 800);

  /**
   * As the code has it: feedback enters at hidden 2 and 3, and hidden 1 learns through hidden 2.
   */
  private static String twoPoints(int b, String mask) {
    return "blocks: [flatten, {sequential: ['dense:width=800', tanh, '%s', tanh]}, 'dense:width=800', tanh, 'dense:width=10']"
        .formatted(masked(b, mask));
  }

  /** As the text has it: feedback enters at every hidden layer. */
  private static String threePoints(int b) {
    return "blocks: [flatten, 'dense:width=800', tanh, '%s', tanh, 'dense:width=800', tanh, 'dense:width=10']"
        .formatted(masked(b, "entries"));
  }

  private static String masked(int b, String mask) {
    return String.format(
        Locale.ROOT, "masked-dense:width=%d,keep=%s,mask=%s", WIDTH, (double) b / WIDTH, mask);
  }

  private static Cell asInTheCode(double[] log) {
    int b = (int) log[0];
    return Cell.accuracy("b" + b, 9, twoPoints(b, "entries"))
        .published(log[2], 1.0, HIGH, LOG)
        .column("train_accuracy", "train accuracy", log[1], 1.5, HIGH, LOG)
        .column("test/alignment/1", "cosine of hidden 2", log[3], 0.04, HIGH, LOG)
        .column("test/alignment/2", "cosine of hidden 3", log[4], 0.04, HIGH, LOG);
  }

  private static Cell asInTheText(int b) {
    return Cell.accuracy("three-points-b" + b, 9, threePoints(b))
        .column("train_accuracy", "train accuracy")
        .column("test/alignment/1", "cosine of hidden 1")
        .column("test/alignment/2", "cosine of hidden 2")
        .column("test/alignment/3", "cosine of hidden 3")
        .remark("Feedback enters at every hidden layer, as the paper's text says.");
  }

  private static Cell ofUnits(int b) {
    return Cell.accuracy("units-b" + b, 9, twoPoints(b, "units"))
        .column("train_accuracy", "train accuracy")
        .column("test/alignment/1", "cosine of hidden 2")
        .column("test/alignment/2", "cosine of hidden 3")
        .remark("Exactly b of the 800 units learn, as the paper's text says.");
  }

  private static Recipe bottleneck() {
    List<Cell> cells = new ArrayList<>();
    cells.add(
        Cell.accuracy("bp", 9, "rule: bp")
            .remark(
                "At the same rate, but without the 128 times that feedback brings the hidden layers: still far from its end after 50 epochs."));
    cells.add(Cell.accuracy("shallow", 5, "rule: shallow"));
    for (double[] log : LOGS) {
      cells.add(asInTheCode(log));
    }
    List.of(1, 18, 118).forEach(b -> cells.add(ofUnits(b)));
    QUICK.forEach(b -> cells.add(asInTheText(b)));
    return new Recipe(
        "bottleneck",
        "3072-800-800-800-10 tanh, a fixed mask on the gradients of hidden 2 keeps b/800 of them, 50 epochs",
        """
        preset: launay
        probe: alignment
        probe-every: 390
        test-at: 50
        """,
        cells);
  }

  private static Line line(String name, String figure, List<Integer> units, String cell) {
    return new Line(
        name, figure, units.stream().map(b -> new Point(b, "bottleneck-" + cell + b)).toList());
  }

  private static List<Figure> figures() {
    List<Integer> all = new ArrayList<>();
    for (double[] log : LOGS) {
      all.add((int) log[0]);
    }
    return List.of(
        new Figure(
            "bottleneck",
            "Accuracy against the size b of the bottleneck",
            "b, units of 800",
            "accuracy, %",
            Figure.Scale.LOGARITHMIC,
            List.of(
                line("test", "test_accuracy", all, "b"),
                line("train", "train_accuracy", all, "b"),
                line("test, three points", "test_accuracy", QUICK, "three-points-b"),
                line("train, three points", "train_accuracy", QUICK, "three-points-b"))),
        new Figure(
            "alignment-bottleneck",
            "Alignment against the size b of the bottleneck",
            "b, units of 800",
            "cosine",
            Figure.Scale.LOGARITHMIC,
            List.of(
                line("hidden 2", "test/alignment/1", all, "b"),
                line("hidden 3", "test/alignment/2", all, "b"),
                line("hidden 1, three points", "test/alignment/1", QUICK, "three-points-b"),
                line("hidden 2, three points", "test/alignment/2", QUICK, "three-points-b"),
                line("hidden 3, three points", "test/alignment/3", QUICK, "three-points-b"))));
  }

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "launay-2019",
          "Principled Training of Neural Networks with Direct Feedback Alignment",
          "Launay, Poli, Krzakala 2019, arXiv:1906.04554",
          List.of(bottleneck()),
          List.of(
              """
              Faults of the code that these runs repeat, because the published numbers have them: its builder of networks \
              inserts no feedback point before the bottleneck's layer, so that feedback enters at hidden 2 and hidden \
              3 only and hidden 1 is trained by back-propagation through hidden 2 (here: one block of two layers, `sequential` in the `blocks` below); and it \
              projects the error of every row unreduced but averages the gradient of the output over the batch, so that \
              hidden gradients are 128 times too large beside it (`gain=128`). The cells `three-points-…` have the feedback \
              that the paper's text describes, so that the effect of the first fault can be seen.\
              """,
              """
              The text limits hidden 2 to b units. The code's hook multiplies the gradients of bias, input and weight of \
              that layer, each number by itself, with fixed masks of their own, in which an entry is 1 with probability \
              b/800: every unit learns, by b of its 800 weights on average, and the gradient that goes on to hidden 1 is \
              masked by unit and by the place of a row in its batch. The cells `b…` do so (`mask=entries`); the cells \
              `units-b…` keep exactly b units. The code divides inputs by 0.2023/0.1994/0.2010, which is less than the \
              deviation of CIFAR-10, and so does this recipe. Cosines are the mean over \
              the rows of the first 128 test images after the last epoch, as there. Published numbers are one run with one seed. \
              The columns of pre-aligned initialisation (PAI) and the paper's tables of best practices (normalisation, activation, \
              dropout) are not repeated.\
              """,
              """
              | fault or habit of the code | here | by |
              |---|---|---|
              | no feedback point before the bottleneck's layer | repeated; not in `three-points-…` | `sequential` in `blocks` |
              | hidden gradients are sums over the batch, those of the output means | repeated | `udfa:gain=128` |
              | entries of gradients are masked, not units | repeated; not in `units-…` | `masked-dense:mask=entries` |
              | inputs divided by too small a deviation | repeated | `prepare: scale:…` |
              | the last rows of an epoch dropped | repeated | `last-batch: dropped` |
              """),
          figures());

  private Launay2019() {}
}
