package org.plumbline.probe;

import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * The local delta angle of Akrout et al. 2019, <a
 * href="https://arxiv.org/abs/1904.05391">arXiv:1904.05391</a>: what block l is told against what
 * the block above it would have told it through its weight.
 *
 * <pre>
 *   angle(s_l, δ_{l+1} W_{l+1})      δ_{l+1}: what the rule itself told block l+1;  layered: s_l = δ_{l+1} V_{l+1}
 * </pre>
 *
 * <p>This is not alignment: both sides are made of the rule's own delta, which may be far from the
 * true gradient. It is here so that published curves can be compared.
 *
 * <p>Readings of hidden block {@code l}, in degrees: {@code local_delta_angle/l} of the first row
 * of the batch, as published, and {@code local_delta_angle/l/mean} over all rows that have an
 * angle. Absent where one of the two blocks is told no signal.
 */
@About("angle of each signal with that through the weight above: local, and not alignment")
public record LocalDeltaAngle() implements Probe {
  @Override
  public Reading attach(Network network, LearningRule rule, Feedback feedback, Seed seed) {
    return (trace, outcome, signals) -> {
      try (var _ = Scope.open()) {
        Map<String, Double> readings = new LinkedHashMap<>();
        for (int i = 0; i < trace.hidden().size(); i++) {
          if (signals.get(i) instanceof Signal.Told own
              && signals.get(i + 1) instanceof Signal.Told above) {
            Tensor through = trace.steps().get(i + 1).carry(above.gradient(), Parameter::value);
            read(
                "local_delta_angle/" + (i + 1),
                Cosines.flat(own.gradient()).to(Precision.FP64),
                Cosines.flat(through).to(Precision.FP64),
                readings);
          }
        }
        return readings;
      }
    };
  }

  private static void read(String name, Tensor own, Tensor through, Map<String, Double> readings) {
    double sum = 0;
    int valid = 0;
    for (int row = 0; row < own.size(0); row++) {
      double angle = WeightAngle.degrees(own.rows(row, 1), through.rows(row, 1));
      if (row == 0) {
        Cosines.put(name, angle, readings);
      }
      if (Double.isFinite(angle)) {
        sum += angle;
        valid++;
      }
    }
    Cosines.put(name + "/mean", sum / valid, readings);
  }
}
