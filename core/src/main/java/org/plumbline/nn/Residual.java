package org.plumbline.nn;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * A residual block: layers and a way around them, one block whatever is inside.
 *
 * <pre>
 *   y = body(h) + shortcut(h)          h, y: [batch, …]       shortcut(h) = h by default
 *   carried: what the body carries + what the shortcut carries
 * </pre>
 *
 * <p>He, Zhang, Ren, Sun 2016, <a href="https://arxiv.org/abs/1512.03385">arXiv:1512.03385</a>. The
 * signal enters behind the sum (behind what joins the block there, an activation). Inside, the
 * derivative is exact: a rule's matrices stand in for weights only on the way to the block before.
 *
 * @param body at least one layer
 * @param shortcut the way around; none for the input itself
 */
public record Residual(List<Layer> body, List<Layer> shortcut) implements Layer {
  /**
   * Copies the lists.
   *
   * @param body at least one layer
   * @param shortcut the way around; none for the input itself
   */
  public Residual {
    body = List.copyOf(body);
    shortcut = List.copyOf(shortcut);
    if (body.isEmpty()) {
      throw new BadInput("a residual block needs at least one layer in its body, but has none");
    }
  }

  /**
   * Around the layers goes the input itself.
   *
   * @param body at least one layer
   */
  public Residual(List<Layer> body) {
    this(body, List.of());
  }

  @Override
  public List<Layer> inner() {
    return Stream.concat(body.stream(), shortcut.stream()).toList();
  }

  @Override
  public Shape output(Shape input) {
    Shape through = new Sequential(body).output(input);
    Shape around = shortcut.isEmpty() ? input : new Sequential(shortcut).output(input);
    if (!through.equals(around)) {
      throw new BadInput(
          "the body and the shortcut of a residual block must end alike, but end with %s and %s; let the shortcut change the shape as the body does"
              .formatted(through, around));
    }
    return through;
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    return new Live(
        new Sequential(body).attach(input, birth.child(0)),
        shortcut.isEmpty()
            ? Optional.empty()
            : Optional.of(new Sequential(shortcut).attach(input, birth.child(1))));
  }

  private record Live(Block body, Optional<Block> shortcut) implements Block {
    @Override
    public Step step(Tensor input, Mode mode) {
      Step through = body.step(input, mode.child(0));
      Optional<Step> around = shortcut.map(s -> s.step(input, mode.child(1)));
      return new Pass(
          input,
          through.output().plus(around.map(Step::output).orElse(input)),
          through,
          around,
          first(through, around));
    }

    @Override
    public List<Parameter> parameters() {
      return Stream.concat(
              body.parameters().stream(), shortcut.stream().flatMap(s -> s.parameters().stream()))
          .toList();
    }

    @Override
    public List<Parameter> buffers() {
      return Stream.concat(
              body.buffers().stream(), shortcut.stream().flatMap(s -> s.buffers().stream()))
          .toList();
    }

    /** Where the first weight is: in the body, unless only the shortcut has one. */
    private Step first(Step through, Optional<Step> around) {
      boolean hasWeight = body.parameters().stream().anyMatch(Parameter::isWeight);
      return hasWeight ? through : around.orElse(through);
    }

    @Override
    public String describe() {
      return "residual (%s%s)"
          .formatted(body.describe(), shortcut.map(s -> " | " + s.describe()).orElse(""));
    }
  }

  private record Pass(Tensor input, Tensor output, Step through, Optional<Step> around, Step first)
      implements Step {
    @Override
    public Gradients gradients(Tensor signal) {
      Gradients gradients = through.gradients(signal);
      return around.map(s -> gradients.and(s.gradients(signal))).orElse(gradients);
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return through
          .carry(signal, backward)
          .plus(around.map(s -> s.carry(signal, backward)).orElse(signal));
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return through.tangent(tangent).plus(around.map(s -> s.tangent(tangent)).orElse(tangent));
    }

    @Override
    public void settle() {
      through.settle();
      around.ifPresent(Step::settle);
    }

    @Override
    public Tensor localTangent(Tensor tangent) {
      return first.localTangent(tangent);
    }

    @Override
    public Tensor local(Tensor signal) {
      return first.local(signal);
    }

    @Override
    public Gradients localGradients(Tensor local) {
      return first.localGradients(local);
    }
  }
}
