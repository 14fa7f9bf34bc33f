package org.plumbline.nn;

import java.util.List;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;

/** A piece of an architecture: a value that becomes a live block on an input of known shape. */
public interface Layer {
  /**
   * What a layer needs to become live.
   *
   * @param initialiser draws the weights
   * @param seed of this layer
   * @param precision of parameters and activations, never BF16
   * @param device where they live
   * @param products the precision of the operands of great products: as the others, or BF16
   */
  record Birth(
      Initialiser initialiser, Seed seed, Precision precision, Device device, Precision products) {
    /**
     * All in one precision; BF16 means the products and keeps all else in FP32.
     *
     * @param initialiser draws the weights
     * @param seed of this layer
     * @param precision of parameters, activations and products
     * @param device where they live
     */
    public Birth(Initialiser initialiser, Seed seed, Precision precision, Device device) {
      this(initialiser, seed, precision.kept(), device, precision);
    }

    /**
     * The usual: weights uniform in ±1/√fan_in, FP32, on the CPU.
     *
     * @param seed of the weights
     * @return a birth
     */
    public static Birth of(Seed seed) {
      return new Birth(new Initialiser.Uniform(), seed, Precision.FP32, Device.CPU);
    }

    /**
     * The same for one layer of a list.
     *
     * @param index of the layer
     * @return with a seed of its own
     */
    public Birth child(long index) {
      return with(seed.child(index));
    }

    /**
     * The same with another seed.
     *
     * @param other in place of this seed
     * @return all else alike
     */
    public Birth with(Seed other) {
      return new Birth(initialiser, other, precision, device, products);
    }
  }

  /**
   * The shape that this layer makes of a shape.
   *
   * @param input of one row: {@code [features]} or {@code [channels, height, width]}
   * @return of one row
   * @throws org.plumbline.value.BadInput if the layer cannot take the input
   */
  Shape output(Shape input);

  /**
   * How many rows this layer makes of rows: of a sequence one a token, of tokens one a sequence.
   *
   * @param rows that come in
   * @param input the shape of one of them
   * @return as many, by default
   */
  default long rows(long rows, Shape input) {
    return rows;
  }

  /**
   * The layers that this one is made of.
   *
   * @return from the input to the output; none by default
   */
  default List<Layer> inner() {
    return List.of();
  }

  /**
   * Makes the live block.
   *
   * @param input the shape of one row
   * @param birth initial weights, seed, precision, device
   * @return a block whose parameters are its own
   */
  Block attach(Shape input, Birth birth);
}
