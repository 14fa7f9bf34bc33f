package org.plumbline.rule;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * How sparse and low-rank feedback is drawn; the formulas stand in {@link SparseFeedback}.
 *
 * @param s connections a unit; 0 for all outputs
 * @param r rank; 0 for full
 * @param gain multiplies every entry
 * @param c outputs
 */
record SparseLaw(int s, int r, double gain, int c) {
  /** v of s = 0. */
  double size(int units) {
    return gain / Math.sqrt(units);
  }

  /** u {@code [c, r]} and w {@code [r, units]} of s = 0, r > 0, FP64: B_l = u w. */
  List<Tensor> factors(Seed seed, int units) {
    double factor = factor(product(seed, units), size(units));
    Seed left = seed.child("left");
    Seed right = seed.child("right");
    double[] u = new double[c * r];
    for (int k = 0; k < r; k++) {
      for (int output = 0; output < c; output++) {
        u[output * r + k] = factor * (2 * left.uniform((long) k * c + output) - 1);
      }
    }
    double[] w = new double[Math.multiplyExact(r, units)];
    Arrays.setAll(w, i -> 2 * right.uniform(i) - 1);
    return List.of(Tensor.of(u, c, r), Tensor.of(w, r, units));
  }

  /** B_l of s > 0, in the precision and on the device of {@code like}. */
  Connections sparse(Seed seed, int units, Tensor like) {
    double v = gain * Math.sqrt(Math.sqrt((double) c * s) / units);
    int[][] heard = r == 0 ? each(seed.child("outputs"), units) : dealt(seed, units);
    double[] values = new double[s * units];
    if (r == 0) {
      Seed drawn = seed.child("values");
      Arrays.setAll(values, i -> v * (2 * drawn.uniform(i) - 1));
    } else {
      double[] whole = product(seed, units);
      double[] masked = new double[whole.length];
      for (int j = 0; j < units; j++) {
        for (int output : heard[j]) {
          masked[output * units + j] = whole[output * units + j];
        }
      }
      double factor = factor(masked, v);
      Arrays.setAll(values, i -> factor * masked[heard[i % units][i / units] * units + i % units]);
    }
    long[] outputs = new long[s * units];
    Arrays.setAll(outputs, i -> heard[i % units][i / units]);
    return new Connections(
        Tensor.of(outputs, s, units).to(like.device()),
        Tensor.of(values, s, units).to(like.precision()).to(like.device()));
  }

  /** For every unit s outputs of its own. */
  private int[][] each(Seed seed, int units) {
    return IntStream.range(0, units)
        .mapToObj(j -> Arrays.copyOf(seed.child(j).permutation(c), s))
        .toArray(int[][]::new);
  }

  /** For every unit one of the r sets. */
  private int[][] dealt(Seed seed, int units) {
    int[][] sets = sets(seed.child("sets"));
    int[] order = seed.child("units").permutation(units);
    int[][] heard = new int[units][];
    for (int j = 0; j < units; j++) {
      heard[order[j]] = sets[j % r];
    }
    return heard;
  }

  /** r sets of s outputs, each of those that are in the fewest sets before. */
  private int[][] sets(Seed seed) {
    int[] used = new int[c];
    int[][] sets = new int[r][];
    for (int k = 0; k < r; k++) {
      sets[k] =
          Arrays.stream(seed.child(k).permutation(c))
              .boxed()
              .sorted(Comparator.comparingInt(output -> used[output])) // stable: ties as drawn
              .limit(s)
              .mapToInt(output -> output)
              .toArray();
      for (int output : sets[k]) {
        used[output]++;
      }
    }
    return sets;
  }

  /** Σ_{k≤r} u_k w_kᵀ, row by row: [c, units]. */
  private double[] product(Seed seed, int units) {
    Seed u = seed.child("left");
    Seed w = seed.child("right");
    double[] b = new double[Math.multiplyExact(c, units)];
    for (int k = 0; k < r; k++) {
      for (int output = 0; output < c; output++) {
        double left = 2 * u.uniform((long) k * c + output) - 1;
        for (int j = 0; j < units; j++) {
          b[output * units + j] += left * (2 * w.uniform((long) k * units + j) - 1);
        }
      }
    }
    return b;
  }

  /** What gives the numbers the standard deviation v, around their mean. */
  private static double factor(double[] b, double v) {
    double mean = Arrays.stream(b).average().orElse(0);
    double square = Arrays.stream(b).map(x -> x * x).average().orElse(0);
    double variance = square - mean * mean;
    // A single number does not deviate: then its size is made v.
    return v / Math.sqrt(variance > 1e-12 * square ? variance : square);
  }
}
