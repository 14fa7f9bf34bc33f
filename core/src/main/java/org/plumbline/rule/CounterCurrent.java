package org.plumbline.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Layers;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Counter-current learning: a second network runs from the labels down, and every hidden block
 * learns to agree with the layer that it meets; so does that layer.
 *
 * <pre>
 *   q_{L−1} = φ(I R_Lᵀ)        q_l = φ(q_{l+1} R_{l+1}ᵀ)        q_l: [outputs, n_l]        R_l: [n_{l−1}, n_l]
 *   normalised: a, b = rows of h_l, q_l over their lengths        msq = mean of the squared entries
 *     loss_l = c₁ msq(a bᵀ − t) + c₂ msq(a aᵀ − I) + c₂ msq(b bᵀ − I)
 *     da = (2c₁/NC) (a bᵀ − t) b + (4c₂/N²) (a aᵀ − I) a
 *     db = (2c₁/NC) (a bᵀ − t)ᵀ a + (4c₂/C²) (b bᵀ − I) b
 *   dense:      loss_l = (128 c₁/n_l) msq(h_l q_lᵀ − t)
 * </pre>
 *
 * <p>Kao, Hariharan 2024, <a href="https://arxiv.org/abs/2409.19841">arXiv:2409.19841</a>. The
 * paper uses the normalised form in convolutional nets, the dense form, with c₁ = 1, in dense ones.
 * No input of a layer passes a gradient on, in either network; all layers learn from one pass of
 * each. Where we differ: R_1, which nothing reads but its own loss, is left out; φ is a parameter,
 * tanh by default, ELU there; on images R_l stands between flattened maps, n_{l−1} n_l numbers,
 * where the paper's second network is one of convolutions and up-sampling. The recipe of the paper
 * is plain SGD of rate 1 with clipping.
 *
 * @param form of the loss
 * @param c1 c₁, weight of the agreement
 * @param c2 c₂, weight of the two terms that keep rows apart; 0.5 is unconfirmed
 * @param activation φ: a name of {@link Layers#ACTIVATIONS}
 */
@About("blocks agree with a network that runs from the labels down; Kao, Hariharan 2024")
@Nature(
    family = Nature.Family.LOCAL,
    citation = "Kao, Hariharan 2024, NeurIPS, arXiv:2409.19841",
    estimatesGradient = false)
public record CounterCurrent(
    @About("of the loss: normalised rows, dense") Form form,
    @About("weight of the agreement") double c1,
    @About("weight of keeping rows apart, normalised form") double c2,
    @About("of the network that runs down") String activation)
    implements LearningRule {
  /** The published losses. */
  public enum Form {
    /** Cosines of rows, with terms that keep rows apart. */
    NORMALISED,
    /** Inner products. */
    DENSE
  }

  /**
   * Checks the weights and the activation.
   *
   * @param form of the loss
   * @param c1 above 0
   * @param c2 at least 0
   * @param activation its name
   */
  public CounterCurrent {
    Check.positive("c1", c1);
    Check.notNegative("c2", c2);
    Layers.ACTIVATIONS.parse(activation);
  }

  /** The dense form. */
  public CounterCurrent() {
    this(Form.DENSE, 1, 0.5, "tanh");
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireAnAnswerARow("ccl", network);
    List<Parameter> down = new ArrayList<>();
    for (int l = 2; l <= network.blocks().size(); l++) {
      Tensor drawn =
          Hidden.matrix(
              "ccl", network, l - 1, network.width(l - 2), network.width(l - 1), seed.child(l));
      down.add(Local.parameter(network, "feedback." + l, drawn));
    }
    return new Live(this, Layers.ACTIVATIONS.parse(activation), List.copyOf(down));
  }

  /** The slopes of a loss by h_l {@code [batch, n_l]} and by q_l {@code [outputs, n_l]}. */
  record Slopes(Tensor byH, Tensor byQ) {}

  /** The slopes of the loss of one block for targets {@code [batch, outputs]}. */
  Slopes slopes(Tensor h, Tensor q, Tensor target) {
    double agree = 2 * c1 / target.size();
    return switch (form) {
      case NORMALISED -> {
        UnitRows unitH = UnitRows.of(h);
        UnitRows unitQ = UnitRows.of(q);
        Tensor a = unitH.value();
        Tensor b = unitQ.value();
        Tensor off = off(a, b, target).multiply(agree);
        yield new Slopes(
            unitH.back(off.matmul(b).add(apart(a), 1)),
            unitQ.back(off.transposed().matmul(a).add(apart(b), 1)));
      }
      case DENSE -> {
        Tensor off = off(h, q, target).multiply(agree * 128 / h.size(1));
        yield new Slopes(off.matmul(q), off.transposed().matmul(h));
      }
    };
  }

  private static Tensor off(Tensor a, Tensor b, Tensor target) {
    return a.matmul(b.transposed()).add(target, -1);
  }

  /** The slope of c₂ msq(a aᵀ − I). */
  private Tensor apart(Tensor a) {
    Tensor among = a.matmul(a.transposed());
    return among.minus(among.identity(among.size(0))).matmul(a).multiply(4 * c2 / among.size());
  }

  /** One layer of the network that runs down: {@code [outputs, …]} each. */
  private record Layer(Tensor input, Tensor before, Tensor output) {}

  private record Live(CounterCurrent rule, Activation phi, List<Parameter> down) implements Local {
    @Override
    public Losses losses(Trace trace, Outcome outcome) {
      List<Layer> layers = layers();
      return (block, h) -> {
        Layer layer = layers.get(block);
        Slopes slopes = rule.slopes(h, layer.output, outcome.target());
        Tensor du = phi.local(slopes.byQ, layer.before, layer.output);
        return new Signal.Told(
            slopes.byH,
            new Gradients(
                List.of(
                    new Gradients.Entry(down.get(block), new Gradient.Factored(du, layer.input)))));
      };
    }

    /** Those that meet blocks 1 … L−1. */
    private List<Layer> layers() {
      List<Layer> layers = new ArrayList<>();
      for (Parameter r : down.reversed()) {
        Tensor input =
            layers.isEmpty() ? r.value().identity(r.value().size(1)) : layers.getLast().output;
        Tensor before = input.linear(r.value());
        layers.add(new Layer(input, before, phi.apply(before)));
      }
      Collections.reverse(layers);
      return layers;
    }

    @Override
    public List<Parameter> parameters() {
      return down;
    }
  }
}
