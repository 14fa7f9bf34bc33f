package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * The mean over the tokens of each sequence: rows of tokens become rows of sequences. Rows of zeros
 * are padding and do not count.
 *
 * <pre>
 *   y[n] = Σ_t h[n, t] / max(1, tokens of n)     h: [batch · context, width]   y: [batch, width]
 * </pre>
 *
 * @param context tokens of a sequence, padding included
 */
@About("the mean over the tokens of a sequence, one row a sequence")
public record TokenMean(@About("tokens of a sequence") long context) implements Layer, Block {
  /**
   * Checks the number.
   *
   * @param context at least 1
   */
  public TokenMean {
    Check.atLeast("context of token-mean", 1, context);
  }

  /** Over 128 tokens. */
  public TokenMean() {
    this(128);
  }

  @Override
  public Shape output(Shape input) {
    if (input.rank() != 1) {
      throw new BadInput(
          "token-mean takes tokens as rows of numbers [width], but its input is " + input);
    }
    return input;
  }

  @Override
  public long rows(long rows, Shape input) {
    return Math.max(1, rows / context);
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    return this;
  }

  @Override
  public String describe() {
    return "token-mean";
  }

  @Override
  public Step step(Tensor input, Mode mode) {
    if (input.size(0) % context != 0) {
      throw new BadInput(
          "token-mean over %d tokens takes sequences of as many, but has %d rows; let its context be that of the data"
              .formatted(context, input.size(0)));
    }
    Tensor real = Padded.real(input);
    Tensor counts = real.reshaped(-1, context).sum(1).clamped(1, (double) context);
    Tensor shares = real.reshaped(-1, context, 1).over(counts.reshaped(-1, 1, 1));
    return new Pass(context, input, mean(input, shares), shares);
  }

  private static Tensor mean(Tensor rows, Tensor shares) {
    return rows.reshaped(shares.size(0), shares.size(1), -1).times(shares).sum(1);
  }

  private record Pass(long context, Tensor input, Tensor output, Tensor shares) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      long few = rows / context;
      return Optional.of(new Pass(context, input, output.firstRows(few), shares.rows(0, few)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return signal.reshaped(signal.size(0), 1, -1).times(shares).reshaped(input.shape().toArray());
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return mean(tangent, shares);
    }
  }
}
