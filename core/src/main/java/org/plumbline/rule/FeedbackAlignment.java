package org.plumbline.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Block;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * Feedback alignment: the error goes back block by block, through fixed random matrices in place of
 * the weights.
 *
 * <pre>  s_{l−1} = δ_l V_l        V_l: [n_l, n_{l−1}], drawn once        l = L…2   </pre>
 *
 * <p>Lillicrap, Cownden, Tweed, Akerman 2016, <a
 * href="https://arxiv.org/abs/1411.0247">arXiv:1411.0247</a>. Entries are uniform in
 * ±gain/√n_{l−1}, as in Nøkland's code; the other laws are those of direct feedback with V_l in
 * place of B_l.
 *
 * @param gain multiplies every entry of V_l; 1 is the author's
 * @param law the distribution of the entries
 * @param scale their size before the gain
 */
@About("feedback alignment: fixed random matrices on the way back; Lillicrap et al. 2016")
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Lillicrap, Cownden, Tweed, Akerman 2016, arXiv:1411.0247",
    backwardChain = true)
public record FeedbackAlignment(
    @About("multiplies every entry of V") double gain,
    @About("distribution of V: uniform, normal, orthogonal") Law law,
    @About("size of V: width, one, widest, outputs, both, sum") Scale scale)
    implements LearningRule {
  /**
   * Checks the gain.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   */
  public FeedbackAlignment {
    new FeedbackLaw(gain, law, scale);
  }

  /** Uniform in ±1/√n_{l−1}. */
  public FeedbackAlignment() {
    this(1, Law.UNIFORM, Scale.WIDTH);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    FeedbackLaw drawn = new FeedbackLaw(gain, law, scale);
    Map<Parameter, Tensor> matrices = new HashMap<>();
    Map<String, Tensor> state = new LinkedHashMap<>();
    List<Tensor> first = new ArrayList<>();
    for (int l = 2; l <= network.blocks().size(); l++) {
      Block block = network.blocks().get(l - 1);
      List<Parameter> weights =
          block.parameters().stream().filter(p -> p.value().shape().rank() > 1).toList();
      for (int k = 0; k < weights.size(); k++) {
        Tensor w = weights.get(k).value();
        Shape shape = w.shape();
        Tensor v =
            drawn
                .draw(seed.child(l).child(k), shape.axis(0), shape.axis(1), network.widest())
                .to(w.precision())
                .to(w.device());
        matrices.put(weights.get(k), v);
        state.put("feedback." + l + (k == 0 ? "" : "." + k), v);
        if (k == 0) {
          first.add(v);
        }
      }
    }
    return new Layered(
        p -> matrices.getOrDefault(p, p.value()),
        Collections.unmodifiableMap(state),
        () -> new Paths(Paths.Kind.LAYERED, first));
  }
}
