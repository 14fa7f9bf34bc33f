package org.plumbline.nn;

import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Attention.Attended;
import org.plumbline.tensor.Attention.Seen;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Multi-head self-attention: three weights beside each other make queries, keys and values of every
 * token, each gathers the values of the tokens it sees, and another weight mixes the heads.
 *
 * <pre>
 *   [Q K V] = h W_iᵀ + b_i        O = softmax(Q Kᵀ / √d) V in every head        y = O W_oᵀ + b_o
 *   h, y: [batch · context, width]      W_i: [3 width, width]      W_o: [width, width]
 * </pre>
 *
 * <p>Vaswani et al. 2017, <a href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</a>. It is
 * two dense layers with a map without weights between them, so rules that put matrices in the place
 * of weights find both; behind padding ({@link Padded}) nobody sees what is no token.
 *
 * @param heads of which each has an equal part of the width
 * @param context tokens of a sequence
 * @param seen by a token: itself and those before it, or all
 */
@About("multi-head self-attention over the tokens of a sequence")
public record Attention(
    @About("of equal width") long heads,
    @About("tokens of a sequence") long context,
    @About("by a token: earlier, all") Seen seen)
    implements Layer {
  private static final int PARTS = 3;

  /**
   * Checks the numbers.
   *
   * @param heads at least 1
   * @param context at least 1
   * @param seen earlier or all
   */
  public Attention {
    Check.atLeast("heads of attention", 1, heads);
    Check.atLeast("context of attention", 1, context);
  }

  /** Four heads over 128 tokens, causal. */
  public Attention() {
    this(4, 128, Seen.EARLIER);
  }

  @Override
  public Shape output(Shape input) {
    if (input.rank() != 1) {
      throw new BadInput(
          "attention takes tokens as rows of numbers [width], but its input is "
              + input
              + "; put 'embedding' before it");
    }
    if (input.axis(0) % heads != 0) {
      throw new BadInput(
          "heads of attention must divide the width %d of its input, but are %d"
              .formatted(input.axis(0), heads));
    }
    return input;
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    long width = output(input).axis(0);
    var attention = new org.plumbline.tensor.Attention(heads, context, seen);
    Tensor like = Tensor.zeros(birth.precision(), 1).to(birth.device());
    return Sequential.of(
        List.of(
            new Dense(PARTS * width).attach(input, birth.child(0)),
            new Live(attention, attention.mask(like)),
            new Dense(width).attach(input, birth.child(1))));
  }

  /**
   * What stands between the weights.
   *
   * @param mask of what a token does not see
   */
  private record Live(org.plumbline.tensor.Attention attention, Optional<Tensor> mask)
      implements Block {
    @Override
    public Step step(Tensor input, Mode mode) {
      if (input.size(0) % attention.context() != 0) {
        throw new BadInput(
            "attention over %d tokens takes sequences of as many, but has %d rows; let its context be that of the data"
                .formatted(attention.context(), input.size(0)));
      }
      return new Pass(attention, input, attention.of(input, mask, mode.real()));
    }

    @Override
    public String describe() {
      return "attention in %d %s"
          .formatted(attention.heads(), attention.heads() == 1 ? "head" : "heads");
    }
  }

  private record Pass(org.plumbline.tensor.Attention attention, Tensor input, Attended pass)
      implements Step {
    @Override
    public Tensor output() {
      return pass.output();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return attention.through(signal, pass);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return attention.along(tangent, pass);
    }
  }
}
