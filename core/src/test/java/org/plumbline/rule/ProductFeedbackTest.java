package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Network;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class ProductFeedbackTest extends LearningRuleContract {
  private static final double C = 0.01;

  @Override
  protected LearningRule rule() {
    return new ProductFeedback();
  }

  @Override
  protected LearningRule other() {
    return new ProductFeedback(3, 1e-3);
  }

  private static Training on(Network network, LearningRule rule, Optimizer optimizer) {
    return Training.of(network, rule, optimizer, Seed.of(1));
  }

  private static List<Tensor> differences(Training training) {
    List<Tensor> differences = new ArrayList<>();
    for (Crossing c : Crossing.of(training.network())) {
      Tensor p = named(training.feedback().state(), c.name() + ".p");
      Tensor q = named(training.feedback().state(), c.name() + ".q");
      Tensor image = p.transposed().matmul(c.weight().value().reshaped(c.out(), c.in()));
      differences.add(q.minus(image.reshaped(q.shape().toArray())));
    }
    return differences;
  }

  @Test
  void theLearnedFactorNearsTheImageOfTheWeights() {
    var decaying = new Sgd(0.1, 0, Sgd.Acceleration.CLASSICAL, 0.05);
    var moving = new Sgd(0.1, 0.9, Sgd.Acceleration.NESTEROV, 0);
    for (Network network : Ways.nets()) {
      for (Optimizer optimizer : List.of(new Sgd(0.1), decaying, moving)) {
        Training training = on(network, new ProductFeedback(3, C), optimizer);
        List<Tensor> first = differences(training);
        double own = optimizer.equals(decaying) ? 0.005 : 0;
        for (int step = 1; step <= 20; step++) {
          training.step(Toy.batch(network, Precision.FP64), step);
          for (int i = 0; i < first.size(); i++) {
            requireClose(
                "Q − Pᵀ W after step " + step,
                differences(training).get(i),
                first.get(i).scaled(Math.pow(1 - C - own, step)),
                1e-12);
          }
        }
      }
    }
  }

  @Test
  void throughTheIdentityIsKolenPollack() {
    requireKolenPollackThroughTheIdentity(Toy.tanhNet(Precision.FP64), Toy.tanhNet(Precision.FP64));
    requireKolenPollackThroughTheIdentity(Toy.convNet(Precision.FP64), Toy.convNet(Precision.FP64));
    requireKolenPollackThroughTheIdentity(Ways.compositeOfImages(), Ways.compositeOfImages());
    requireKolenPollackThroughTheIdentity(Ways.residual(), Ways.residual());
  }

  private static void requireKolenPollackThroughTheIdentity(Network one, Network two) {
    Training product = on(one, new ProductFeedback(1, C), new Sgd(0.1));
    Training kp = on(two, new KolenPollack(C), new Sgd(0.1));
    for (Crossing c : Crossing.of(one)) {
      Tensor p = named(product.feedback().state(), c.name() + ".p");
      p.copyFrom(identity(c.out()));
      named(product.feedback().state(), c.name() + ".q")
          .copyFrom(named(kp.feedback().state(), c.name()));
    }
    for (int step = 0; step < 5; step++) {
      product.step(Toy.batch(one, Precision.FP64), step);
      kp.step(Toy.batch(two, Precision.FP64), step);
    }
    one.state().forEach((name, w) -> requireClose(name, w, named(two.state(), name), 1e-12));
    for (Crossing c : Crossing.of(one)) {
      requireClose(
          c.name(),
          named(product.feedback().state(), c.name() + ".q"),
          named(kp.feedback().state(), c.name()),
          1e-12);
    }
  }

  static Tensor identity(long n) {
    double[] values = new double[(int) (n * n)];
    for (int i = 0; i < n; i++) {
      values[(int) (i * n + i)] = 1;
    }
    return Tensor.of(values, n, n);
  }

  @Test
  void theFixedFactorStaysAndTimesItsTransposeIsAboutTheIdentity() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, new ProductFeedback(400, C), new Sgd(0.1));
    Tensor p = named(training.feedback().state(), "feedback.2.p");
    Tensor before = p.copied();
    assertThat(p.shape().axes()).containsExactly(8L, 3200L);
    training.step(Toy.batch(network, Precision.FP64), 0);
    requireClose("P", p, before, 0);
    Tensor square = p.matmul(p.transposed());
    for (double x : square.minus(identity(8)).toDoubles()) {
      assertThat(x).isCloseTo(0, within(0.1));
    }
  }

  /** P is a convolution of 1 by 1, and Q has the kernel's window. */
  @Test
  void ofAKernelTheFactorsAreKernels() {
    Network network = Toy.convNet(Precision.FP64);
    Training training = on(network, new ProductFeedback(3, C), new Sgd(0.1));
    var state = training.feedback().state();
    assertThat(named(state, "feedback.2.p").shape()).isEqualTo(Shape.of(6, 18));
    assertThat(named(state, "feedback.2.q").shape()).isEqualTo(Shape.of(18, 4, 3, 3));
    Tensor path = training.feedback().paths().matrices().getFirst();
    assertThat(path.shape()).isEqualTo(Shape.of(6, 4, 3, 3));
    requireClose(
        "P Q",
        path.reshaped(6, 36),
        named(state, "feedback.2.p").matmul(named(state, "feedback.2.q").reshaped(18, 36)),
        1e-14);
  }

  @Test
  void aConvolutionInGroupsIsRefused() {
    assertThatThrownBy(() -> rule().attach(Ways.depthwise(), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule pfa mixes all channels on the way back and cannot pass a convolution in groups, but block 2 (conv 3x3 4→8 in 4 groups, tanh, average-pool 2/2) has one in 4; use --rule kp");
  }

  @Test
  void thePathIsTheProduct() {
    Training training = on(Toy.tanhNet(Precision.FP64), rule(), new Sgd(0.1));
    var state = training.feedback().state();
    requireClose(
        "P Q",
        training.feedback().paths().matrices().get(1),
        named(state, "feedback.3.p").matmul(named(state, "feedback.3.q")),
        1e-14);
  }

  @Test
  void anExpansionOfZeroIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("pfa:expand=0"))
        .hasMessage("expand must be at least 1, but is 0");
  }
}
