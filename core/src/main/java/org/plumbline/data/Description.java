package org.plumbline.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One line of {@code plumbline datasets}.
 *
 * @param name as it is written
 * @param what its contents in a few words
 * @param licence of the data
 * @param origin where its rows come from
 * @param places the folders that are tried, in this order; empty unless it comes from files
 * @param found the folder that holds all its files
 */
public record Description(
    String name,
    String what,
    String licence,
    Origin origin,
    List<Path> places,
    Optional<Path> found) {
  /** Where rows come from. */
  public enum Origin {
    /** Part of Plumbline. */
    EMBEDDED,
    /** Files that somebody else publishes. */
    FILES,
    /** Drawn from a seed. */
    GENERATED
  }

  /**
   * Whether it can be trained on now.
   *
   * @return false if files are missing
   */
  public boolean ready() {
    return origin != Origin.FILES || found.isPresent();
  }
}
