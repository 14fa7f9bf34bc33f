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
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Rumelhart, Hinton, Williams 1986, doi:10.1038/323533a0",
    weightTransport = true,
    backwardChain = true)
public record Backprop() implements LearningRule {
  @Override
  public Feedback attach(Network network, Seed seed) {
    return new Layered(Parameter::value, Map.of(), () -> Paths.NONE);
  }
}
