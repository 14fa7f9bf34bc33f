package org.plumbline.tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;

/**
 * Where tensors are put that are made inside an inner scope but must outlast it: they live until
 * the scope closes that was open when the shelf was made. For room whose size only the first step
 * tells; as long as nothing grows, a step puts nothing here.
 */
public final class Shelf {
  private final PointerScope scope;

  private Shelf(PointerScope scope) {
    this.scope = scope;
  }

  /**
   * A shelf in the open scope.
   *
   * @return to be used by this thread
   */
  public static Shelf here() {
    Scope.require();
    return new Shelf(PointerScope.getInnerScope());
  }

  /**
   * Room for numbers like these.
   *
   * @param like gives shape, precision and device
   * @return room that holds anything, shaped like it
   */
  public Tensor room(Tensor like) {
    try (PointerScope _ = new PointerScope()) {
      org.bytedeco.pytorch.Tensor made = torch.empty_like(like.t);
      scope.attach(made);
      return new Tensor(made);
    }
  }
}
