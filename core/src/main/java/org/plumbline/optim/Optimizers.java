package org.plumbline.optim;

import org.plumbline.value.Catalogue;

/** The optimizers by name. To add one, add a line. */
public final class Optimizers {
  /** Every optimizer that a configuration can name. */
  public static final Catalogue<Optimizer> ALL =
      new Catalogue<Optimizer>("optimizer")
          .with("sgd", Sgd.class)
          .with("rmsprop", RmsProp.class)
          .with("adam", Adam.class)
          .with("adamw", AdamW.class);

  private Optimizers() {}
}
