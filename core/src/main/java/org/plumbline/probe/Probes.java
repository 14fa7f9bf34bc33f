package org.plumbline.probe;

import org.plumbline.value.Catalogue;

/** The probes by name. To add one, add a line. */
public final class Probes {
  /** Every probe that a configuration can name. */
  public static final Catalogue<Probe> ALL =
      new Catalogue<Probe>("probe")
          .with("alignment", Alignment.class)
          .with("weights", WeightAngle.class)
          .with("cost", Cost.class)
          .with("local-delta-angle", LocalDeltaAngle.class)
          .with("kernel", TangentKernel.class)
          .with("capacity", Capacity.class);

  private Probes() {}
}
