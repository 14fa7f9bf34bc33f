package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Block;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Pool2d;
import org.plumbline.nn.Sequential;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

/** What holds of every layered rule on its way back through convolutions. */
@ExtendWith(InScope.class)
class LayeredConvolutionsTest {
  private static Training on(Network network, String rule) {
    return Training.of(network, Rules.ALL.parse(rule), new Sgd(0.1), Seed.of(1));
  }

  /** V := W, or W := V where V is made from W. */
  private static void equate(Training training) {
    var state = training.feedback().state();
    List<Tensor> paths = training.feedback().paths().matrices();
    for (Crossing c : Crossing.of(training.network())) {
      Tensor w = c.weight().value();
      if (state.containsKey(c.name())) {
        named(state, c.name()).copyFrom(w);
      } else if (state.containsKey(c.name() + ".q")) {
        named(state, c.name() + ".p").copyFrom(ProductFeedbackTest.identity(c.out()));
        named(state, c.name() + ".q").copyFrom(w);
      } else {
        assertThat(c.index()).as("one weight a block").isZero();
        w.copyFrom(paths.get(c.block() - 2));
      }
    }
  }

  /** Nets that a rule can serve and {@link #equate} can change. */
  private static List<Network> nets(String rule) {
    List<Network> nets = new ArrayList<>(List.of(Toy.convNet(Precision.FP64)));
    if (!rule.startsWith("pfa") && !rule.startsWith("ldfa")) {
      nets.add(Ways.depthwise());
    }
    if (!rule.equals("usf") && !rule.equals("brsf")) {
      nets.add(Ways.compositeOfImages());
      nets.add(Ways.residual());
    }
    return nets;
  }

  @ParameterizedTest
  @ValueSource(strings = {"fa", "kp", "wm", "usf", "brsf", "frsf", "pfa:expand=1", "ldfa:rank=99"})
  void withTheWeightsAsFeedbackIsBackprop(String rule) {
    for (Network network : nets(rule)) {
      Training training = on(network, rule);
      Toy.Batch batch = Toy.batch(network, Precision.FP64);
      double[] before =
          training.tell(batch, 0).gradients().entries().get(0).gradient().value().toDoubles();
      equate(training);
      Gradients exact = on(network, "bp").tell(batch, 0).gradients();
      Gradients told = training.tell(batch, 0).gradients();
      for (Parameter p : network.parameters()) {
        requireClose(p.name(), gradient(told, p.value()), gradient(exact, p.value()), 1e-12);
      }
      assertThat(gradient(exact, network.parameters().getFirst().value()).toDoubles())
          .as("a change that shows")
          .isNotEqualTo(before);
    }
  }

  private static final List<Layer> BEHIND =
      List.of(new BatchNorm(), new Activation.Tanh(), new Pool2d.Max(2, 1, 0), new Flatten());

  /** The second block has a stride, padding, a norm over the batch and an overlapping pool. */
  private static Network strided() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Conv2d(3, 3, 1, 1));
    layers.add(new Activation.Tanh());
    layers.add(new Conv2d(4, 3, 2, 1, 1, Dense.Bias.WITHOUT));
    layers.addAll(BEHIND);
    layers.add(new Dense(5));
    Network network =
        Network.of(layers, Shape.of(2, 5, 5), Toy.birth(new Toy.Normal(), Precision.FP64, 9));
    for (String name : List.of("2.scale", "2.shift")) {
      named(network.state(), name).copyFrom(Seed.of(10).child(name).normal(1, 4));
    }
    return network;
  }

  /** s_1 is the derivative of ⟨s_2, h_2⟩ by h_1, where W_2 h_1 changes as V_2 h_1 does. */
  @ParameterizedTest
  @ValueSource(strings = {"bp", "fa", "kp", "wm", "usf", "brsf", "frsf", "pfa", "ldfa"})
  void theCarriedSignalIsThatOfDifferencesWithTheFeedbackInPlaceOfTheKernel(String rule) {
    Network network = strided();
    Training training = on(network, rule);
    Toy.Batch all = Toy.batch(network, Precision.FP64);
    var told = training.tell(new Toy.Batch(all.inputs().rows(0, 4), all.targets().rows(0, 4)), 0);
    Tensor w = named(network.state(), "2.weight");
    Tensor v = rule.equals("bp") ? w : training.feedback().paths().matrices().getFirst();
    assertThat(v.shape()).isEqualTo(w.shape());
    Convolution convolution = new Convolution(2, 1, 1);
    Tensor h = told.trace().steps().getFirst().output();
    Tensor held = convolution.of(h, w).minus(convolution.of(h, v));
    Block behind =
        new Sequential(BEHIND)
            .attach(Shape.of(4, 3, 3), Toy.birth(new Toy.Normal(), Precision.FP64, 1));
    List<Parameter> own = network.blocks().get(1).parameters();
    for (int i = 0; i < behind.parameters().size(); i++) {
      behind.parameters().get(i).value().copyFrom(own.get(i + 1).value());
    }
    Tensor signal = ((Signal.Told) told.signals().get(1)).gradient();
    Tensor x = h.copied();
    Tensor expected =
        differences(
            x,
            () ->
                behind
                    .step(convolution.of(x, v).plus(held), Mode.train(Seed.of(1)))
                    .output()
                    .dot(signal)
                    .item());
    requireClose("carried", ((Signal.Told) told.signals().getFirst()).gradient(), expected, 1e-7);
  }

  /** Gradients of second factors, of kernels alone in their block and not: Pᵀ gW. */
  @ParameterizedTest
  @ValueSource(strings = {"pfa", "ldfa"})
  void aSecondFactorHearsTheGradientOfItsKernelThroughTheFirst(String rule) {
    for (Network network :
        List.of(Toy.convNet(Precision.FP64), Ways.compositeOfImages(), Ways.residual())) {
      Training training = on(network, rule);
      var gradients = training.tell(Toy.batch(network, Precision.FP64), 0).gradients();
      for (Crossing c : Crossing.of(network)) {
        Tensor p = named(training.feedback().state(), c.name() + ".p");
        Tensor q = named(training.feedback().state(), c.name() + ".q");
        Tensor byWeight = gradient(gradients, c.weight().value());
        requireClose(
            c.name(),
            gradient(gradients, q),
            p.transposed().matmul(byWeight.reshaped(c.out(), c.in())).reshaped(q.shape().toArray()),
            1e-12);
      }
    }
  }

  private static Tensor gradient(Gradients gradients, Tensor of) {
    return gradients.entries().stream()
        .filter(e -> e.parameter().value().equals(of))
        .findFirst()
        .orElseThrow()
        .gradient()
        .value();
  }
}
