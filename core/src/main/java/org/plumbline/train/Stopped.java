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
   * In the middle of a study, or between two of its runs.
   *
   * @param study its folder
   * @param step done and saved
   * @param where in the study
   */
  public Stopped(Path study, long step, String where) {
    super("stopped " + where + "; saved; go on with: ./plumbline resume " + study);
    this.run = study;
    this.step = step;
  }

  /**
   * What was stopped: a run or a study.
   *
   * @return its folder
   */
  public Path run() {
    return run;
  }

  /**
   * How far the run came.
   *
   * @return steps done and saved; 0 between the runs of a study
   */
  public long step() {
    return step;
  }
}
