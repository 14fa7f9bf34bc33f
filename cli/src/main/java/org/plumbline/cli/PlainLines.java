package org.plumbline.cli;

import java.io.PrintStream;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Lines for a log: one a milestone, but not within five seconds of the one before unless all is
 * done, and one a minute where milestones are far apart.
 */
final class PlainLines implements ProgressView {
  private static final long LEAST = 5_000_000_000L;
  private static final long MOST = 60_000_000_000L;

  private final PrintStream err;
  private final LongSupplier nanos;
  private long last;

  PlainLines(PrintStream err, LongSupplier nanos) {
    this.err = err;
    this.nanos = nanos;
    this.last = nanos.getAsLong() - LEAST;
  }

  @Override
  public void show(double share, Supplier<String> words) {
    if (nanos.getAsLong() - last >= MOST) {
      print(words);
    }
  }

  @Override
  public void milestone(double share, Supplier<String> words) {
    if (share >= 1 || nanos.getAsLong() - last >= LEAST) {
      print(words);
    }
  }

  private void print(Supplier<String> words) {
    last = nanos.getAsLong();
    err.println(words.get());
    err.flush();
  }
}
