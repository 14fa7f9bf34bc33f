package org.plumbline.probe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Tensor;

/** The cosine of the gradients that a rule applies with the exact ones, over the whole batch. */
final class UpdateCosines {
  private UpdateCosines() {}

  /** Inner products of the rule's gradient (a) and the exact one (b). */
  private record Products(double ab, double aa, double bb) {
    private static final Products NONE = new Products(0, 0, 0);

    /** Of a gradient with itself, or with nothing. */
    private static Products of(double square, boolean same) {
      return same ? new Products(square, square, square) : new Products(0, 0, square);
    }

    private Products and(Products other) {
      return new Products(ab + other.ab, aa + other.aa, bb + other.bb);
    }

    private double cosine() {
      return ab / Math.sqrt(aa) / Math.sqrt(bb);
    }
  }

  static void read(
      Trace trace, List<Signal> signals, List<Signal> truth, Map<String, Double> readings) {
    Products total = Products.NONE;
    for (int i = 0; i < signals.size(); i++) {
      Tensor exact = ((Signal.Told) truth.get(i)).gradient();
      Map<Parameter, Gradient> applied =
          switch (signals.get(i)) {
            case Signal.Told(Tensor told, Gradients _) ->
                told == exact ? Map.of() : byParameter(trace.steps().get(i).gradients(told));
            case Signal.Taught(Gradients taught) -> byParameter(taught);
            case Signal.Silent _ -> Map.of();
          };
      boolean same = signals.get(i) instanceof Signal.Told(Tensor told, var _) && told == exact;
      Products block = Products.NONE;
      for (Gradients.Entry entry : trace.steps().get(i).gradients(exact).entries()) {
        Gradient b = entry.gradient();
        Gradient a = applied.get(entry.parameter());
        block = block.and(a == null ? Products.of(square(b), same) : products(a, b));
      }
      Cosines.put("update/" + (i + 1), block.cosine(), readings);
      total = total.and(block);
    }
    Cosines.put("update/total", total.cosine(), readings);
  }

  private static Map<Parameter, Gradient> byParameter(Gradients gradients) {
    Map<Parameter, Gradient> map = new LinkedHashMap<>();
    gradients.entries().forEach(entry -> map.put(entry.parameter(), entry.gradient()));
    return map;
  }

  /** The inner products of two gradients by one parameter. */
  private static Products products(Gradient a, Gradient b) {
    if (a instanceof Gradient.Factored(Tensor l1, Tensor r1)
        && b instanceof Gradient.Factored(Tensor l2, Tensor r2)
        && r1 == r2
        && byRows(l1, r1)) {
      Tensor inputs = r1.linear(r1); // shared by all three
      return new Products(
          inner(l1.linear(l2), inputs), inner(l1.linear(l1), inputs), inner(l2.linear(l2), inputs));
    }
    return new Products(inner(a.value(), b.value()), square(a), square(b));
  }

  private static double square(Gradient a) {
    return a instanceof Gradient.Factored(Tensor l, Tensor r) && byRows(l, r)
        ? inner(l.linear(l), r.linear(r))
        : inner(a.value(), a.value());
  }

  /**
   * Whether ⟨l₁ᵀ r₁, l₂ᵀ r₂⟩ = ⟨l₁ l₂ᵀ, r₁ r₂ᵀ⟩ is the cheaper way: batch² numbers, not out · in.
   */
  private static boolean byRows(Tensor left, Tensor right) {
    double batch = left.size(0);
    return batch * batch <= (double) left.size(1) * right.size(1);
  }

  private static double inner(Tensor a, Tensor b) {
    double sum = 0;
    for (double row : Cosines.flat(a).rowProducts(Cosines.flat(b))) {
      sum += row;
    }
    return sum;
  }
}
