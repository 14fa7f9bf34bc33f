package org.plumbline.optim;

import java.util.LinkedHashMap;
import java.util.Map;
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
  private final Tensor w;
  private final Tensor m;
  private final Tensor v;
  private final Tensor count;
  private final Tensor g;
  private final Tensor root;

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
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.intoGradient = intoGradient;
    this.intoWeight = intoWeight;
    w = parameter.value();
    m = w.zerosLike();
    v = w.zerosLike();
    count = Tensor.of(new long[1]);
    g = w.sameShape();
    root = w.sameShape();
  }

  @Override
  public void update(Gradient gradient, double rate) {
    double t = count.add(1).item();
    if (intoWeight != 0) {
      w.multiply(1 - rate * intoWeight);
    }
    gradient.into(g);
    if (intoGradient != 0) {
      g.add(w, intoGradient);
    }
    m.approach(g, 1 - beta1);
    v.multiply(beta2).addTimes(g, g, 1 - beta2);
    double m1 = 1 - Math.pow(beta1, t);
    double v1 = Math.sqrt(1 - Math.pow(beta2, t));
    // m̂ / (√v̂ + ε) = (v1 / m1) m / (√v + ε v1)
    w.addOver(m, root.setSqrt(v).add(epsilon * v1), -rate * v1 / m1);
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
