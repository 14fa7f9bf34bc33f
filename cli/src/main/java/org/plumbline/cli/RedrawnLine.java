package org.plumbline.cli;

import java.io.PrintStream;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** One line of a terminal, drawn again ten times a second: a bar and words. */
final class RedrawnLine implements ProgressView {
  private static final long PAUSE = 100_000_000;
  private static final int CELLS = 20;
  private static final String NO_WRAP = "\u001b[?7l"; // a narrow terminal cuts the line off
  private static final String WRAP = "\u001b[?7h";
  private static final String ERASE = "\u001b[K";

  private final PrintStream err;
  private final Look look;
  private final LongSupplier nanos;
  private long last;
  private boolean drawn;

  RedrawnLine(PrintStream err, Look look, LongSupplier nanos) {
    this.err = err;
    this.look = look;
    this.nanos = nanos;
    this.last = nanos.getAsLong() - PAUSE;
  }

  @Override
  public void show(double share, Supplier<String> words) {
    long now = nanos.getAsLong();
    if (now - last >= PAUSE) {
      last = now;
      draw(bar(share) + "  " + words.get());
      drawn = true;
    }
  }

  @Override
  public void clear() {
    if (drawn) {
      draw("");
      drawn = false;
    }
  }

  private void draw(String text) {
    err.print("\r" + NO_WRAP + text + ERASE + WRAP);
    if (text.isEmpty()) {
      err.print("\r");
    }
    err.flush();
  }

  private String bar(double share) {
    int full = (int) Math.round(CELLS * Math.clamp(share, 0.0, 1.0));
    return look.green("━".repeat(full)) + "╌".repeat(CELLS - full);
  }
}
