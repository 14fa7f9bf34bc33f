package org.plumbline.optim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Tensor;

/** The update that Adam and AdamW share; they differ in where the weight decay enters. */
final class Adaptive implements PerParameter.Slot {
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double intoGradient;
  private final double intoWeight;
  private final Parameter parameter;
  private final Tensor m;
  private final Tensor v;
  private final Tensor count;
  private final MemorySegment counter;
  private final Optional<Pieces> pieces;
  private final Optional<Unfused> buffers;

  /**
   * Makes the slots.
   *
   * @param intoGradient λ that is added to the gradient (Adam)
   * @param intoWeight λ that shrinks the weight by itself (AdamW)
   */
  Adaptive(
      Parameter parameter,
      double beta1,
      double beta2,
      double epsilon,
      double intoGradient,
      double intoWeight) {
    this.parameter = parameter;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.intoGradient = intoGradient;
    this.intoWeight = intoWeight;
    m = parameter.value().zerosLike();
    v = parameter.value().zerosLike();
    count = Tensor.of(new long[1]);
    counter = count.memory();
    pieces = Pieces.of(parameter, List.of(m, v));
    buffers = pieces.isPresent() ? Optional.empty() : Optional.of(Unfused.of(parameter));
  }

  @Override
  public void update(Gradient gradient, double rate) {
    long t = counter.get(ValueLayout.JAVA_LONG, 0) + 1;
    counter.set(ValueLayout.JAVA_LONG, 0, t);
    double m1 = 1 - Math.pow(beta1, (double) t);
    double v1 = Math.sqrt(1 - Math.pow(beta2, (double) t));
    // m̂ / (√v̂ + ε) = (v1 / m1) m / (√v + ε v1)
    double corrected = rate * v1 / m1;
    double keep = 1 - rate * intoWeight;
    pieces.ifPresent(p ->
        p.step(
            gradient,
            (fused, from, g) ->
                fused.adam(from, g, intoGradient, keep, beta1, beta2, epsilon * v1, corrected)));
    buffers.ifPresent(b -> {
      Tensor w = parameter.value();
      if (intoWeight != 0) {
        w.multiply(keep);
      }
      Tensor g = b.decayed(parameter, gradient, intoGradient);
      m.approach(g, 1 - beta1);
      v.multiply(beta2).addTimes(g, g, 1 - beta2);
      w.addOver(m, b.root().setSqrt(v).add(epsilon * v1), -corrected);
    });
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("mean", m);
    state.put("square", v);
    state.put("count", count);
    return state;
  }
}
