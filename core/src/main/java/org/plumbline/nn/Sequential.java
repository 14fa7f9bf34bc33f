package org.plumbline.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * Layers that are one block: the signal enters at the end, and inside it is carried back exactly.
 *
 * @param layers at least one
 */
public record Sequential(List<Layer> layers) implements Layer {
  /**
   * Copies the list.
   *
   * @param layers at least one
   */
  public Sequential {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new BadInput("a sequential block needs at least one layer, but has none");
    }
  }

  @Override
  public List<Layer> inner() {
    return layers;
  }

  @Override
  public Shape output(Shape input) {
    Shape shape = input;
    for (Layer layer : layers) {
      shape = layer.output(shape);
    }
    return shape;
  }

  @Override
  public long rows(long rows, Shape input) {
    long all = rows;
    Shape shape = input;
    for (Layer layer : layers) {
      all = layer.rows(all, shape);
      shape = layer.output(shape);
    }
    return all;
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    List<Block> parts = new ArrayList<>();
    Shape shape = input;
    for (Layer layer : layers) {
      parts.add(layer.attach(shape, birth.child(parts.size())));
      shape = layer.output(shape);
    }
    return of(parts);
  }

  /**
   * Live blocks that become one.
   *
   * @param parts at least one, from the input to the output
   * @return the only part, or a block that runs them in turn
   */
  static Block of(List<Block> parts) {
    return parts.size() == 1 ? parts.getFirst() : new Live(List.copyOf(parts));
  }

  /**
   * Parts in turn.
   *
   * @param trainable the first part with a parameter
   * @param weighted the first part with a weight
   * @param last the last part with a weight, 0 if there is none
   */
  private record Live(List<Block> parts, int trainable, int weighted, int last) implements Block {
    Live(List<Block> parts) {
      this(parts, first(parts, _ -> true), first(parts, Parameter::isWeight), last(parts));
    }

    private static int last(List<Block> parts) {
      int i = parts.size() - 1;
      while (i > 0 && parts.get(i).parameters().stream().noneMatch(Parameter::isWeight)) {
        i--;
      }
      return i;
    }

    private static int first(List<Block> parts, Predicate<Parameter> wanted) {
      return (int) parts.stream().takeWhile(p -> p.parameters().stream().noneMatch(wanted)).count();
    }

    @Override
    public Step step(Tensor input, Mode mode) {
      List<Step> steps = new ArrayList<>(parts.size());
      Tensor x = input;
      for (int i = 0; i < parts.size(); i++) {
        Step step = parts.get(i).step(x, mode.child(i));
        steps.add(step);
        x = step.output();
      }
      return new Pass(input, x, steps, trainable, weighted, last, new Remembered());
    }

    @Override
    public List<Parameter> parameters() {
      return parts.stream().flatMap(p -> p.parameters().stream()).toList();
    }

    @Override
    public boolean endsFrozen() {
      return parts.stream().skip(weighted).anyMatch(Block::endsFrozen);
    }

    /** What follows something bounded is so too, until there are parameters. */
    @Override
    public boolean bounded() {
      for (Block part : parts.reversed()) {
        if (part.bounded() || !part.parameters().isEmpty()) {
          return part.bounded();
        }
      }
      return false;
    }

    @Override
    public List<Parameter> buffers() {
      return parts.stream().flatMap(p -> p.buffers().stream()).toList();
    }

    @Override
    public String describe() {
      return parts.stream().map(Block::describe).collect(Collectors.joining(", "));
    }
  }

  /**
   * A pass through the parts.
   *
   * @param remembered the last signal carried on, behind every part from the end down to the one
   *     with the last weight: whatever stood for weights had no part in it
   */
  private record Pass(
      Tensor input,
      Tensor output,
      List<Step> steps,
      int trainable,
      int weighted,
      int last,
      Remembered remembered)
      implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      List<Step> first = new ArrayList<>(steps.size());
      Tensor x = input;
      for (Step step : steps) {
        Optional<Step> part = step.first(x.size(0), x); // an embedding makes more rows
        if (part.isEmpty()) {
          return part;
        }
        first.add(part.get());
        x = part.get().output();
      }
      return Optional.of(new Pass(input, x, first, trainable, weighted, last, new Remembered()));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      Gradients gradients = Gradients.NONE;
      List<Tensor> known = remembered.of(signal).orElse(List.of());
      Tensor s = signal;
      for (int i = steps.size() - 1; i >= trainable; i--) {
        gradients = steps.get(i).gradients(s).and(gradients);
        if (i > trainable) {
          int next = steps.size() - i;
          s = next < known.size() ? known.get(next) : steps.get(i).carry(s, Parameter::value);
        }
      }
      return gradients;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      List<Tensor> behind = new ArrayList<>();
      Tensor s = signal;
      for (int i = steps.size() - 1; i >= 0; i--) {
        if (i >= last) {
          behind.add(s);
        }
        s = steps.get(i).carry(s, backward);
      }
      remembered.keep(signal, behind);
      return s;
    }

    @Override
    public void settle() {
      steps.forEach(Step::settle);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      Tensor t = tangent;
      for (Step step : steps) {
        t = step.tangent(t);
      }
      return t;
    }

    @Override
    public Tensor local(Tensor signal) {
      Tensor s = signal;
      for (int i = steps.size() - 1; i > weighted; i--) {
        s = steps.get(i).carry(s, Parameter::value);
      }
      return isWeighted() ? steps.get(weighted).local(s) : signal;
    }

    @Override
    public Tensor localTangent(Tensor tangent) {
      Tensor t = tangent;
      for (Step step : steps.subList(0, weighted)) {
        t = step.tangent(t);
      }
      return isWeighted() ? steps.get(weighted).localTangent(t) : t;
    }

    @Override
    public Gradients localGradients(Tensor local) {
      return isWeighted() ? steps.get(weighted).localGradients(local) : Gradients.NONE;
    }

    private boolean isWeighted() {
      return weighted < steps.size();
    }
  }
}
