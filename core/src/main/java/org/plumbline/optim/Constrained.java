package org.plumbline.optim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Tensor;

/**
 * An optimizer whose steps are put back into a ball: projected descent. Layers that a step does not
 * move are left alone, and so is what the rule itself learns, a normalisation's scale and shift.
 *
 * <pre>  W, b ← the nearest point of the ball to what the optimizer made of them   </pre>
 *
 * @param inner what takes the step
 * @param constraint the ball
 */
public record Constrained(Optimizer inner, Constraint constraint) implements Optimizer {
  private static final double SLACK_FP32 = 1e-6;
  private static final double SLACK_FP64 = 1e-12;

  @Override
  public double rate() {
    return inner.rate();
  }

  @Override
  public Stepper attach(List<Parameter> parameters) {
    List<Layer> layers = layers(parameters);
    Stepper stepper = inner.attach(parameters);
    return new Stepper() {
      @Override
      public Updates step(Gradients gradients, double factor) {
        Updates updates = stepper.step(gradients, factor);
        Set<Parameter> moved = new LinkedHashSet<>();
        gradients.entries().forEach(entry -> moved.add(entry.parameter()));
        for (Layer layer : layers) {
          if (moved.contains(layer.weight) || layer.bias.stream().anyMatch(moved::contains)) {
            layer.project(constraint);
          }
        }
        return updates;
      }

      @Override
      public boolean isSeparate() {
        return stepper.isSeparate();
      }

      @Override
      public Map<String, Tensor> state() {
        return stepper.state();
      }

      @Override
      public void close() {
        stepper.close();
      }
    };
  }

  /** The weights among some parameters, each with the bias behind it. */
  private static List<Layer> layers(List<Parameter> parameters) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter weight = parameters.get(i);
      if (!weight.isWeight() || !weight.name().equals("weight")) {
        continue;
      }
      Optional<Parameter> bias =
          Optional.of(i + 1)
              .filter(next -> next < parameters.size())
              .map(parameters::get)
              .filter(p -> p.name().equals("bias") && p.value().size() == weight.value().size(0));
      layers.add(new Layer(weight, bias));
    }
    return layers;
  }

  private record Layer(Parameter weight, Optional<Parameter> bias) {
    void project(Constraint constraint) {
      try (var _ = Scope.open()) {
        double[] w = weight.value().toDoubles();
        Optional<double[]> b = bias.map(p -> p.value().toDoubles());
        int units = Math.toIntExact(weight.value().size(0));
        int inputs = w.length / units;
        double[][] rows = new double[units][inputs + (b.isPresent() ? 1 : 0)];
        for (int j = 0; j < units; j++) {
          System.arraycopy(w, j * inputs, rows[j], 0, inputs);
          if (b.isPresent()) {
            rows[j][inputs] = b.get()[j];
          }
        }
        double slack = weight.value().precision() == Precision.FP64 ? SLACK_FP64 : SLACK_FP32;
        if (!constraint.project(rows, slack)) {
          return;
        }
        for (int j = 0; j < units; j++) {
          System.arraycopy(rows[j], 0, w, j * inputs, inputs);
          if (b.isPresent()) {
            b.get()[j] = rows[j][inputs];
          }
        }
        write(w, weight);
        b.ifPresent(numbers -> write(numbers, bias.orElseThrow()));
      }
    }

    private static void write(double[] numbers, Parameter into) {
      Tensor value = into.value();
      value.copyFrom(
          Tensor.of(numbers, value.shape().toArray()).to(value.precision()).to(value.device()));
    }
  }
}
