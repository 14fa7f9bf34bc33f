package org.plumbline.optim;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Tensor;

/** The loop over parameters that all optimizers share; each supplies the update of one. */
final class PerParameter implements Stepper {
  /** One parameter with its slots. */
  interface Slot {
    /** Moves the parameter. The rate is after the schedule. */
    void update(Gradient gradient, double rate);

    /** The slots by name. */
    Map<String, Tensor> state();
  }

  /** Makes the slots of one parameter. */
  interface Slots {
    Slot of(Parameter parameter);
  }

  private final double rate;
  private final double decoupled;
  private final Map<Parameter, Slot> slots = new HashMap<>();
  private final Map<String, Tensor> state = new LinkedHashMap<>();

  /** Weight decay λ counts as decoupled where a slot takes ηλ off its parameter by itself. */
  PerParameter(List<Parameter> parameters, double rate, double decoupled, Slots make) {
    this.rate = rate;
    this.decoupled = decoupled;
    for (int i = 0; i < parameters.size(); i++) {
      Slot slot = make.of(parameters.get(i));
      slots.put(parameters.get(i), slot);
      for (var entry : slot.state().entrySet()) {
        state.put("slot." + (i + 1) + "." + entry.getKey(), entry.getValue());
      }
    }
  }

  @Override
  public Updates step(Gradients gradients, double factor) {
    for (Gradients.Entry entry : gradients.entries()) {
      Slot slot = slots.get(entry.parameter());
      if (slot == null) {
        throw new IllegalArgumentException(
            "parameter " + entry.parameter().name() + " is not one this stepper was attached to");
      }
      slot.update(entry.gradient(), rate * factor);
    }
    return new Updates(gradients, rate * factor, rate * factor * decoupled);
  }

  @Override
  public Map<String, Tensor> state() {
    return state;
  }
}
