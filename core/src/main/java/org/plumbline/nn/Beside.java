package org.plumbline.nn;

import java.util.List;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * The first half of a residual block that is cut in two: what the layers make, and beside it their
 * input as it came, so that the sum can be made in the block behind, {@link Summing}.
 *
 * <pre>  y = [body(h) | h]        h: [rows, in]   y: [rows, out + in]   </pre>
 *
 * <p>The signal enters at both parts. The second carries no weight of this block, so what it is
 * told there reaches the block before only where a rule carries signals on.
 *
 * @param body at least one layer
 */
public record Beside(List<Layer> body) implements Layer {
  /**
   * Copies the list.
   *
   * @param body at least one layer
   */
  public Beside {
    body = List.copyOf(body);
    if (body.isEmpty()) {
      throw new BadInput("a block beside its input needs at least one layer, but has none");
    }
  }

  @Override
  public List<Layer> inner() {
    return body;
  }

  @Override
  public Shape output(Shape input) {
    Shape made = new Sequential(body).output(input);
    if (input.rank() != 1 || made.rank() != 1) {
      throw new BadInput(
          "a block beside its input takes and makes rows of numbers, but takes %s and makes %s"
              .formatted(input, made));
    }
    return Shape.of(made.axis(0) + input.axis(0));
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    return new Live(new Sequential(body).attach(input, birth));
  }

  private record Live(Block body) implements Around {
    @Override
    public Step step(Tensor input, Mode mode) {
      Step inside = body.step(input, mode);
      return new Pass(input, inside.output().beside(input), inside);
    }

    @Override
    public String describe() {
      return "(" + body.describe() + " | input)";
    }
  }

  private record Pass(Tensor input, Tensor output, Step inside, Remembered remembered)
      implements Around.Through {
    Pass(Tensor input, Tensor output, Step inside) {
      this(input, output, inside, new Remembered());
    }

    /** What the layers are told; the same tensor again for the same signal. */
    private Tensor left(Tensor signal) {
      return remembered
          .of(signal)
          .orElseGet(
              () -> remembered.keep(signal, List.of(signal.columns(0, inside.output().size(1)))))
          .getFirst();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return inside.gradients(left(signal));
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      Tensor around = signal.columns(inside.output().size(1), input.size(1));
      return inside.carry(left(signal), backward).plus(around);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return inside.tangent(tangent).beside(tangent);
    }

    @Override
    public Tensor local(Tensor signal) {
      return inside.local(left(signal));
    }
  }
}
