package org.plumbline.optim;

import java.util.List;
import org.plumbline.nn.Parameter;

/** Decides how gradients become steps. A value: its hyper-parameters and nothing else. */
public interface Optimizer {
  /**
   * Goes to work on some parameters.
   *
   * @param parameters live
   * @return live; its tensors are in the open scope
   */
  Stepper attach(List<Parameter> parameters);

  /**
   * The learning rate.
   *
   * @return before any schedule
   */
  double rate();
}
