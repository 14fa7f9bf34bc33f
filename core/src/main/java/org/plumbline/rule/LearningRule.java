package org.plumbline.rule;

import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;

/**
 * Decides how every block learns what it did wrong. A value: its hyper-parameters and nothing else.
 */
public interface LearningRule {
  /**
   * Goes to work on a network. The weights stay as they are.
   *
   * @param network live
   * @param seed of the feedback weights
   * @return live; its tensors are in the open scope
   * @throws org.plumbline.value.BadInput if the rule cannot serve this network
   */
  Feedback attach(Network network, Seed seed);

  /**
   * The rule that draws its feedback by the same law, but leaves out what reads the network's
   * weights before training: what this one would say by chance.
   *
   * @return this rule by default
   */
  default LearningRule unlearned() {
    return this;
  }

  /**
   * The rows that the network must take, for rules that show it more than the data.
   *
   * @param rows the shape of one row of the data
   * @param classes the number of outputs
   * @return the shape of one row of the network's input; that of the data by default
   */
  default Shape input(Shape rows, int classes) {
    return rows;
  }
}
