package org.plumbline.data;

import java.util.List;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Two half circles of radius 1 that reach into each other, with normal noise: the smallest task
 * that no straight line solves.
 *
 * <pre>
 *   first:  (cos a, sin a)            a uniform in [0, π)
 *   second: (1 − cos a, 1/2 − sin a)
 * </pre>
 *
 * @param examples rows, half of each class
 * @param noise deviation of what is added to both coordinates
 * @param seed draws the rows; the run's own seed only divides them
 */
@About("two interleaved half circles in the plane, 2 classes")
public record TwoMoons(
    @About("rows, half of each class") int examples,
    @About("standard deviation of the noise") double noise,
    @About("draws the rows") long seed)
    implements Synthetic {
  private static final int MOST = 10_000_000;

  /** 2,000 rows, noise 0.1. */
  public TwoMoons() {
    this(2000, 0.1, 0);
  }

  /**
   * Checks the sizes.
   *
   * @param examples at least 4
   * @param noise at least 0
   * @param seed any
   */
  public TwoMoons {
    Check.atLeast("examples", 4, examples);
    Check.notNegative("noise", noise);
    if (examples > MOST || noise > MOST) {
      throw new BadInput("examples and noise must be at most " + MOST);
    }
  }

  @Override
  public Rows draw(String name) {
    Seed draws = Seed.of(seed).child("two moons");
    FloatStore.Builder rows = new FloatStore.Builder(2);
    int[] labels = new int[examples];
    Seed angle = draws.child("angle");
    Seed shift = draws.child("noise");
    for (int i = 0; i < examples; i++) {
      labels[i] = i % 2;
      double a = Math.PI * angle.uniform(i);
      double x = StrictMath.cos(a);
      double y = StrictMath.sin(a);
      float[] piece = rows.piece();
      int at = rows.at();
      piece[at] = (float) ((labels[i] == 0 ? x : 1 - x) + noise * shift.normal(2L * i));
      piece[at + 1] = (float) ((labels[i] == 0 ? y : 0.5 - y) + noise * shift.normal(2L * i + 1));
      rows.added();
    }
    return Rows.of(
        name, Shape.of(2), List.of("upper", "lower"), List.of("x", "y"), rows.build(labels));
  }
}
