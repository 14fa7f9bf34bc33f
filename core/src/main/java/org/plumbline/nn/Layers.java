package org.plumbline.nn;

import org.plumbline.value.Catalogue;

/** The layers by name. To add one, add a line. */
public final class Layers {
  /** The activations. */
  public static final Catalogue<Activation> ACTIVATIONS =
      new Catalogue<Activation>("activation")
          .with("tanh", Activation.Tanh.class)
          .with("relu", Activation.Relu.class)
          .with("leaky-relu", Activation.LeakyRelu.class)
          .with("sigmoid", Activation.Sigmoid.class)
          .with("gelu", Activation.Gelu.class)
          .with("softplus", Activation.Softplus.class)
          .with("identity", Activation.Identity.class);

  /**
   * Every layer that a configuration can name. {@code sequential} and {@code residual} hold layers
   * and are read by the configuration.
   */
  public static final Catalogue<Layer> ALL =
      new Catalogue<Layer>("layer")
          .with("dense", Dense.class)
          .with("masked-dense", MaskedDense.class)
          .with("conv2d", Conv2d.class)
          .with("max-pool", Pool2d.Max.class)
          .with("average-pool", Pool2d.Average.class)
          .with("global-pool", GlobalPool.class)
          .with("widen", Widen.class)
          .with("batch-norm", BatchNorm.class)
          .with("group-norm", GroupNorm.class)
          .with("layer-norm", LayerNorm.class)
          .with("embedding", Embedding.class)
          .with("attention", Attention.class)
          .with("token-mean", TokenMean.class)
          .with("dropout", Dropout.class)
          .with("flatten", Flatten.class)
          .withAll(ACTIVATIONS);

  private Layers() {}
}
