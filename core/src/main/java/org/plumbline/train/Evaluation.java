package org.plumbline.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Tensor;

/**
 * How a network does on data, in evaluation mode.
 *
 * @param examples rows judged
 * @param loss the mean over them
 * @param accuracy the share whose greatest output is their class, 0…1; of tokens where each is
 *     judged
 * @param confusion rows: true class, columns: predicted class
 * @param mistakes the most confident, at most 24, the most confident first; none where tokens are
 *     judged
 */
public record Evaluation(
    int examples,
    double loss,
    double accuracy,
    List<List<Long>> confusion,
    List<Mistake> mistakes) {
  private static final int ROWS = 500;
  private static final long NUMBERS = 1L << 26;
  private static final int MISTAKES = 24;

  /**
   * A row that the network got wrong.
   *
   * @param row from 0
   * @param truth its class
   * @param predicted the class with the greatest output
   * @param confidence the predicted class's share of softmax of the outputs
   */
  public record Mistake(int row, int truth, int predicted, double confidence) {}

  /**
   * How many rows pass at once: 500, or as many as need about a quarter of a gigabyte, if a pass
   * keeps six times what the blocks put out (weights, normalisation, activation, before a pool).
   */
  static int rows(Network network) {
    long numbers = network.input().size();
    for (int i = 0; i < network.blocks().size(); i++) {
      numbers += network.tokens() * network.width(i);
    }
    return Math.clamp(NUMBERS / (6 * numbers), 1, ROWS);
  }

  static Evaluation of(Learner learner, Dataset rows) {
    int classes = rows.classes().size();
    long[][] confusion = new long[classes][classes];
    List<Mistake> mistakes = new ArrayList<>();
    double loss = 0;
    long correct = 0;
    Tensor like = learner.network().parameters().getFirst().value();
    int[] order = IntStream.range(0, rows.size()).toArray();
    int atOnce = rows(learner.network());
    for (int from = 0; from < order.length; from += atOnce) {
      int count = Math.min(atOnce, order.length - from);
      try (var _ = Scope.open()) {
        Batch batch = Batch.of(rows, order, from, count, like.precision(), like.device());
        Tensor answer = learner.feedback().predict(learner.trace(batch.inputs(), Mode.EVAL));
        loss += count * learner.objective().judge(answer, batch.targets()).loss().item();
        Tensor prediction = answer.to(Precision.FP64);
        long[] best = prediction.argmax().toLongs();
        double[] shares = prediction.softmax().toDoubles();
        int each = rows.labels();
        for (int i = 0; i < batch.labels().length; i++) {
          int truth = batch.labels()[i];
          int predicted = Math.toIntExact(best[i]);
          confusion[truth][predicted]++;
          if (truth == predicted) {
            correct++;
          } else if (each == 1) { // a row of which tokens are wrong is no mistake of its own
            mistakes.add(new Mistake(from + i, truth, predicted, shares[i * classes + predicted]));
          }
        }
      }
    }
    mistakes.sort(
        Comparator.comparingDouble(Mistake::confidence).reversed().thenComparingInt(Mistake::row));
    return new Evaluation(
        order.length,
        loss / order.length,
        (double) correct / ((long) order.length * rows.labels()),
        Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList(),
        List.copyOf(mistakes.subList(0, Math.min(MISTAKES, mistakes.size()))));
  }
}
