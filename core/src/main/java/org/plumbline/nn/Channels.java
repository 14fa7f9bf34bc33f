package org.plumbline.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Tensor;

/**
 * One number to scale by and one to shift by, a channel: what a normalisation learns.
 *
 * <pre>
 *   y = scale x̂ + shift        gscale = Σ s x̂        gshift = Σ s        over rows and places
 * </pre>
 *
 * @param scale {@code [channels]}, ones at first
 * @param shift {@code [channels]}, zeros at first
 */
record Channels(Parameter scale, Parameter shift) {
  static Optional<Channels> of(Affine affine, long channels, Layer.Birth birth) {
    if (affine == Affine.WITHOUT) {
      return Optional.empty();
    }
    Tensor zeros = Tensor.zeros(birth.precision(), channels).to(birth.device());
    return Optional.of(
        new Channels(
            new Parameter("scale", zeros.copied().fill(1)), new Parameter("shift", zeros)));
  }

  static List<Parameter> parameters(Optional<Channels> channels) {
    List<Parameter> parameters = new ArrayList<>();
    channels.ifPresent(c -> parameters.addAll(List.of(c.scale, c.shift)));
    return parameters;
  }

  /** Gradients of ⟨signal, scale x̂ + shift⟩, both arguments {@code [batch, channels, …]}. */
  Gradients of(Tensor signal, Tensor normalised) {
    return gradients(sums(signal.times(normalised)), sums(signal));
  }

  /** The gradients themselves, {@code [channels]} each. */
  Gradients gradients(Tensor ofScale, Tensor ofShift) {
    return new Gradients(
        List.of(
            new Gradients.Entry(scale, new Gradient.Whole(ofScale)),
            new Gradients.Entry(shift, new Gradient.Whole(ofShift))));
  }

  private static Tensor sums(Tensor t) {
    return t.reshaped(t.size(0), t.size(1), -1).sum(2).sum(0);
  }

  /** One number a channel beside {@code [batch, channels, …]}. */
  static Tensor beside(Tensor numbers, Tensor input) {
    long[] axes = new long[input.shape().rank()];
    Arrays.fill(axes, 1);
    axes[1] = numbers.size();
    return numbers.reshaped(axes);
  }
}
