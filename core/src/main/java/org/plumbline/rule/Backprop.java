package org.plumbline.rule;

import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;

/**
 * Back-propagation: the exact gradient, baseline and yardstick.
 *
 * <pre>  s_{l−1} = δ_l W_l        l = L…2   </pre>
 *
 * <p>Rumelhart, Hinton, Williams 1986.
 */
@About("back-propagation, the yardstick; Rumelhart et al. 1986")
public record Backprop() implements LearningRule {
  @Override
  public Feedback attach(Network network, Seed seed) {
    return new Layered(Parameter::value, Map.of());
  }
}
