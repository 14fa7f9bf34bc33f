package org.plumbline.nn;

import java.util.List;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * Layers on sequences of which some tokens are padding: rows of zeros, which come out as rows of
 * zeros, and which no attention inside sees.
 *
 * <pre>  y = m ∘ body(h)        m: [rows, 1], 0 where the row of h is all zeros, else 1   </pre>
 *
 * <p>So what a sentence becomes does not depend on how far it was filled up, and a signal told to
 * padding teaches nothing.
 *
 * @param body at least one layer
 */
public record Padded(List<Layer> body) implements Layer {
  /**
   * Copies the list.
   *
   * @param body at least one layer
   */
  public Padded {
    body = List.copyOf(body);
    if (body.isEmpty()) {
      throw new BadInput("a padded block needs at least one layer, but has none");
    }
  }

  @Override
  public List<Layer> inner() {
    return body;
  }

  @Override
  public Shape output(Shape input) {
    return new Sequential(body).output(input);
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    return new Live(new Sequential(body).attach(input, birth));
  }

  /** 1 for each row with a number in it, 0 for rows of zeros: {@code [rows, 1]}. */
  static Tensor real(Tensor rows) {
    return rows.abs().sum(1).sign().reshaped(-1, 1);
  }

  private record Live(Block body) implements Around {
    @Override
    public Step step(Tensor input, Mode mode) {
      Tensor real = real(input);
      Step inside = body.step(input, mode.padded(real));
      return new Pass(input, inside.output().times(real), inside, real);
    }

    @Override
    public boolean endsFrozen() {
      return body.endsFrozen();
    }

    @Override
    public String describe() {
      return "padded (" + body.describe() + ")";
    }
  }

  /**
   * A pass.
   *
   * @param remembered what came of the last signal, so that it is masked once and known inside
   */
  private record Pass(Tensor input, Tensor output, Step inside, Tensor real, Remembered remembered)
      implements Around.Through {
    Pass(Tensor input, Tensor output, Step inside, Tensor real) {
      this(input, output, inside, real, new Remembered());
    }

    private Tensor masked(Tensor signal) {
      return remembered
          .of(signal)
          .orElseGet(() -> remembered.keep(signal, List.of(signal.times(real))))
          .getFirst();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return inside.gradients(masked(signal));
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return inside.carry(masked(signal), backward);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return inside.tangent(tangent).times(real);
    }

    @Override
    public Tensor local(Tensor signal) {
      return inside.local(masked(signal));
    }
  }
}
