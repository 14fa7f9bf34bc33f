package org.plumbline.papers.noklandeidnes2019;

import static org.plumbline.papers.Confidence.HIGH;

import java.util.List;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * Local errors in dense networks of three hidden layers: pred, sim and predsim beside bp.
 *
 * <p>Nøkland, Eidnes 2019, <a href="https://arxiv.org/abs/1901.06656">arXiv:1901.06656</a>; tables
 * of the README of anokland/local-loss.
 */
public final class NoklandEidnes2019 {
  private static final String README =
      "README of the code, a single run, of the last or the best epoch; covers that and the spread of single runs";

  private static Cell cell(
      String name, double minutes, double error, double tolerance, String... changes) {
    return Cell.error(name, minutes, changes).published(error, tolerance, HIGH, README);
  }

  /** The same network with relu, which the script of the tables gives bp and pred. */
  private static String relu(double dropout) {
    String layer = "'dense:width=1024', batch-norm, relu]}";
    String behind = "{sequential: ['dropout:rate=%s', ".formatted(dropout);
    return "blocks: [{sequential: [flatten, %s, %s%s, %s%s, %s'dense:width=10']}]"
        .formatted(layer, behind, layer, behind, layer, behind);
  }

  private static final Recipe MNIST =
      Recipe.of(
          "mnist",
          "784-1024-1024-1024-10, batch normalisation, ReLU (bp, pred) or leaky ReLU, crops, 100 epochs",
          "preset: local-loss\nprobe: none\n",
          cell("bp", 30, 0.75, 0.12, "rule: bp", relu(0.1)),
          Cell.error("shallow", 15, "rule: shallow"),
          cell("pred", 30, 0.68, 0.12, "rule: pred:init=zero", relu(0.1)),
          cell("sim", 50, 0.80, 0.12, "rule: sim"),
          cell("predsim", 50, 0.62, 0.12, "rule: predsim:beta=0.99,init=zero"));

  private static final Recipe FASHION =
      Recipe.of(
          "fashion",
          "784-1024-1024-1024-10, batch normalisation, ReLU (bp, pred) or leaky ReLU, crops and flips, 200 epochs",
          "preset: local-loss-fashion\nprobe: none\n",
          cell("bp", 60, 8.37, 0.4, "rule: bp", relu(0.025)),
          Cell.error("shallow", 30, "rule: shallow"),
          cell("pred", 60, 8.60, 0.4, "rule: pred:init=zero", relu(0.025)),
          cell("sim", 100, 9.70, 0.4, "rule: sim"),
          cell("predsim", 100, 8.54, 0.4, "rule: predsim:beta=0.99,init=zero"));

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "nokland-eidnes-2019",
          "Training Neural Networks with Local Error Signals",
          "Nøkland, Eidnes 2019, arXiv:1901.06656",
          List.of(MNIST, FASHION),
          List.of(
              """
              bp and pred have ReLU, sim and predsim leaky ReLU, as in the script that the tables come from; the README's \
              recipe says leaky ReLU. Heads read a block before its dropout, as there, which therefore opens the next block. As there, a block \
              is updated during the forward pass, and the next one sees the output from before that update.\
              """,
              """
              The published numbers are single runs, and it is not said whether of the last epoch or the best; ours are of \
              the last.\
              """),
          List.of());

  private NoklandEidnes2019() {}
}
