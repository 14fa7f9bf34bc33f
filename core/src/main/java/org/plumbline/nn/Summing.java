package org.plumbline.nn;

import java.util.List;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * The second half of a residual block that is cut in two by {@link Beside}: layers on the first
 * columns, and the last ones, which the block before only handed on, added to what they make.
 *
 * <pre>  y = body(f) + u        [f | u]: [rows, in + out]   y: [rows, out]   </pre>
 *
 * @param body at least one layer
 */
public record Summing(List<Layer> body) implements Layer {
  /**
   * Copies the list.
   *
   * @param body at least one layer
   */
  public Summing {
    body = List.copyOf(body);
    if (body.isEmpty()) {
      throw new BadInput("a summing block needs at least one layer, but has none");
    }
  }

  @Override
  public List<Layer> inner() {
    return body;
  }

  @Override
  public Shape output(Shape input) {
    return new Sequential(body).output(first(input));
  }

  /** The part of the input that the layers take: the rest is as wide as what they make of it. */
  private Shape first(Shape input) {
    for (long width = 1; input.rank() == 1 && width < input.axis(0); width++) {
      Shape first = Shape.of(width);
      if (new Sequential(body).output(first).equals(Shape.of(input.axis(0) - width))) {
        return first;
      }
    }
    throw new BadInput(
        "a summing block takes rows of which the last numbers are as many as its layers make, but its input is "
            + input);
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    Shape first = first(input);
    return new Live(new Sequential(body).attach(first, birth), first.axis(0));
  }

  private record Live(Block body, long width) implements Around {
    @Override
    public Step step(Tensor input, Mode mode) {
      Step inside = body.step(input.columns(0, width), mode);
      Tensor around = input.columns(width, input.size(1) - width);
      return new Pass(input, inside.output().plus(around), inside);
    }

    @Override
    public String describe() {
      return body.describe() + " + input";
    }
  }

  private record Pass(Tensor input, Tensor output, Step inside) implements Around.Through {
    @Override
    public Gradients gradients(Tensor signal) {
      return inside.gradients(signal);
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return inside.carry(signal, backward).beside(signal);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      long width = inside.input().size(1);
      return inside
          .tangent(tangent.columns(0, width))
          .plus(tangent.columns(width, tangent.size(1) - width));
    }

    @Override
    public Tensor local(Tensor signal) {
      return inside.local(signal);
    }

    @Override
    public Tensor localTangent(Tensor tangent) {
      return inside.localTangent(tangent.columns(0, inside.input().size(1)));
    }
  }
}
