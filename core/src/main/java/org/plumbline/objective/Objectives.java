package org.plumbline.objective;

import org.plumbline.value.Catalogue;

/** The objectives by name. To add one, add a line. */
public final class Objectives {
  /** Every objective that a configuration can name. */
  public static final Catalogue<Objective> ALL =
      new Catalogue<Objective>("loss")
          .with("softmax", SoftmaxCrossEntropy.class)
          .with("sigmoid", SigmoidCrossEntropy.class)
          .with("squared", SquaredError.class);

  private Objectives() {}
}
