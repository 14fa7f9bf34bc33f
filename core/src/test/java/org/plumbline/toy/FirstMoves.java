package org.plumbline.toy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.LearningRule;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;

/** When the weights of a tanh net that starts at zero first move. */
public final class FirstMoves {
  private FirstMoves() {}

  /** For every weight, from the input to the output, the step at which it first moves, from 1. */
  public static List<Integer> of(LearningRule rule, Dense.Bias bias) {
    Network network =
        Network.of(
            Toy.layers(Toy.WIDTHS, new Activation.Tanh(), bias),
            Shape.of(Toy.WIDTHS.getFirst()),
            Toy.birth(new Initialiser.Zero(), Precision.FP64, 1));
    List<Parameter> weights =
        network.parameters().stream().filter(p -> p.name().equals("weight")).toList();
    List<Integer> first = new ArrayList<>(Collections.nCopies(weights.size(), 0));
    Training training = Training.of(network, rule, new Sgd(0.5), Seed.of(1));
    for (int step = 1; step <= weights.size() + 1; step++) {
      training.step(Toy.batch(network, Precision.FP64), step);
      for (int l = 0; l < weights.size(); l++) {
        if (first.get(l) == 0 && weights.get(l).value().norm().item() > 0) {
          first.set(l, step);
        }
      }
    }
    return first;
  }
}
