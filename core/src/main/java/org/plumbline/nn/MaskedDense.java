package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * A dense layer whose backward pass is narrow: the forward pass is that of a dense layer, but a
 * fixed random mask of units multiplies the signal, and with it the gradients of weight, bias and
 * input.
 *
 * <pre>
 *   a = h Wᵀ + b        gW = (m ⊙ δ)ᵀ h      gb = column sums of m ⊙ δ      carried: (m ⊙ δ) W
 * </pre>
 *
 * <p>The bottleneck of Launay, Poli, Krzakala 2019, <a
 * href="https://arxiv.org/abs/1906.04554">arXiv:1906.04554</a>. With {@code mask=units} exactly
 * {@code keep · width} units are kept, rounded and at least one, chosen fairly by the layer's seed,
 * so that one unit is one unit. The authors' code does something else, {@code mask=entries}: a hook
 * multiplies the gradients of bias, input and weight, each number by itself, with fixed masks of
 * their own shapes in which each entry is 1 with probability {@code keep}.
 *
 * <pre>
 *   gW = M ⊙ δᵀ h      gb = column sums of M′ ⊙ δ      carried: M″ ⊙ (δ W)
 *   M [width, in]      M′ [batch, width]               M″ [batch, in], by the place of a row in its batch
 * </pre>
 *
 * <p>Then every unit learns, by a few of its weights. Its gradients are by design <em>not</em>
 * those of its forward pass unless {@code keep} is 1; then it is a dense layer, bit for bit.
 * Back-propagation through it, the yardstick of alignment too, goes through the mask.
 *
 * @param width the number of units
 * @param keep the share of what is masked that the backward pass knows, in (0, 1]
 * @param mask what is masked
 */
@About("a dense layer whose backward pass knows a part of it only: the bottleneck experiment")
public record MaskedDense(
    @About("number of units") long width,
    @About("share that learns, in (0, 1]") double keep,
    @About("units, or entries of the gradients, as the authors' code") Of mask)
    implements Layer {
  /** What is masked. */
  public enum Of {
    /** Units, with all that belongs to them. */
    UNITS,
    /** The numbers of each gradient, each by itself. */
    ENTRIES
  }

  /**
   * Checks the numbers.
   *
   * @param width at least 1
   * @param keep in (0, 1]
   * @param mask what is masked
   */
  public MaskedDense {
    Check.atLeast("width of a masked-dense layer", 1, width);
    Check.positive("keep", keep);
    if (keep > 1) {
      throw new BadInput("keep must be at most 1, but is " + keep);
    }
  }

  /** 128 units, all known. */
  public MaskedDense() {
    this(128, 1);
  }

  /**
   * A mask of units.
   *
   * @param width at least 1
   * @param keep in (0, 1]
   */
  public MaskedDense(long width, double keep) {
    this(width, keep, Of.UNITS);
  }

  @Override
  public Shape output(Shape input) {
    return new Dense(width).output(input);
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    Block dense = new Dense(width).attach(input, birth);
    if (keep == 1) {
      return dense;
    }
    if (mask == Of.ENTRIES) {
      Seed seed = birth.seed().child("mask");
      Parameter weight = dense.parameters().getFirst();
      Masks masks = new Masks(seed, 1 - keep);
      return new Scattered(dense, weight, masks.like(weight.value(), "weight"), masks);
    }
    int kept = Math.toIntExact(Math.max(1, Math.round(keep * width)));
    return new Live(dense, mask(birth, kept), kept);
  }

  /** {@code [1, width]}: 1 for the units that the backward pass knows. */
  private Tensor mask(Birth birth, int kept) {
    Seed seed = birth.seed().child("mask");
    int units = Math.toIntExact(width);
    int[] order = seed.permutation(units);
    double[] mask = new double[units];
    for (int i = 0; i < kept; i++) {
      mask[order[i]] = 1;
    }
    return Tensor.of(mask, 1, units).to(birth.precision()).to(birth.device());
  }

  private record Live(Block body, Tensor mask, int kept) implements Around {
    @Override
    public Step step(Tensor input, Mode mode) {
      return new Pass(body.step(input, mode), mask);
    }

    @Override
    public String describe() {
      return "%s, %d learn".formatted(body.describe(), kept);
    }
  }

  private record Pass(Step inside, Tensor mask) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return inside.first(rows, input).map(step -> new Pass(step, mask));
    }

    @Override
    public Tensor input() {
      return inside.input();
    }

    @Override
    public Tensor output() {
      return inside.output();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return inside.gradients(signal.times(mask));
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return inside.carry(signal.times(mask), backward);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return inside.tangent(tangent);
    }

    @Override
    public Tensor localTangent(Tensor tangent) {
      return inside.localTangent(tangent);
    }

    @Override
    public Tensor local(Tensor signal) {
      return signal.times(mask);
    }
  }

  /**
   * Masks of 0 and 1, functions of the layer's seed, so that those of rows are the same each step.
   */
  private record Masks(Seed seed, double dropped) {
    Tensor like(Tensor shaped, String name) {
      return seed.child(name)
          .mask(dropped, shaped.shape().toArray())
          .sign()
          .to(shaped.precision())
          .to(shaped.device());
    }
  }

  private record Scattered(Block body, Parameter weight, Tensor ofWeight, Masks masks)
      implements Around {
    @Override
    public Step step(Tensor input, Mode mode) {
      return new ScatteredPass(this, body.step(input, mode));
    }

    @Override
    public String describe() {
      return "%s, %.3g %% of its entries learn"
          .formatted(body.describe(), 100 * (1 - masks.dropped));
    }
  }

  private record ScatteredPass(Scattered block, Step inside) implements Step {
    @Override
    public Tensor input() {
      return inside.input();
    }

    @Override
    public Tensor output() {
      return inside.output();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      Gradients ofWeight =
          new Gradients(
              inside.gradients(signal).entries().stream()
                  .filter(entry -> entry.parameter().equals(block.weight))
                  .map(entry ->
                      new Gradients.Entry(
                          block.weight,
                          new Gradient.Whole(entry.gradient().value().times(block.ofWeight))))
                  .toList());
      Tensor told = signal.times(block.masks.like(signal, "bias"));
      return ofWeight.and(
          new Gradients(
              inside.gradients(told).entries().stream()
                  .filter(entry -> !entry.parameter().equals(block.weight))
                  .toList()));
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      Tensor carried = inside.carry(signal, backward);
      return carried.times(block.masks.like(carried, "input"));
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return inside.tangent(tangent);
    }

    @Override
    public Tensor localTangent(Tensor tangent) {
      return inside.localTangent(tangent);
    }
  }
}
