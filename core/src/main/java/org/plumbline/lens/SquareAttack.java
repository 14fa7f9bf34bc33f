package org.plumbline.lens;

import java.util.Arrays;
import java.util.List;
import org.plumbline.data.Batch;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * The square attack: a random search that sees answers alone, the control of attacks that follow a
 * gradient. What it breaks and they do not, they missed because the gradient was masked.
 *
 * <pre>
 *   x_0 = clip(x + ε · stripes)        one sign for every column of every channel
 *   x_k = clip(x + what x_{k−1} changes, but in one square ±ε for every channel)
 *         kept where the margin y_label − max over others y_c has fallen
 * </pre>
 *
 * <p>Andriushchenko, Croce, Flammarion, Hein 2020, <a
 * href="https://arxiv.org/abs/1912.00049">arXiv:1912.00049</a>, the form for the greatest change of
 * a pixel. A square covers the share p of the image, which is halved at the queries of the authors'
 * schedule, brought to the number of queries. A row that is taken for another class is left alone.
 *
 * @param eps ε, the greatest change of a pixel, one or several, separated by {@code /}
 * @param queries how often the network may be asked about a row
 * @param p share of the image that the first squares cover
 */
@About("square attack: random search by answers alone, for images (Andriushchenko 2020)")
public record SquareAttack(
    @About("greatest change of a pixel, or several: 0.1/0.2") String eps,
    @About("how often the network is asked about a row") int queries,
    @About("share of the image that the first squares cover") double p)
    implements Attack {
  private static final int[] HALVED = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};
  private static final double OF = 10_000;

  /**
   * Checks the numbers.
   *
   * @param eps at least 0, separated by {@code /}
   * @param queries at least 1
   * @param p above 0, at most 1
   */
  public SquareAttack {
    eps = Strengths.printed("eps of square", eps);
    Check.atLeast("queries of square", 1, queries);
    Check.positive("p of square", p);
    if (p > 1) {
      throw new BadInput("p of square must be at most 1, but is " + p);
    }
  }

  /** 300 queries; p as in AutoAttack. */
  public SquareAttack() {
    this("0/0.02/0.05/0.1/0.15/0.2/0.3", 300, 0.8);
  }

  @Override
  public List<Double> strengths() {
    return Strengths.of("eps of square", eps);
  }

  @Override
  public Needs needs() {
    return Needs.ANSWERS;
  }

  @Override
  public void check(Shape row) {
    if (row.rank() != 3) {
      throw new BadInput(
          "attack square is of images [channels, height, width], but a row of the data is %s; use noise, fgsm or pgd"
              .formatted(row));
    }
  }

  @Override
  public Tensor disturbed(Victim victim, Batch batch, double strength, Seed seed) {
    check(batch.inputs().shape().withoutRows());
    Search search = new Search(victim, batch, (float) strength, seed);
    search.stripes();
    for (int k = 1; k < queries && search.goesOn(); k++) {
      search.square(k, side(k, search.height, search.width));
    }
    return search.found();
  }

  /** Of the square of a query, from 1. */
  private int side(int query, int height, int width) {
    double scaled = OF * query / queries;
    double share = p;
    for (int at : HALVED) {
      share = scaled > at ? share / 2 : share;
    }
    int least = Math.min(height, width);
    return Math.clamp(Math.round(Math.sqrt(share * height * width)), 1, Math.max(1, least - 1));
  }

  /** A search on one batch, in Java arrays; only rows that still stand are asked about. */
  private static final class Search {
    private final Victim victim;
    private final Batch batch;
    private final float eps;
    private final Seed seed;
    private final int channels;
    private final int height;
    private final int width;
    private final int size;
    private final float[] original;
    private final float[] best;
    private final double[] margin;

    Search(Victim victim, Batch batch, float eps, Seed seed) {
      this.victim = victim;
      this.batch = batch;
      this.eps = eps;
      this.seed = seed;
      Shape row = batch.inputs().shape().withoutRows();
      this.channels = Math.toIntExact(row.axis(0));
      this.height = Math.toIntExact(row.axis(1));
      this.width = Math.toIntExact(row.axis(2));
      this.size = Math.toIntExact(row.size());
      this.original = batch.inputs().toFloats();
      this.best = original.clone();
      this.margin = margins(best, all());
    }

    private int[] all() {
      int[] rows = new int[batch.labels().length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = i;
      }
      return rows;
    }

    /** The rows that are still taken for what they are. */
    private int[] standing() {
      int n = 0;
      int[] rows = all();
      for (int row : rows) {
        if (margin[row] > 0) {
          rows[n++] = row;
        }
      }
      return Arrays.copyOf(rows, n);
    }

    boolean goesOn() {
      return standing().length > 0;
    }

    void stripes() {
      int[] rows = standing();
      float[] tried = new float[rows.length * size];
      for (int i = 0; i < rows.length; i++) {
        Seed draws = seed.child(rows[i]).child(0);
        for (int c = 0; c < channels; c++) {
          for (int x = 0; x < width; x++) {
            float change = sign(draws, (long) c * width + x);
            for (int y = 0; y < height; y++) {
              int k = (c * height + y) * width + x;
              tried[i * size + k] = clipped(original[rows[i] * size + k] + change);
            }
          }
        }
      }
      keepBetter(rows, tried);
    }

    void square(int query, int side) {
      int[] rows = standing();
      float[] tried = new float[rows.length * size];
      for (int i = 0; i < rows.length; i++) {
        int at = rows[i] * size;
        System.arraycopy(best, at, tried, i * size, size);
        Seed draws = seed.child(rows[i]).child(query);
        int top = (int) (draws.uniform(0) * (height - side + 1));
        int left = (int) (draws.uniform(1) * (width - side + 1));
        for (int c = 0; c < channels; c++) {
          float change = sign(draws, 2L + c);
          for (int y = top; y < top + side; y++) {
            for (int x = left; x < left + side; x++) {
              int k = (c * height + y) * width + x;
              tried[i * size + k] = clipped(original[at + k] + change);
            }
          }
        }
      }
      keepBetter(rows, tried);
    }

    private float sign(Seed draws, long i) {
      return (draws.bits(i) & 1) == 0 ? -eps : eps;
    }

    private float clipped(float value) {
      Victim.Range range = victim.range();
      return (float) Math.clamp(value, range.least(), range.greatest());
    }

    private void keepBetter(int[] rows, float[] tried) {
      double[] now = margins(tried, rows);
      for (int i = 0; i < rows.length; i++) {
        if (now[i] < margin[rows[i]]) {
          margin[rows[i]] = now[i];
          System.arraycopy(tried, i * size, best, rows[i] * size, size);
        }
      }
    }

    /** Label's output less the greatest other. */
    private double[] margins(float[] inputs, int[] rows) {
      if (rows.length == 0) {
        return new double[0];
      }
      try (var _ = Scope.open()) {
        double[] answers = victim.answer(tensor(inputs, rows.length)).toDoubles();
        int outputs = answers.length / rows.length;
        double[] margins = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
          int label = batch.labels()[rows[i]];
          double other = Double.NEGATIVE_INFINITY;
          for (int c = 0; c < outputs; c++) {
            other = c == label ? other : Math.max(other, answers[i * outputs + c]);
          }
          margins[i] = answers[i * outputs + label] - other;
        }
        return margins;
      }
    }

    private Tensor tensor(float[] inputs, int rows) {
      Tensor like = batch.inputs();
      return Tensor.of(inputs, like.shape().withoutRows().withRows(rows).toArray())
          .to(like.precision())
          .to(like.device());
    }

    Tensor found() {
      return tensor(best, batch.labels().length);
    }
  }
}
