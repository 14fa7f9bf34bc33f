package org.plumbline.edge;

/**
 * How far a training has come: with the weights all that a resumed one needs.
 *
 * @param epoch epochs that are complete
 * @param done of the current epoch: samples, or rounds of a {@link Federation}
 * @param samples rows trained on so far
 * @param updates what became of them
 */
public record Progress(int epoch, int done, long samples, Learner.Updates updates) {
  /** Nothing is done. */
  public static final Progress NONE = new Progress(0, 0, 0, Learner.Updates.NONE);

  /** Checks the counts. */
  public Progress {
    Refused.within("complete epochs", epoch, 0, Integer.MAX_VALUE);
    Refused.within("what is done of an epoch", done, 0, Integer.MAX_VALUE);
    Refused.within("trained samples", samples, 0, Long.MAX_VALUE);
  }
}
