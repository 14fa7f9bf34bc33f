package org.plumbline.nn;

import java.util.List;
import org.plumbline.tensor.Tensor;

/** A block with something around another one, whose weights are all that it has. */
interface Around extends Block {
  /** The one inside. */
  Block body();

  @Override
  default List<Parameter> parameters() {
    return body().parameters();
  }

  @Override
  default List<Parameter> buffers() {
    return body().buffers();
  }

  /** A pass that is one through the block inside and something around it. */
  interface Through extends Step {
    /** The one inside. */
    Step inside();

    @Override
    default void settle() {
      inside().settle();
    }

    @Override
    default Tensor localTangent(Tensor tangent) {
      return inside().localTangent(tangent);
    }

    @Override
    default Gradients localGradients(Tensor local) {
      return inside().localGradients(local);
    }
  }
}
