package org.plumbline.probe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;

/** The cosine of the gradients that a rule applies with the exact ones, over the whole batch. */
final class UpdateCosines {
  private UpdateCosines() {}

  /** Inner products of the rule's gradient (a) and the exact one (b). */
  private record Products(double ab, double aa, double bb) {
    private static final Products NONE = new Products(0, 0, 0);

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
        double bb = inner(b, b);
        block =
            block.and(
                same
                    ? new Products(bb, bb, bb)
                    : a == null
                        ? new Products(0, 0, bb)
                        : new Products(inner(a, b), inner(a, a), bb));
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

  /**
   * ⟨a, b⟩ in double precision. Of factored gradients ⟨l₁ l₂ᵀ, r₁ r₂ᵀ⟩, batch² numbers instead of
   * out · in, where those are fewer.
   */
  private static double inner(Gradient a, Gradient b) {
    if (a instanceof Gradient.Factored(Tensor l1, Tensor r1)
        && b instanceof Gradient.Factored(Tensor l2, Tensor r2)
        && (double) l1.size(0) * l2.size(0) <= (double) l1.size(1) * r1.size(1)) {
      return products(l1, l2).dot(products(r1, r2)).item();
    }
    return a.value().to(Precision.FP64).dot(b.value().to(Precision.FP64)).item();
  }

  private static Tensor products(Tensor one, Tensor other) {
    return one.to(Precision.FP64).linear(other.to(Precision.FP64));
  }
}
