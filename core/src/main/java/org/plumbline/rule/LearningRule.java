package org.plumbline.rule;

import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;

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
}
