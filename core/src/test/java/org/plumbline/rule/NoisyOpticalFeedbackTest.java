package org.plumbline.rule;

import org.plumbline.rule.OpticalFeedback.Encoding;
import org.plumbline.rule.OpticalFeedback.Shots;

/** The contract once more, with noise: its place in the stream is part of the state. */
class NoisyOpticalFeedbackTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new OpticalFeedback(
        Encoding.TERNARY,
        0.1,
        8,
        1,
        0.2,
        Shots.TWO,
        1,
        Law.UNIFORM,
        Scale.WIDTH,
        Storage.REGENERATED,
        Form.CHANNEL);
  }
}
