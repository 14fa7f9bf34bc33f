package org.plumbline.rule;

import java.util.Optional;
import org.plumbline.value.Catalogue;

/** The learning rules by name. To add one, add a line. */
public final class Rules {
  /** Every rule that a configuration can name. */
  public static final Catalogue<LearningRule> ALL =
      new Catalogue<LearningRule>("rule")
          .with("bp", Backprop.class)
          .with("shallow", Shallow.class)
          .with("fa", FeedbackAlignment.class)
          .with("dfa", DirectFeedback.class)
          .with("ifa", IndirectFeedback.class)
          .with("udfa", UnifiedFeedback.class)
          .with("sparse-dfa", SparseFeedback.class)
          .with("sdfa", SignFeedback.class)
          .with("optical-dfa", OpticalFeedback.class)
          .with("drtp", TargetProjection.class)
          .with("usf", UniformSigns.class)
          .with("brsf", BatchwiseSigns.class)
          .with("frsf", FixedSigns.class)
          .with("kp", KolenPollack.class)
          .with("wm", WeightMirror.class)
          .with("dkp", DirectKolenPollack.class)
          .with("fdfa", ForwardDirectFeedback.class)
          .with("pfa", ProductFeedback.class)
          .with("ldfa", LowDimensionalFeedback.class)
          .with("hsic", HsicBottleneck.class)
          .with("pred", LocalPrediction.class)
          .with("sim", LocalSimilarity.class)
          .with("predsim", LocalPredSim.class)
          .with("mono-forward", MonoForward.class)
          .with("pepita", Pepita.class)
          .with("ff", ForwardForward.class)
          .with("ccl", CounterCurrent.class)
          .with("fg", ForwardGradient.class);

  /**
   * What kind of rule a rule is.
   *
   * @param rule any
   * @return its card; none if its type carries none
   */
  public static Optional<Nature> nature(Class<? extends LearningRule> rule) {
    return Optional.ofNullable(rule.getAnnotation(Nature.class));
  }

  /**
   * Whether the signals of a rule stand in for the gradient of the loss.
   *
   * @param rule any
   * @return true unless its card says otherwise
   */
  public static boolean estimatesGradient(LearningRule rule) {
    return nature(rule.getClass()).map(Nature::estimatesGradient).orElse(true);
  }

  private Rules() {}
}
