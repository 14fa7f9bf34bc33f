package org.plumbline.train;

import java.nio.file.Path;

/** Training was asked to stop, and did, with its state saved. */
public final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Path run;

  /** Steps done and saved. */
  private final long step;

  Stopped(Path run, long step) {
    super("stopped at step " + step + "; saved; go on with: ./plumbline resume " + run);
    this.run = run;
    this.step = step;
  }

  /**
   * The run.
   *
   * @return its folder
   */
  public Path run() {
    return run;
  }

  /**
   * How far it came.
   *
   * @return steps done and saved
   */
  public long step() {
    return step;
  }
}
