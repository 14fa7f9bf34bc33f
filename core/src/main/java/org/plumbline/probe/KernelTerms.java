package org.plumbline.probe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.plumbline.nn.Block;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Tensor;

/**
 * The terms of a tangent kernel, one a block, all of one recorded pass in evaluation mode.
 *
 * <pre>
 *   K^l[(c,i),(c',j)] = ⟨∂y_c(i)/∂θ_l, u_l^c'(j)⟩      u: the way in which block l moves for a unit error
 *   a dense layer:      ⟨g^c(i), d^c'(j)⟩ (⟨h(i), h(j)⟩ + 1 with a bias)      never multiplied out
 *   any other block:    the inner product of the gradients of single rows: of a convolution both
 *                       factors summed over places
 * </pre>
 *
 * Rows and columns count the rows of the batch first, then the outputs.
 */
final class KernelTerms {
  private KernelTerms() {}

  /**
   * The true signals of one output after the other.
   *
   * @return by output, by block: ∂y_c/∂h_l of every row, {@code [rows, out…]}
   */
  static List<List<Tensor>> ofOutputs(Trace trace) {
    List<List<Tensor>> all = new ArrayList<>();
    for (Tensor unit : units(trace)) {
      List<Tensor> signals = new ArrayList<>();
      Tensor s = unit;
      for (Step step : trace.steps().reversed()) {
        signals.add(s);
        if (signals.size() < trace.steps().size()) {
          s = step.carry(s, Parameter::value);
        }
      }
      all.add(signals.reversed());
    }
    return all;
  }

  /** For every output an error of 1 in it, in every row: {@code [rows, outputs]}. */
  static List<Tensor> units(Trace trace) {
    int rows = Math.toIntExact(trace.output().size(0));
    int outputs = Math.toIntExact(trace.output().size(1));
    List<Tensor> units = new ArrayList<>();
    for (int c = 0; c < outputs; c++) {
      double[] numbers = new double[rows * outputs];
      for (int i = 0; i < rows; i++) {
        numbers[i * outputs + c] = 1;
      }
      units.add(
          Tensor.of(numbers, rows, outputs)
              .to(trace.output().precision())
              .to(trace.output().device()));
    }
    return units;
  }

  /**
   * The terms of the kernel.
   *
   * @param network of the trace
   * @param trace of rows that do not depend on each other
   * @param outputs as {@link #ofOutputs} gives them
   * @param moves in the same form, what the blocks are told for each unit error; the same list for
   *     the kernel of the model
   * @return by block, {@code [outputs · rows, outputs · rows]}, FP64
   */
  static List<Tensor> of(
      Network network, Trace trace, List<List<Tensor>> outputs, List<List<Tensor>> moves) {
    List<Tensor> terms = new ArrayList<>();
    for (int l = 0; l < trace.steps().size(); l++) {
      int block = l;
      List<Tensor> of = outputs.stream().map(signals -> signals.get(block)).toList();
      List<Tensor> by = moves.stream().map(signals -> signals.get(block)).toList();
      Step step = trace.steps().get(l);
      terms.add(
          isFactored(step.gradients(of.getFirst()))
              ? factored(step, of, by)
              : rowByRow(network.blocks().get(l), trace.mode().child(l), step, of, by));
    }
    return terms;
  }

  /** Whether the gradients of rows can be told apart without another pass. */
  static boolean isFactored(Gradients gradients) {
    return gradients.entries().stream()
        .map(Gradients.Entry::gradient)
        .allMatch(gradient ->
            gradient instanceof Gradient.Factored
                || (gradient instanceof Gradient.Summed(Tensor signal, Tensor _)
                    && signal.shape().rank() == 2));
  }

  private static Tensor factored(Step step, List<Tensor> of, List<Tensor> by) {
    List<Gradients> left = of.stream().map(step::gradients).toList();
    List<Gradients> right = of.equals(by) ? left : by.stream().map(step::gradients).toList();
    Tensor sum = Tensor.zeros(Precision.FP64, size(of), size(of));
    for (int k = 0; k < left.getFirst().entries().size(); k++) {
      Tensor product = stacked(left, k).linear(stacked(right, k));
      if (left.getFirst().entries().get(k).gradient()
          instanceof Gradient.Factored(Tensor _, Tensor input)) {
        Tensor h = input.to(Precision.FP64);
        product = product.times(tiled(h.linear(h), of.size()));
      }
      sum.add(product, 1);
    }
    return sum;
  }

  /** What the k-th parameter's units were told for every output, {@code [outputs · rows, out]}. */
  private static Tensor stacked(List<Gradients> gradients, int k) {
    List<Tensor> told = new ArrayList<>();
    for (Gradients each : gradients) {
      told.add(
          switch (each.entries().get(k).gradient()) {
            case Gradient.Factored(Tensor signal, Tensor _) -> signal;
            case Gradient.Summed(Tensor signal, Tensor _) -> signal;
            case Gradient.Convolved _, Gradient.Whole _ ->
                throw new IllegalStateException("rows of these gradients cannot be told apart");
          });
    }
    return Tensor.below(told).to(Precision.FP64);
  }

  /** A symmetric matrix, repeated in both directions. */
  private static Tensor tiled(Tensor matrix, int times) {
    if (times == 1) {
      return matrix;
    }
    Tensor below = Tensor.below(Collections.nCopies(times, matrix));
    return Tensor.below(Collections.nCopies(times, below.transposed()));
  }

  /** The gradients of every row by itself, from a pass of that row alone. */
  private static Tensor rowByRow(
      Block block, Mode mode, Step step, List<Tensor> of, List<Tensor> by) {
    Tensor left = gradients(block, mode, step, of);
    Tensor right = of.equals(by) ? left : gradients(block, mode, step, by);
    return left.linear(right).to(Precision.FP64);
  }

  /** {@code [outputs · rows, parameters of the block]}. */
  private static Tensor gradients(Block block, Mode mode, Step step, List<Tensor> signals) {
    long size = block.parameters().stream().mapToLong(p -> p.value().size()).sum();
    long rows = step.input().size(0);
    Tensor all =
        Tensor.zeros(step.input().precision(), size(signals), size).to(step.input().device());
    for (int i = 0; i < rows; i++) {
      try (var _ = Scope.open()) {
        Step one = block.step(step.input().rows(i, 1).contiguous(), mode);
        for (int c = 0; c < signals.size(); c++) {
          Tensor signal = signals.get(c).rows(i, 1).contiguous();
          List<Tensor> parts =
              one.gradients(signal).entries().stream()
                  .map(entry -> entry.gradient().value().reshaped(-1, 1))
                  .toList();
          all.rows(c * rows + i, 1).copyFrom(Tensor.below(parts).reshaped(1, -1));
        }
      }
    }
    return all;
  }

  private static long size(List<Tensor> signals) {
    return signals.size() * signals.getFirst().size(0);
  }
}
