package org.plumbline.optim;

import java.util.List;
import java.util.Optional;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Fused;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;

/**
 * Fused steps of one parameter. A factored gradient is multiplied out some rows at a time, into a
 * buffer that stays in the cache, and each piece is used at once: the gradient as a whole never
 * goes to memory.
 */
final class Pieces {
  /** The elements of a piece. Smaller ones cost the product more than they save the pass. */
  private static final long PIECE = 1 << 20;

  /** A part of a step: the gradient of the elements from one on. */
  interface Part {
    void of(Fused fused, long from, Tensor g);
  }

  /** Views of a buffer: some rows, and those that are left at the end. */
  private record Views(long rows, long columns, Tensor full, Tensor last) {
    static Views of(Precision precision, Tensor value) {
      long rows = Math.clamp(PIECE / value.size(1), 1, value.size(0));
      long columns = value.size(1);
      Tensor buffer = Tensor.zeros(precision, rows * columns);
      long left = value.size(0) % rows;
      return new Views(
          rows,
          columns,
          view(buffer, rows, columns),
          view(buffer, left == 0 ? rows : left, columns));
    }

    private static Tensor view(Tensor buffer, long rows, long columns) {
      return buffer.rows(0, rows * columns).reshaped(rows, columns);
    }
  }

  private final Parameter parameter;
  private final Fused fused;
  private final Optional<Views> products;

  private Pieces(Parameter parameter, Fused fused) {
    this.parameter = parameter;
    this.fused = fused;
    this.products =
        parameter.value().shape().rank() == 2
            ? Optional.of(
                Views.of(
                    parameter.copy().isPresent() ? Precision.BF16 : Precision.FP32,
                    parameter.value()))
            : Optional.empty();
  }

  /** Empty where steps cannot be fused. */
  static Optional<Pieces> of(Parameter parameter, List<Tensor> slots) {
    return Fused.of(parameter.value(), parameter.copy(), slots)
        .map(fused -> new Pieces(parameter, fused));
  }

  /** Takes a step, part by part. */
  void step(Gradient gradient, Part part) {
    if (gradient instanceof Gradient.Factored(Tensor left, Tensor right) && products.isPresent()) {
      Precision precision = products.get().full.precision();
      byRows(products.get(), left.to(precision), right.to(precision), part);
    } else {
      part.of(fused, 0, product(parameter, gradient).value().contiguous());
    }
    fused.done();
  }

  private void byRows(Views views, Tensor left, Tensor right, Part part) {
    long all = left.size(1);
    if (views.rows == all) {
      part.of(fused, 0, views.full.setProduct(left.transposed(), right));
      return;
    }
    Tensor transposed = left.transposed();
    for (long row = 0; row < all; row += views.rows) {
      long rows = Math.min(views.rows, all - row);
      Tensor buffer = rows == views.rows ? views.full : views.last;
      part.of(fused, row * views.columns, buffer.setProduct(transposed.rows(row, rows), right));
    }
  }

  /**
   * The gradient as it is, or multiplied out in BF16 if there is a working copy of its parameter.
   */
  static Gradient product(Parameter parameter, Gradient gradient) {
    if (parameter.copy().isEmpty()) {
      return gradient;
    }
    return switch (gradient) {
      case Gradient.Factored(Tensor left, Tensor right) ->
          new Gradient.Whole(left.to(Precision.BF16).transposed().matmul(right.to(Precision.BF16)));
      case Gradient.Convolved(Tensor signal, Tensor input, Tensor _, Convolution convolution) ->
          new Gradient.Whole(
              convolution.byKernel(
                  signal.to(Precision.BF16),
                  input.to(Precision.BF16),
                  parameter.copy().get().current()));
      case Gradient.Summed summed -> summed;
      case Gradient.Whole whole -> whole;
    };
  }
}
