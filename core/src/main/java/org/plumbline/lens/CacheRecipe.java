package org.plumbline.lens;

import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;

/**
 * How a {@link SimpleCache} is filled and asked.
 *
 * @param layers whose outputs are keys: {@code each} hidden block by itself, the {@code last}, or
 *     numbers and names of blocks joined by {@code +}, whose outputs are put together; 0 is the
 *     prepared input
 * @param theta θ, a number of at least 0, or {@code grid}
 * @param lambda λ, a number of 0…1, or {@code grid}
 * @param nearest how many of the likest keys have a say; 0 for all
 * @param pool what is kept of a feature map
 * @param flips whether mirrored images are remembered too
 * @param memory the most that keys may take, in GiB
 */
@About("a memory of layers' outputs on training rows (Orhan 2018)")
public record CacheRecipe(
    @About("each, last, or blocks by number or name, joined by +") String layers,
    @About("how much likeness counts, or grid") String theta,
    @About("share of the cache in the answer, 0 to 1, or grid") String lambda,
    @About("how many of the likest keys count; 0 for all") int nearest,
    @About("none, or mean: a feature map's mean over places") Pool pool,
    @About("none, or horizontal: mirrored images are remembered too") Flips flips,
    @About("the most that keys may take, in GiB") double memory) {
  /** To be searched for on held-out rows. */
  public static final String GRID = "grid";

  private static final Catalogue<CacheRecipe> ALL =
      new Catalogue<CacheRecipe>("cache").with("cache", CacheRecipe.class);

  /** What is kept of a feature map. */
  public enum Pool {
    /** All of it. */
    NONE,
    /** The mean of every channel over all places. */
    MEAN
  }

  /** What else is remembered of an image. */
  public enum Flips {
    /** Nothing. */
    NONE,
    /** The same mirrored left to right, which doubles the keys. */
    HORIZONTAL
  }

  /**
   * Checks the numbers.
   *
   * @param layers not empty
   * @param theta at least 0, or grid
   * @param lambda 0…1, or grid
   * @param nearest at least 0
   * @param pool what is kept of a feature map
   * @param flips whether mirrored images are remembered too
   * @param memory above 0
   */
  public CacheRecipe {
    if (layers.isBlank()) {
      throw new BadInput("layers of the cache must name each, last or blocks, but are empty");
    }
    requireNumber("theta", theta, Float.MAX_VALUE, "at least 0");
    requireNumber("lambda", lambda, 1, "of 0 to 1");
    Check.atLeast("nearest of the cache", 0, nearest);
    Check.positive("memory of the cache", memory);
  }

  /** The last hidden block; θ and λ searched for; all keys. */
  public CacheRecipe() {
    this("last", GRID, GRID, 0, Pool.NONE, Flips.NONE, 2);
  }

  /**
   * Reads {@code layers=each,theta=80,…}.
   *
   * @param text parameters separated by commas
   * @return the recipe
   * @throws BadInput with the nearest name, if something is unknown or out of range
   */
  public static CacheRecipe parse(String text) {
    return ALL.parse("cache:" + text);
  }

  /**
   * Whether something is to be searched for.
   *
   * @return true if held-out rows are needed
   */
  public boolean searches() {
    return theta.equals(GRID) || lambda.equals(GRID);
  }

  /**
   * The values of θ to try.
   *
   * @return that one, or 33 from 1 to 400, each 1.2 times the one before
   */
  public double[] thetas() {
    if (!theta.equals(GRID)) {
      return new double[] {Double.parseDouble(theta)};
    }
    double[] thetas = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      thetas[i] = Math.pow(GREATEST, i / (POINTS - 1.0));
    }
    return thetas;
  }

  /**
   * The values of λ to try.
   *
   * @return that one, or 33 from 0 to 1 in equal steps
   */
  public double[] lambdas() {
    if (!lambda.equals(GRID)) {
      return new double[] {Double.parseDouble(lambda)};
    }
    double[] lambdas = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      lambdas[i] = i / (POINTS - 1.0);
    }
    return lambdas;
  }

  private static final int POINTS = 33;
  private static final double GREATEST = 400;

  private static void requireNumber(String name, String text, double greatest, String rule) {
    if (text.equals(GRID)) {
      return;
    }
    try {
      double number = Double.parseDouble(text);
      if (number >= 0 && number <= greatest) {
        return;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw new BadInput(
        "%s of the cache must be grid or a number %s, but is '%s'".formatted(name, rule, text));
  }
}
