package org.plumbline.rule;

import java.util.List;
import org.plumbline.nn.Block;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * One-time soft alignment: fixed feedback starts with a chosen cosine to the initial weights.
 *
 * <pre>
 *   R ← R − (⟨R, W_l⟩ / ‖W_l‖²) W_l        R ← R ‖W_l‖ / ‖R‖        R: as the rule draws it
 *   V_l = gain (ρ W_l + √(1 − ρ²) R)        direct: B_l with M_l = W_L … W_{l+1} in place of W_l
 * </pre>
 *
 * <p>arXiv:2505.20892 (2025); the formula is unconfirmed. That R is made orthogonal to W_l is ours:
 * the cosine is then ρ itself and the norm that of W_l. Reads the weights once, at the start, and
 * so cannot start from zeros.
 *
 * @param rule its name, for messages
 * @param rho ρ, above 0, at most 1
 * @param gain multiplies every entry
 */
record SoftAlignment(String rule, double rho, double gain) {
  private static final double PARALLEL = 1e-6;

  /** Refuses a ρ outside [0, 1] and one that {@code storage} cannot have. */
  static void check(double rho, Storage storage) {
    if (!(rho >= 0 && rho <= 1)) {
      throw new BadInput("align must be at least 0 and at most 1, but is " + rho);
    }
    if (rho > 0 && storage == Storage.REGENERATED) {
      throw new BadInput(
          "align needs feedback that is kept, for it reads the initial weights, but storage is regenerated; use storage=stored or align=0");
    }
  }

  /**
   * Turns a matrix towards a weight, in place.
   *
   * @param matrix R as drawn, {@code [out, in…]}; becomes V
   * @param weight W, shaped like it
   * @param block l of the weight, for messages
   */
  void turn(Tensor matrix, Tensor weight, Network network, int block) {
    Tensor w = weight.to(Precision.FP64);
    Tensor r = matrix.to(Precision.FP64).copied();
    double size = w.norm().item();
    if (size == 0) {
      throw new BadInput(
          "rule %s needs initial weights to align its feedback with, but those of block %d (%s) are all zero; use --init uniform or align=0"
              .formatted(rule, block, network.blocks().get(block - 1).describe()));
    }
    double drawn = r.norm().item();
    r.add(w, -r.dot(w).item() / size / size);
    double rest = r.norm().item();
    if (rho < 1 && rest <= PARALLEL * drawn) {
      throw new BadInput(
          "rule %s needs two weights or more to align its feedback with, but block %d (%s) has one; use align=1 or align=0"
              .formatted(rule, block, network.blocks().get(block - 1).describe()));
    }
    r.multiply(rho < 1 ? gain * Math.sqrt(1 - rho * rho) * size / rest : 0);
    matrix.copyFrom(r.add(w, gain * rho));
  }

  /**
   * Turns direct feedback towards the products of the weights, in place.
   *
   * @param matrices B_1 … B_{L−1} as drawn, {@code [outputs, n_l]}
   */
  void turn(List<Tensor> matrices, Network network) {
    Tensor product = onlyWeight(network, network.blocks().size());
    for (int l = matrices.size(); l >= 1; l--) {
      turn(matrices.get(l - 1), product, network, l + 1);
      if (l > 1) {
        product = product.matmul(onlyWeight(network, l));
      }
    }
  }

  private Tensor onlyWeight(Network network, int number) {
    Block block = network.blocks().get(number - 1);
    List<Tensor> weights =
        block.parameters().stream()
            .map(Parameter::value)
            .filter(w -> w.shape().rank() > 1)
            .toList();
    if (weights.size() != 1 || weights.getFirst().shape().rank() != 2 || block.endsFrozen()) {
      throw new BadInput(
          "rule %s needs blocks of one dense layer to align its feedback with, but block %d (%s) is another; use align=0"
              .formatted(rule, number, block.describe()));
    }
    return weights.getFirst().to(Precision.FP64);
  }
}
