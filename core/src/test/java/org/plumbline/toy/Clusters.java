package org.plumbline.toy;

import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * A problem that a net learns by its hidden blocks alone: 32 clusters in ten dimensions, eight for
 * each of four classes. Batch {@code i} of a seed is always the same.
 *
 * @param seed of the clusters and of all batches
 */
public record Clusters(Seed seed) {
  /** Features of a row. */
  public static final int FEATURES = 10;

  /** Number of classes. */
  public static final int CLASSES = 4;

  private static final int CLUSTERS = 8 * CLASSES;

  /** Batch number {@code i}: {@code [rows, 10]} and {@code [rows, 4]}, FP32. */
  public Toy.Batch batch(long i, int rows) {
    Seed centres = seed.child("centres");
    Seed which = seed.child("which").child(i);
    Seed noise = seed.child("noise").child(i);
    float[] x = new float[rows * FEATURES];
    float[] t = new float[rows * CLASSES];
    for (int r = 0; r < rows; r++) {
      int cluster = (int) (which.uniform(r) * CLUSTERS);
      t[r * CLASSES + cluster % CLASSES] = 1;
      for (int k = 0; k < FEATURES; k++) {
        x[r * FEATURES + k] =
            (float)
                (1.5 * centres.normal(cluster * FEATURES + k)
                    + 0.4 * noise.normal(r * FEATURES + k));
      }
    }
    return new Toy.Batch(Tensor.of(x, rows, FEATURES), Tensor.of(t, rows, CLASSES));
  }
}
