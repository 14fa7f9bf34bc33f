package org.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;

import org.junit.jupiter.api.Test;
import org.plumbline.nn.Network;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.LearningRuleContract;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.Catalogue;

/** What every rule must keep is inherited; the idea is tested here. */
class RedrawnFeedbackTest extends LearningRuleContract {
  private static final Seed FEEDBACK = Seed.of(1);

  @Override
  protected LearningRule rule() {
    return new RedrawnFeedback();
  }

  @Override
  protected LearningRule other() {
    return new RedrawnFeedback(0.5, 3);
  }

  @Override
  protected Catalogue<LearningRule> catalogue() {
    return Rules.ALL.copied().with(RedrawnFeedback.class);
  }

  @Test
  void everyThreeStepsTheMatricesAreThoseOfTheNextSeed() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = Training.of(network, other(), new Sgd(0.1), FEEDBACK);
    for (int step = 0; step < 7; step++) {
      var expected = new DirectFeedback(0.5).attach(network, FEEDBACK.child(step / 3)).state();
      assertThat(bits(training.feedback().state())).containsAllEntriesOf(bits(expected));
      training.step(Toy.batch(network, Precision.FP64), step);
    }
  }

  @Test
  void anIntervalOfZeroIsRefused() {
    assertThatThrownBy(() -> catalogue().parse("redrawn-dfa:every=0"))
        .hasMessage("every must be at least 1, but is 0");
  }
}
