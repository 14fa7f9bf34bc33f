package org.plumbline.rule;

import org.plumbline.value.Catalogue;

/** The learning rules by name. To add one, add a line. */
public final class Rules {
  /** Every rule that a configuration can name. */
  public static final Catalogue<LearningRule> ALL =
      new Catalogue<LearningRule>("rule")
          .with("bp", Backprop.class)
          .with("shallow", Shallow.class)
          .with("fa", FeedbackAlignment.class)
          .with("dfa", DirectFeedback.class);

  private Rules() {}
}
