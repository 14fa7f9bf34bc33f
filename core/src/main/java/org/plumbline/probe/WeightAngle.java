package org.plumbline.probe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Paths;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * Weight angles: how far each block's weight is from what stands for it on the way back.
 *
 * <pre>
 *   angle(A, B) = arccos(⟨A, B⟩ / (‖A‖ ‖B‖)) in degrees, both as one vector
 *   layered feedback:  angle(W_l, V_l)                    l = 2…L
 *   direct feedback:   angle(W_L, B_{L−1})   and   angle(W_l, B_lᵀ B_{l−1}),  l = 2…L−1
 *                      angle(W_L ⋯ W_{l+1}, B_l)          l = 1…L−1: what B_l stands for in a linear net
 * </pre>
 *
 * <p>Readings, blocks counted from 1: {@code weights/l} (l = 2…L) the angle with the block's
 * weight, {@code weights/l/ratio} the length of what stands for it over that of the weight, {@code
 * weights/l/null_std} the standard deviation, in degrees, of the angle of two unrelated matrices
 * around 90, which is 1/√k rad for k entries. For direct feedback {@code weights/l/product} (l =
 * 1…L−1) the angle of B_l with the product of the weights above it, and {@code
 * weights/l/product_ratio}; that product is the block's Jacobian in a linear net only, and near it
 * where units are not saturated. Where two blocks of equal width hear through the same matrix, B_lᵀ
 * B_{l−1} is symmetric and positive; then {@code weights/l/identity} is its angle with the
 * identity, a control: an alignment no better than that of the identity is none.
 *
 * <p>Of a convolution, layered rules have a kernel beside its kernel, and of a block of several
 * weights a matrix beside each: {@code weights/l} is of its first, {@code weights/l.1} of the one
 * behind. Under direct feedback blocks that are not one dense layer are absent, and so are rules
 * without such matrices. "Weak weight alignment" of direct feedback: Refinetti, d'Ascoli, Ohana,
 * Goldt 2021, <a href="https://arxiv.org/abs/2011.12428">arXiv:2011.12428</a>. Published, one
 * hidden layer, output weight, epochs 0 and 399, MNIST: fa 40 and 40, kp 20 and 3.6, wm 61 and 3.8
 * degrees (Akrout et al. 2019, <a href="https://arxiv.org/abs/1904.05391">arXiv:1904.05391</a>).
 */
@About("angle of each weight with what stands for it on the way back, in degrees")
public record WeightAngle() implements Probe {
  @Override
  public Reading attach(Network network, LearningRule rule, Feedback feedback, Seed seed) {
    return (trace, outcome, signals) -> {
      try (var _ = Scope.open()) {
        Map<String, Double> readings = new LinkedHashMap<>();
        Paths paths = feedback.paths();
        switch (paths.kind()) {
          case LAYERED -> layered(network, paths, readings);
          case DIRECT -> direct(network, paths.matrices(), readings);
          case NONE -> {}
        }
        return readings;
      }
    };
  }

  private static void layered(Network network, Paths paths, Map<String, Double> readings) {
    for (int l = 2; l <= paths.matrices().size() + 1; l++) {
      List<Tensor> weights = weights(network, l);
      List<Tensor> further = paths.further().get(l - 2);
      for (int k = 0; k < weights.size() && k <= further.size(); k++) {
        compare(
            Optional.of(weights.get(k)),
            k == 0 ? "weights/" + l : "weights/%d.%d".formatted(l, k),
            k == 0 ? paths.matrices().get(l - 2) : further.get(k - 1),
            readings);
      }
    }
  }

  private static void direct(Network network, List<Tensor> matrices, Map<String, Double> readings) {
    int last = matrices.size() + 1;
    for (int l = 2; l <= last; l++) {
      Tensor below = matrices.get(l - 2);
      if (l == last) {
        compare(dense(network, l), "weights/" + l, below, readings);
        continue;
      }
      Tensor own = matrices.get(l - 1);
      Optional<Tensor> weight =
          dense(network, l).filter(w -> w.shape().equals(Shape.of(own.size(1), below.size(1))));
      if (weight.isEmpty()) {
        continue; // before the product is made: behind convolutions it is gigabytes
      }
      Tensor stands = own.transposed().matmul(below);
      compare(weight, "weights/" + l, stands, readings);
      if (own.shape().equals(below.shape()) && own.minus(below).norm().item() == 0) {
        put("weights/" + l + "/identity", degrees(identity(own.size(1)), stands), readings);
      }
    }
    Optional<Tensor> product = dense(network, last);
    for (int l = last - 1; l >= 1; l--) {
      Tensor stands = matrices.get(l - 1);
      String name = "weights/" + l + "/product";
      product
          .filter(w -> w.shape().equals(stands.shape()))
          .ifPresent(w -> {
            put(name, degrees(w, stands), readings);
            put(name + "_ratio", ratio(w, stands), readings);
          });
      Optional<Tensor> weight = dense(network, l);
      product =
          product.flatMap(p -> weight.filter(w -> w.size(0) == p.size(1)).map(w -> p.matmul(w)));
    }
  }

  /** What is read of a weight, if there is one in the shape of what stands for it. */
  private static void compare(
      Optional<Tensor> only, String name, Tensor stands, Map<String, Double> readings) {
    Optional<Tensor> weight = only.filter(w -> w.shape().equals(stands.shape()));
    weight.ifPresent(w -> {
      put(name, degrees(w, stands), readings);
      put(name + "/ratio", ratio(w, stands), readings);
      put(name + "/null_std", Math.toDegrees(1 / Math.sqrt((double) w.size())), readings);
    });
  }

  /** The weight of block l, counted from 1, if that is one dense layer from block l−1's outputs. */
  private static Optional<Tensor> dense(Network network, int l) {
    List<Tensor> weights = weights(network, l);
    long in = l == 1 ? network.input().size() : network.width(l - 2);
    return weights.size() == 1
            && !network.blocks().get(l - 1).endsFrozen()
            && weights.getFirst().shape().equals(Shape.of(network.width(l - 1), in))
        ? Optional.of(weights.getFirst())
        : Optional.empty();
  }

  /** The matrices and kernels of block l, counted from 1. */
  private static List<Tensor> weights(Network network, int l) {
    return network.blocks().get(l - 1).parameters().stream()
        .map(Parameter::value)
        .filter(value -> value.shape().rank() > 1)
        .toList();
  }

  /**
   * The angle of two tensors as vectors, in degrees: 2 arctan(‖u − v‖ / ‖u + v‖) of their unit
   * vectors, which is exact near 0 too, where an arccos is not. NaN if one of them is zero.
   */
  static double degrees(Tensor a, Tensor b) {
    Tensor x = a.to(Precision.FP64);
    Tensor y = b.to(Precision.FP64);
    Tensor u = x.scaled(1 / x.norm().item());
    Tensor v = y.scaled(1 / y.norm().item());
    return Math.toDegrees(2 * Math.atan2(u.minus(v).norm().item(), u.plus(v).norm().item()));
  }

  private static double ratio(Tensor weight, Tensor stands) {
    return stands.to(Precision.FP64).norm().item() / weight.to(Precision.FP64).norm().item();
  }

  private static Tensor identity(long width) {
    int n = Math.toIntExact(width);
    double[] numbers = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      numbers[i * n + i] = 1;
    }
    return Tensor.of(numbers, n, n);
  }

  private static void put(String name, double value, Map<String, Double> readings) {
    if (Double.isFinite(value)) {
      readings.put(name, value);
    }
  }
}
