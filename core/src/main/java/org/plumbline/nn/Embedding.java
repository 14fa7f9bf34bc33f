package org.plumbline.nn;

import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * An embedding: every token of a sequence becomes a row of numbers of its own.
 *
 * <pre>
 *   h[n, t] = W[x[n, t]] + P[t]       x: [batch, context], token numbers   W: [vocabulary, width]
 *                                     h: [batch · context, width]          P: [context, width]
 *   gW[v] = Σ δ where x = v           gP[t] = Σ δ at place t               carried: 0
 * </pre>
 *
 * <p>Vaswani et al. 2017, <a href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</a>, with
 * learned places as in Radford et al. 2018. From here on a row is a token, the tokens of a sequence
 * one behind the other: whatever is said of rows (a dense layer, an error, the signal of a rule) is
 * said of tokens. With padding, token 0 becomes a row of zeros, by which {@link Padded} and {@link
 * TokenMean} know it.
 *
 * @param vocabulary how many tokens there are
 * @param width of a row
 * @param padding whether token 0 stands for nothing
 */
@About("tokens [context] as rows of numbers, one a token, with learned places")
public record Embedding(
    @About("how many tokens there are") long vocabulary,
    @About("numbers a token") long width,
    @About("whether token 0 stands for nothing: with, without") Padding padding)
    implements Layer {
  /** Whether sequences are filled up with token 0. */
  public enum Padding {
    /** Token 0 is no token. */
    WITH,
    /** Token 0 is one like the others. */
    WITHOUT
  }

  private static final double WHOLE = 1e-3;

  /**
   * Checks the sizes.
   *
   * @param vocabulary at least 2
   * @param width at least 1
   * @param padding with or without
   */
  public Embedding {
    Check.atLeast("vocabulary of an embedding", 2, vocabulary);
    Check.atLeast("width of an embedding", 1, width);
  }

  /** 256 tokens, 128 numbers each, no padding. */
  public Embedding() {
    this(256, 128, Padding.WITHOUT);
  }

  @Override
  public Shape output(Shape input) {
    if (input.rank() != 1) {
      throw new BadInput(
          "an embedding takes rows of token numbers [context], but its input is "
              + input
              + "; use it on text, --data characters");
    }
    if (vocabulary > Integer.MAX_VALUE / width) {
      throw new BadInput(
          "an embedding may have at most %d weights, but vocabulary %d and width %d make more; use a smaller width"
              .formatted(Integer.MAX_VALUE, vocabulary, width));
    }
    return Shape.of(width);
  }

  @Override
  public long rows(long rows, Shape input) {
    return rows * input.axis(0);
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    return new Live(
        this,
        new Parameter("weight", drawn("weight", vocabulary, birth)),
        new Parameter("places", drawn("places", input.axis(0), birth)));
  }

  private Tensor drawn(String name, long rows, Birth birth) {
    return birth
        .initialiser()
        .weight(birth.seed().child(name), rows, width)
        .to(birth.precision())
        .to(birth.device());
  }

  private record Live(Embedding value, Parameter weight, Parameter places) implements Block {
    @Override
    public Step step(Tensor input, Mode mode) {
      double[] numbers = input.toDoubles();
      long[] tokens = new long[numbers.length];
      float[] real = new float[numbers.length];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = Math.round(numbers[i]);
        if (tokens[i] < 0
            || tokens[i] >= value.vocabulary
            || !(Math.abs(tokens[i] - numbers[i]) <= WHOLE)) {
          throw new BadInput(
              "an embedding of vocabulary %d takes token numbers 0 to %d, but the data hold %s; use text data, a vocabulary that fits it, and --prepare none"
                  .formatted(value.vocabulary, value.vocabulary - 1, numbers[i]));
        }
        real[i] = tokens[i] == 0 ? 0 : 1;
      }
      Tensor w = weight.value();
      Tensor at = Tensor.of(tokens, tokens.length).to(w.device());
      Tensor output = w.rowsAt(at);
      output
          .reshaped(input.size(0), input.size(1), value.width)
          .add(places.value(), 1); // a view of it
      if (value.padding == Padding.WITHOUT) {
        return new Pass(this, input, output, at, Optional.empty());
      }
      Tensor mask = Tensor.of(real, real.length, 1).to(w.precision()).to(w.device());
      return new Pass(this, input, output.multiply(mask), at, Optional.of(mask));
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(weight, places);
    }

    @Override
    public String describe() {
      return "embedding %d→%d".formatted(value.vocabulary, value.width);
    }
  }

  private record Pass(Live block, Tensor input, Tensor output, Tensor at, Optional<Tensor> real)
      implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      long tokens = rows * input.size(1);
      return Optional.of(
          new Pass(
              block,
              input,
              output.firstRows(tokens),
              at.rows(0, tokens),
              real.map(r -> r.rows(0, tokens))));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      Tensor heard = real.map(signal::times).orElse(signal);
      Tensor byToken = heard.summedAt(at, block.value.vocabulary);
      Tensor byPlace = heard.reshaped(input.size(0), input.size(1), block.value.width).sum(0);
      return new Gradients(
          List.of(
              new Gradients.Entry(block.weight, new Gradient.Whole(byToken)),
              new Gradients.Entry(block.places, new Gradient.Whole(byPlace))));
    }

    /** Tokens are numbers by name only: there is no derivative by them. */
    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return input.zerosLike();
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return output.zerosLike();
    }
  }
}
