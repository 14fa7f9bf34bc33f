package org.plumbline.papers.results;

import org.plumbline.papers.Paper;
import org.plumbline.train.Configuration;
import org.plumbline.train.Options;

/**
 * One run that is to be made.
 *
 * @param place the cell
 * @param seed of the run
 * @param epochs how many
 * @param minutes how long it is expected to take
 */
public record Job(Paper.Place place, long seed, long epochs, double minutes) {
  /**
   * What its folder and its curves are called.
   *
   * @return {@code mnist-2x800-dfa-seed1}
   */
  public String name() {
    return place.id() + "-seed" + seed;
  }

  /** What is run: the recipe with this seed and length, on one thread. */
  Configuration configuration() {
    return place
        .recipe()
        .configurationOf(place.cell())
        .with(Options.SEED, Long.toString(seed))
        .with(Options.EPOCHS, Long.toString(epochs))
        .with(Options.THREADS, "1");
  }
}
