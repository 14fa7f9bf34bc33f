package org.plumbline.lens;

import org.plumbline.value.Catalogue;

/** The attacks by name. To add one, add a line. */
public final class Attacks {
  /** Every attack that {@code --attack} can name. */
  public static final Catalogue<Attack> ALL =
      new Catalogue<Attack>("attack")
          .with("noise", Attack.Noise.class)
          .with("fgsm", Attack.Fgsm.class)
          .with("pgd", Attack.Pgd.class)
          .with("square", SquareAttack.class);

  private Attacks() {}
}
