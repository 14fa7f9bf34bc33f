package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Pool2d;
import org.plumbline.nn.Sequential;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.train.Anatomy.Held;

/** What is said of the blocks of a net of images and of their feedback. */
@ExtendWith(InScope.class)
class AnatomyTest {
  private static Learner learner(String rule) {
    Network network =
        Network.of(
            List.of(
                new Conv2d(4, 3, 1, 1),
                new Activation.Tanh(),
                new Pool2d.Max(),
                new Conv2d(6, 3, 1, 0), // no padding: 4 by 4 becomes 2 by 2
                new Activation.Tanh(),
                new Flatten(),
                new Sequential(List.of(new Dense(7), new Activation.Tanh(), new Dense(8))),
                new Dense(5)),
            Toy.IMAGE,
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    return new Learner(
        network, new SoftmaxCrossEntropy(), Rules.ALL.parse(rule), new Sgd(0.1), Seed.of(2));
  }

  private static Anatomy.Matrix feedback(Anatomy anatomy, int block) {
    return anatomy.blocks().get(block - 1).feedback().orElseThrow();
  }

  @Test
  void blocksOfImagesAreDescribedAndCounted() {
    Anatomy anatomy = Anatomy.of(learner("bp"), new SoftmaxCrossEntropy());
    Anatomy.Block first = anatomy.blocks().getFirst();
    assertThat(first.name()).isEqualTo("conv 3x3 2→4, tanh, max-pool 2/2");
    assertThat(first.output()).isEqualTo(Shape.of(4, 4, 4));
    assertThat(first.parameters()).isEqualTo(4 * 2 * 9 + 4);
    assertThat(first.forward()).isEqualTo(4 * 64 * 2 * 9);
    assertThat(first.gradient()).as("no gradient of the input").isEqualTo(4 * 64 * 2 * 9);
    assertThat(anatomy.blocks().get(1).forward()).isEqualTo(6 * 4 * 4 * 9);
    assertThat(anatomy.feedbackBytes()).isZero();
  }

  @Test
  void aKernelOfFeedbackHasItsSizeAndItsBytes() {
    Anatomy anatomy = Anatomy.of(learner("fa"), new SoftmaxCrossEntropy());
    Anatomy.Matrix kernel = feedback(anatomy, 1);
    assertThat(kernel.shape()).isEqualTo(Shape.of(6, 4, 3, 3));
    assertThat(kernel.std()).isCloseTo(1 / Math.sqrt(36 * 3), within(0.01));
    assertThat(kernel.rmsGain()).isCloseTo(kernel.std() * 6, within(1e-12)); // 36 numbers a patch
    assertThat(kernel.held()).isEqualTo(Held.KEPT);
    assertThat(kernel.bytes()).isEqualTo(4 * 6 * 4 * 9);
    assertThat(feedback(anatomy, 2).bytes()).as("two weights").isEqualTo(4 * (24 * 7 + 7 * 8));
    assertThat(feedback(anatomy, 3).bytes()).isEqualTo(4 * 8 * 5);
    assertThat(anatomy.feedbackBytes()).isEqualTo(4 * (6 * 4 * 9 + 24 * 7 + 7 * 8 + 8 * 5));
  }

  /** Of random images carried through the kernel itself. */
  @Test
  void theGainOfAKernelIsThatOfCarryingThroughIt() {
    Learner learner = learner("fa");
    Tensor v = learner.feedback().paths().matrices().getFirst();
    Tensor e = Seed.of(3).normal(1, 500, 6, 2, 2);
    Tensor carried =
        new Convolution(1, 0, 1).byInput(e, Tensor.zeros(Precision.FP32, 500, 4, 4, 4), v);
    assertThat(feedback(Anatomy.of(learner, new SoftmaxCrossEntropy()), 1).rmsGain())
        .isCloseTo(carried.norm().item() / e.norm().item(), within(0.03));
  }

  @Test
  void theBytesOfTwoFactorsAreThoseOfBoth() {
    Anatomy anatomy = Anatomy.of(learner("pfa:expand=2"), new SoftmaxCrossEntropy());
    Anatomy.Matrix kernel = feedback(anatomy, 1);
    assertThat(kernel.shape()).isEqualTo(Shape.of(6, 4, 3, 3));
    assertThat(kernel.held()).isEqualTo(Held.KEPT);
    assertThat(kernel.bytes()).isEqualTo(4 * (6 * 12 + 12 * 36));
    long sum =
        anatomy.blocks().stream().mapToLong(b -> b.feedback().map(f -> f.bytes()).orElse(0L)).sum();
    assertThat(sum).isEqualTo(anatomy.feedbackBytes());
  }

  @Test
  void whatIsMadeAtEveryUseTakesNothing() {
    for (String rule : List.of("usf", "brsf", "fa:storage=regenerated")) {
      Anatomy.Matrix kernel = feedback(Anatomy.of(learner(rule), new SoftmaxCrossEntropy()), 1);
      assertThat(kernel.shape()).isEqualTo(Shape.of(6, 4, 3, 3));
      assertThat(kernel.held()).as(rule).isEqualTo(Held.REGENERATED);
      assertThat(kernel.bytes()).isZero();
    }
  }

  @Test
  void directFeedbackOfImagesIsOfAllTheirNumbers() {
    Anatomy anatomy = Anatomy.of(learner("dfa"), new SoftmaxCrossEntropy());
    assertThat(feedback(anatomy, 1).shape()).isEqualTo(Shape.of(5, 64));
    assertThat(feedback(anatomy, 1).bytes()).isEqualTo(4 * 5 * 64);
  }

  /** In numbers; C = 5, n = 64, 24 and 8, of which 4 and 6 channels. */
  @ParameterizedTest
  @CsvSource({
    "dfa, 320, 120, 40",
    "dfa:form=channel, 20, 30, 40",
    "sdfa:form=channel, 20, 30, 40",
    "optical-dfa:form=channel, 20, 30, 40",
    "dfa:rank=2, 138, 58, 26", // 2 (5 + n)
    "'sparse-dfa:connections=0,rank=3', 207, 87, 39",
    "sparse-dfa, 192, 72, 24", // an index of eight bytes counts as two
    "dkp, 320, 120, 40",
    "pred:pool-to=16, 80, 60, 40" // 2x2 of 4x4, 1x2 of 2x2
  })
  void theFormsOfDirectFeedbackKeepWhatTheySay(String rule, long one, long two, long three) {
    Anatomy anatomy = Anatomy.of(learner(rule), new SoftmaxCrossEntropy());
    long[] numbers = {one, two, three};
    long[] widths = {64, 24, 8};
    for (int l = 1; l <= 3; l++) {
      Anatomy.Matrix matrix = feedback(anatomy, l);
      assertThat(matrix.shape()).isEqualTo(Shape.of(5, widths[l - 1]));
      assertThat(matrix.bytes()).as("block %d", l).isEqualTo(4 * numbers[l - 1]);
      assertThat(matrix.held()).isEqualTo(Held.KEPT);
    }
    if (!rule.startsWith("pred")) { // whose biases belong to no matrix
      assertThat(anatomy.feedbackBytes()).isEqualTo(4 * (one + two + three));
    }
  }
}
