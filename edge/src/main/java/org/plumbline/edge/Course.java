package org.plumbline.edge;

/** A training that goes on step by step, so that the caller can save, show and stop it. */
public interface Course {
  /**
   * Goes on.
   *
   * @param steps so many steps, or to the end of the epoch if that comes first
   * @return the steps that were taken; 0 at the end of the training
   */
  int advance(int steps);

  /**
   * How far it is.
   *
   * @return with the network's weights all that a resumed training needs
   */
  Progress progress();

  /**
   * What has learned.
   *
   * @return the live network
   */
  Network network();
}
