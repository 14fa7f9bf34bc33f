package org.plumbline.rule;

import java.util.List;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.objective.Objective;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * The local similarity loss: rows of one class shall be alike in every hidden block, rows of two
 * classes unlike.
 *
 * <pre>
 *   Z = h_l R_lᵀ        Z_c = Z − row means        z^ = Z_c / ‖Z_c‖, row by row        S(Z) = z^ z^ᵀ
 *   loss = (1/N²) Σ (S(Z) − S(t))²                 dz^ = (4/N²) (S(Z) − S(t)) z^
 *   dZ = (dz^ − ⟨dz^, z^⟩ z^) / ‖Z_c‖, whose rows sum to 0
 *   s_l = dZ R_l        gR_l = dZᵀ h_l             R_l: [n_l, n_l]        l = 1…L−1
 *   images: R_l a convolution 3x3 of all channels; Z = its deviations over the places of each
 *           channel, or, of three channels or fewer, all that it gives
 * </pre>
 *
 * <p>Nøkland, Eidnes 2019, <a href="https://arxiv.org/abs/1901.06656">arXiv:1901.06656</a>, "sim".
 * S(t) is 1 for two rows of one class and −1/(C−1) for others. The network's optimizer moves R_l,
 * which starts as a linear layer without bias. Where we differ: R_l reads the block's output behind
 * its dropout, not before it; all blocks learn from one forward pass; S is not clamped to [−1, 1],
 * where it is anyway but for rounding.
 */
@About("rows of one class alike, of two unlike, in every block; Nøkland, Eidnes 2019")
@Nature(
    family = Nature.Family.LOCAL,
    citation = "Nøkland, Eidnes 2019, arXiv:1901.06656",
    estimatesGradient = false)
public record LocalSimilarity() implements LearningRule {
  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireAnAnswerARow("sim", network);
    return new Live(Similarities.of("sim", network, "feedback.", seed));
  }

  private record Live(Similarities similarities) implements Local.Alone {
    @Override
    public Losses losses(Tensor target, Objective objective) {
      Tensor wanted = Similarities.among(target);
      return (block, h) -> similarities.told(block, h, wanted);
    }

    @Override
    public List<Parameter> parameters() {
      return similarities.maps();
    }
  }
}
