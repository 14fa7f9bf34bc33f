package org.plumbline.probe;

import org.plumbline.nn.Network;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.tensor.Seed;

/** A measurement that changes nothing. A value: what it measures and how. */
public interface Probe {
  /**
   * Goes to work on one training.
   *
   * @param network live
   * @param rule that trains it
   * @param feedback the rule at work
   * @param seed for whatever the probe draws
   * @return what reads
   */
  Reading attach(Network network, LearningRule rule, Feedback feedback, Seed seed);

  /**
   * Refuses a network that it cannot measure, before a run begins.
   *
   * @param network live
   * @throws org.plumbline.value.BadInput naming what it is, its value and the cure
   */
  default void check(Network network) {}
}
