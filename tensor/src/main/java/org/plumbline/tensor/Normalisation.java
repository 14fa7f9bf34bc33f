package org.plumbline.tensor;

import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Numbers brought to mean 0 and variance 1, by channel over a batch or by row over groups of
 * channels, with the exact derivative.
 *
 * <p>Inputs are {@code [batch, channels, …]}; scale and shift are one number a channel.
 *
 * @param epsilon is added to the variance
 */
public record Normalisation(double epsilon) {
  /**
   * What came out, and what it was made with.
   *
   * @param output shaped like the input
   * @param mean by channel {@code [channels]} or by row and group {@code [batch, groups]}
   * @param inverse of the standard deviation, shaped like the mean
   */
  public record Normalised(Tensor output, Tensor mean, Tensor inverse) {}

  /**
   * By channel, with the statistics of this batch.
   *
   * @param input {@code [batch, channels, …]}
   * @param scale {@code [channels]}
   * @param shift {@code [channels]}
   * @return output, and the statistics by channel
   */
  public Normalised overBatch(Tensor input, Optional<Tensor> scale, Optional<Tensor> shift) {
    try (TensorOptional w = optional(scale);
        TensorOptional b = optional(shift);
        TensorOptional none = new TensorOptional();
        TensorOptional alsoNone = new TensorOptional();
        T_TensorTensorTensor_T all =
            torch.native_batch_norm(input.t, w, b, none, alsoNone, true, 0, epsilon)) {
      return normalised(all);
    }
  }

  /**
   * By channel, with given statistics.
   *
   * @param input {@code [batch, channels, …]}
   * @param scale {@code [channels]}
   * @param shift {@code [channels]}
   * @param mean {@code [channels]}
   * @param variance {@code [channels]}
   * @return shaped like the input
   */
  public Tensor with(
      Tensor input, Optional<Tensor> scale, Optional<Tensor> shift, Tensor mean, Tensor variance) {
    try (TensorOptional w = optional(scale);
        TensorOptional b = optional(shift);
        TensorOptional m = new TensorOptional(mean.t);
        TensorOptional v = new TensorOptional(variance.t);
        T_TensorTensorTensor_T all =
            torch.native_batch_norm(input.t, w, b, m, v, false, 0, epsilon)) {
      return Tensor.made(new org.bytedeco.pytorch.Tensor(all.get0()));
    }
  }

  /**
   * What comes of a signal behind {@link #overBatch}, all in one pass over it.
   *
   * @param signal shaped like the input
   * @param input {@code [batch, channels, …]}
   * @param scale {@code [channels]}
   * @param pass what {@code overBatch} gave
   * @return the signal carried back, shaped like the input; and if there is a scale, its gradient
   *     and that of the shift, {@code [channels]} each
   */
  public List<Tensor> throughBatch(
      Tensor signal, Tensor input, Optional<Tensor> scale, Normalised pass) {
    boolean scaled = scale.isPresent();
    try (TensorOptional w = optional(scale);
        TensorOptional none = new TensorOptional();
        TensorOptional alsoNone = new TensorOptional();
        TensorOptional m = new TensorOptional(pass.mean.t);
        TensorOptional s = new TensorOptional(pass.inverse.t);
        BoolPointer mask = new BoolPointer(3).put(0, true).put(1, scaled).put(2, scaled);
        T_TensorTensorTensor_T all =
            torch.native_batch_norm_backward(
                signal.t, input.t, w, none, alsoNone, m, s, true, epsilon, mask)) {
      Tensor carried = Tensor.made(new org.bytedeco.pytorch.Tensor(all.get0()));
      return scaled
          ? List.of(
              carried,
              Tensor.made(new org.bytedeco.pytorch.Tensor(all.get1())),
              Tensor.made(new org.bytedeco.pytorch.Tensor(all.get2())))
          : List.of(carried);
    }
  }

  /**
   * By row, over groups of channels and all their places.
   *
   * @param input {@code [batch, channels, …]}
   * @param scale {@code [channels]}
   * @param shift {@code [channels]}
   * @param groups dividing the channels
   * @return output, and the statistics by row and group
   */
  public Normalised overGroups(
      Tensor input, Optional<Tensor> scale, Optional<Tensor> shift, long groups) {
    long n = input.size(0);
    long c = input.size(1);
    try (TensorOptional w = optional(scale);
        TensorOptional b = optional(shift);
        T_TensorTensorTensor_T all =
            torch.native_group_norm(
                input.contiguous().t, w, b, n, c, places(input), groups, epsilon)) {
      return normalised(all);
    }
  }

  /**
   * The signal carried back through {@link #overGroups}.
   *
   * @param signal shaped like the input
   * @param input {@code [batch, channels, …]}
   * @param scale {@code [channels]}
   * @param groups as in the pass
   * @param pass what {@code overGroups} gave
   * @return shaped like the input
   */
  public Tensor throughGroups(
      Tensor signal, Tensor input, Optional<Tensor> scale, long groups, Normalised pass) {
    try (TensorOptional w = optional(scale);
        BoolPointer mask = onlyInput();
        T_TensorTensorTensor_T all =
            torch.native_group_norm_backward(
                signal.contiguous().t,
                input.contiguous().t,
                pass.mean.t,
                pass.inverse.t,
                w,
                input.size(0),
                input.size(1),
                places(input),
                groups,
                mask)) {
      return Tensor.made(new org.bytedeco.pytorch.Tensor(all.get0()));
    }
  }

  private static Normalised normalised(T_TensorTensorTensor_T all) {
    return new Normalised(
        Tensor.made(new org.bytedeco.pytorch.Tensor(all.get0())),
        Tensor.made(new org.bytedeco.pytorch.Tensor(all.get1())),
        Tensor.made(new org.bytedeco.pytorch.Tensor(all.get2())));
  }

  private static long places(Tensor input) {
    return input.size() / (input.size(0) * input.size(1));
  }

  private static BoolPointer onlyInput() {
    return new BoolPointer(3).put(0, true).put(1, false).put(2, false);
  }

  private static TensorOptional optional(Optional<Tensor> tensor) {
    return tensor.map(x -> new TensorOptional(x.t)).orElseGet(TensorOptional::new);
  }
}
