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

  /** The buffers that all parameters of a stepper share. */
  record Room(Tensor single, Tensor half) {
    /** Room for the pieces of these, in the open scope. */
    static Room of(List<Parameter> parameters) {
      return new Room(
          Tensor.zeros(Precision.FP32, longest(parameters, Precision.FP32)),
          Tensor.zeros(Precision.BF16, longest(parameters, Precision.BF16)));
    }

    private static long longest(List<Parameter> parameters, Precision precision) {
      return parameters.stream()
          .filter(p -> fused(p, precision))
          .mapToLong(p -> rowsOfAPiece(p.value()) * p.value().size(1))
          .max()
          .orElse(0);
    }

    private static boolean fused(Parameter p, Precision precision) {
      return Fused.present()
          && p.value().shape().rank() == 2
          && p.value().precision() == Precision.FP32
          && (precision == Precision.FP32 || p.copy().isPresent());
    }
  }

  /** A part of a step: the gradient of the elements from one on. */
  interface Part {
    void of(Fused fused, long from, Tensor g);
  }

  /** Views of a buffer: some rows, and those that are left at the end. */
  private record Views(long rows, long columns, Tensor full, Tensor last) {
    static Views of(Tensor buffer, Tensor value) {
      long rows = rowsOfAPiece(value);
      long columns = value.size(1);
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
  private final Optional<Views> single;
  private final Optional<Views> half;

  private Pieces(Parameter parameter, Fused fused, Room room) {
    this.parameter = parameter;
    this.fused = fused;
    this.single =
        Room.fused(parameter, Precision.FP32)
            ? Optional.of(Views.of(room.single, parameter.value()))
            : Optional.empty();
    this.half =
        Room.fused(parameter, Precision.BF16)
            ? Optional.of(Views.of(room.half, parameter.value()))
            : Optional.empty();
  }

  /** Empty where steps cannot be fused. */
  static Optional<Pieces> of(Parameter parameter, Room room, List<Tensor> slots) {
    return Fused.of(parameter.value(), parameter.copy(), slots)
        .map(fused -> new Pieces(parameter, fused, room));
  }

  /** Takes a step, part by part. */
  void step(Gradient gradient, Part part) {
    if (gradient instanceof Gradient.Factored(Tensor left, Tensor right) && single.isPresent()) {
      if (half.isPresent()) {
        byRows(half.get(), left.to(Precision.BF16), right.to(Precision.BF16), part);
      } else {
        byRows(single.get(), left, right, part);
      }
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

  private static long rowsOfAPiece(Tensor value) {
    return Math.clamp(PIECE / value.size(1), 1, value.size(0));
  }
}
