package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Network;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Sgd;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class LowDimensionalFeedbackTest extends LearningRuleContract {
  private static final double C = 0.01;

  @Override
  protected LearningRule rule() {
    return new LowDimensionalFeedback();
  }

  @Override
  protected LearningRule other() {
    return new LowDimensionalFeedback(3, 0.5, 1e-3, 1);
  }

  private static Training on(Network network, LearningRule rule, Optimizer optimizer) {
    return Training.of(network, rule, optimizer, Seed.of(1));
  }

  @Test
  void ofFullRankIsKolenPollackThroughTheProductAndOjaLeavesItsFactor() {
    requireKolenPollackOfFullRank(Toy.tanhNet(Precision.FP64), Toy.tanhNet(Precision.FP64));
    requireKolenPollackOfFullRank(Toy.convNet(Precision.FP64), Toy.convNet(Precision.FP64));
    requireKolenPollackOfFullRank(Ways.compositeOfImages(), Ways.compositeOfImages());
    requireKolenPollackOfFullRank(Ways.residual(), Ways.residual());
  }

  private static void requireKolenPollackOfFullRank(Network one, Network two) {
    Training low = on(one, new LowDimensionalFeedback(99, 0.5, C, 0), new Sgd(0.1));
    Training kp = on(two, new KolenPollack(C), new Sgd(0.1));
    for (Crossing c : Crossing.of(one)) {
      Tensor p = named(low.feedback().state(), c.name() + ".p");
      p.copyFrom(p.orthonormal()); // drawn in single precision
      assertThat(p.shape().axes()).containsExactly(c.out(), c.out());
      named(kp.feedback().state(), c.name())
          .copyFrom(
              c.like(
                  p.matmul(
                      named(low.feedback().state(), c.name() + ".q").reshaped(c.out(), c.in()))));
    }
    List<Tensor> first = factors(low).stream().map(Tensor::copied).toList();
    for (int step = 0; step < 5; step++) {
      low.step(Toy.batch(one, Precision.FP64), step);
      kp.step(Toy.batch(two, Precision.FP64), step);
    }
    for (int i = 0; i < first.size(); i++) {
      requireClose("P", factors(low).get(i), first.get(i), 1e-13);
    }
    one.state().forEach((name, w) -> requireClose(name, w, named(two.state(), name), 1e-12));
    for (int i = 0; i < low.feedback().paths().matrices().size(); i++) {
      requireClose(
          "V",
          low.feedback().paths().matrices().get(i),
          kp.feedback().paths().matrices().get(i),
          1e-12);
    }
  }

  private static List<Tensor> factors(Training training) {
    return Crossing.of(training.network()).stream()
        .map(c -> named(training.feedback().state(), c.name() + ".p"))
        .toList();
  }

  @Test
  void hasAsManyChannelsAsOutputsUnlessTold() {
    Network network = Toy.tanhNet(Precision.FP64); // 12-9-8-7-5
    assertThat(factors(on(network, rule(), new Sgd(0.1))).stream().map(p -> p.shape().axes()))
        .containsExactly(List.of(8L, 5L), List.of(7L, 5L), List.of(5L, 5L));
    LearningRule two = new LowDimensionalFeedback(2, 0.1, C, 0);
    assertThat(factors(on(network, two, new Sgd(0.1))).stream().map(p -> p.shape().axes()))
        .containsExactly(List.of(8L, 2L), List.of(7L, 2L), List.of(5L, 2L));
  }

  /** δ of rank 2 in 8 dimensions, its mean large: the subspace of what varies is found. */
  @Test
  void ojaFindsThePrincipalSubspaceOfTheErrors() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, new LowDimensionalFeedback(2, 0.9, C, 0), new Sgd(0.1));
    Crossing first = Crossing.of(network).getFirst();
    Tensor basis = Seed.of(3).orthonormal(8, 2).to(Precision.FP64);
    Tensor delta =
        Seed.of(4)
            .normal(1, 64, 2)
            .to(Precision.FP64)
            .matmul(basis.transposed())
            .plus(Seed.of(5).normal(3, 1, 8).to(Precision.FP64));
    Tensor input = Seed.of(6).normal(1, 64, 9).to(Precision.FP64);
    Tensor p = factors(training).getFirst();
    assertThat(lost(basis, p)).isGreaterThan(0.5);
    var told = training.tell(Toy.batch(network, Precision.FP64), 0);
    Tensor old = first.weight().value().copied();
    for (int i = 0; i < 300; i++) {
      var gradients =
          new Gradients(
              List.of(new Gradients.Entry(first.weight(), new Gradient.Factored(delta, input))));
      var before = new java.util.HashMap<org.plumbline.nn.Parameter, Tensor>();
      training.feedback().follows().forEach(w -> before.put(w, w.value()));
      training
          .feedback()
          .afterStep(told.trace(), told.outcome(), new Updates(gradients, 0.1, 0, before));
    }
    assertThat(old.shape()).isEqualTo(first.weight().value().shape());
    assertThat(lost(basis, p)).isLessThan(1e-3);
    requireClose("Pᵀ P", p.transposed().matmul(p), ProductFeedbackTest.identity(2), 1e-3);
  }

  /** To Oja's rule every place of an image is a row. */
  @Test
  void ojaTakesImagesAsRowsOfTheirPlaces() {
    Network images = Toy.convNet(Precision.FP64);
    LearningRule two = new LowDimensionalFeedback(2, 0.3, C, 0);
    Training training = on(images, two, new Sgd(0.1));
    Crossing kernel = Crossing.of(images).getFirst();
    Tensor rows = Seed.of(4).normal(1, 5 * 12, 6).to(Precision.FP64); // of 5 images of 3 by 4
    Tensor delta = Tensor.zeros(Precision.FP64, 5, 6, 3, 4);
    double[] image = delta.toDoubles();
    double[] flat = rows.toDoubles();
    for (int n = 0; n < 5; n++) {
      for (int c = 0; c < 6; c++) {
        for (int place = 0; place < 12; place++) {
          image[(n * 6 + c) * 12 + place] = flat[(n * 12 + place) * 6 + c];
        }
      }
    }
    Network dense = // whose second block has six units, too
        Toy.net(List.of(12L, 9L, 6L, 5L), new Activation.Tanh(), new Toy.Normal(), Precision.FP64);
    Training other = on(dense, two, new Sgd(0.1));
    Crossing matrix = Crossing.of(dense).getFirst();
    factors(other).getFirst().copyFrom(factors(training).getFirst());
    Tensor before = factors(training).getFirst().copied();
    pull(
        training,
        kernel,
        new Gradient.Convolved(
            Tensor.of(image, 5, 6, 3, 4),
            Tensor.zeros(Precision.FP64, 5, 4, 3, 4),
            kernel.weight().value(),
            new Convolution(1, 1, 1)));
    pull(other, matrix, new Gradient.Factored(rows, Tensor.zeros(Precision.FP64, 60, 9)));
    requireClose("P", factors(training).getFirst(), factors(other).getFirst(), 1e-12);
    assertThat(factors(training).getFirst().minus(before).norm().item()).isGreaterThan(0.01);
  }

  private static void pull(Training training, Crossing at, Gradient gradient) {
    var told = training.tell(Toy.batch(training.network(), Precision.FP64), 0);
    var before = new java.util.HashMap<org.plumbline.nn.Parameter, Tensor>();
    training.feedback().follows().forEach(w -> before.put(w, w.value()));
    training
        .feedback()
        .afterStep(
            told.trace(),
            told.outcome(),
            new Updates(
                new Gradients(List.of(new Gradients.Entry(at.weight(), gradient))),
                0.1,
                0,
                before));
  }

  @Test
  void aConvolutionInGroupsIsRefused() {
    assertThatThrownBy(() -> rule().attach(Ways.depthwise(), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("rule ldfa mixes all channels")
        .hasMessageContaining("block 2 (conv 3x3 4→8 in 4 groups")
        .hasMessageEndingWith("use --rule kp");
  }

  /** ‖(I − P Pᵀ) basis‖: the sine of the angle between the subspaces, where P is orthonormal. */
  private static double lost(Tensor basis, Tensor p) {
    return basis.minus(p.matmul(p.transposed().matmul(basis))).norm().item();
  }

  @Test
  void aFirstFactorIsOrthonormal() {
    for (Tensor p : factors(on(Toy.tanhNet(Precision.FP64), rule(), new Sgd(0.1)))) {
      requireClose("Pᵀ P", p.transposed().matmul(p), ProductFeedbackTest.identity(p.size(1)), 1e-6);
    }
  }

  /** A bound for the signal of one row: the batch's size must not change it. */
  @Test
  void aClampBoundsWhatEachRowIsTold() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    var free = on(network, rule(), new Sgd(0.1)).tell(batch, 0).signals();
    var bound =
        on(network, new LowDimensionalFeedback(0, 0.1, C, 0.05), new Sgd(0.1))
            .tell(batch, 0)
            .signals();
    Tensor top = ((Signal.Told) free.get(2)).gradient();
    assertThat(Arrays.stream(top.toDoubles()).map(Math::abs).max().orElseThrow() * Toy.ROWS)
        .isGreaterThan(0.05);
    requireClose(
        "the top hidden signal",
        ((Signal.Told) bound.get(2)).gradient(),
        top.clamped(-0.05 / Toy.ROWS, 0.05 / Toy.ROWS),
        1e-15);
    assertThat(bits(((Signal.Told) bound.get(3)).gradient()))
        .isEqualTo(bits(((Signal.Told) free.get(3)).gradient()));
  }

  @Test
  void aBatchWithoutVarianceLeavesTheFactors() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, rule(), new Sgd(0.1));
    List<Tensor> first = factors(training).stream().map(Tensor::copied).toList();
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    training.step(new Toy.Batch(batch.inputs().rows(0, 1), batch.targets().rows(0, 1)), 0);
    for (int i = 0; i < first.size(); i++) {
      requireClose("P", factors(training).get(i), first.get(i), 0);
    }
  }
}
