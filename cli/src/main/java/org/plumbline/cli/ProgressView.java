package org.plumbline.cli;

import java.util.function.Supplier;

/** Shows on stderr how far something is. */
interface ProgressView {
  /** Shows nothing. */
  ProgressView NONE = (_, _) -> {};

  /** What fits a console. */
  static ProgressView on(Console console) {
    if (console.volume() == Console.Volume.QUIET) {
      return NONE;
    }
    return console.errLook() == Look.PLAIN
        ? new PlainLines(console.err(), System::nanoTime)
        : new RedrawnLine(console.err(), console.errLook(), System::nanoTime);
  }

  /**
   * Says how far it is. Called as often as you like: not all of it is shown.
   *
   * @param share done, 0…1
   * @param words are made when they are shown
   */
  void show(double share, Supplier<String> words);

  /**
   * Says that a part is done: worth a line where lines stay.
   *
   * @param share done, 0…1
   * @param words are made when they are shown
   */
  default void milestone(double share, Supplier<String> words) {
    show(share, words);
  }

  /** Makes room for a message. */
  default void clear() {}
}
