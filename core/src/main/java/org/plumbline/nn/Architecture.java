package org.plumbline.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.plumbline.tensor.Attention.Seen;
import org.plumbline.tensor.Shape;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;

/**
 * A network that papers name: its layers, for data of any fitting shape. To add one, add a record
 * and a line. A layer without a weight belongs to the block before it, so that each convolution is
 * one block with its normalisation, activation and pool.
 */
public interface Architecture {
  /** The architectures by name. */
  Catalogue<Architecture> ALL =
      new Catalogue<Architecture>("architecture")
          .with("lenet", Lenet.class)
          .with("launay-cnn", LaunayCnn.class)
          .with("nokland-conv", NoklandConv.class)
          .with("dkp-cnn", DkpCnn.class)
          .with("vgg8b", Vgg8b.class)
          .with("resnet20", Resnet20.class)
          .with("transformer-small", TransformerSmall.class);

  /**
   * The layers.
   *
   * @param input the shape of one row, {@code [channels, height, width]} or {@code [context]}
   * @param classes the number of outputs
   * @return from the input to the output
   * @throws BadInput if the architecture cannot take the input
   */
  List<Layer> layers(Shape input, int classes);

  private static void requireImages(String name, Shape input) {
    if (input.rank() != 3) {
      throw new BadInput(
          "architecture %s takes images [channels, height, width], but a row of the data is %s; use --arch mlp"
              .formatted(name, input));
    }
  }

  private static Activation activation(String name) {
    return Layers.ACTIVATIONS.parse(name);
  }

  /** A convolution that a normalisation follows, which makes a bias idle. */
  private static Conv2d normalised(long channels, int kernel, int stride, int padding) {
    return new Conv2d(channels, kernel, stride, padding, 1, Dense.Bias.WITHOUT);
  }

  /**
   * LeNet-5: two convolutions 5x5 with pools, dense 120 and 84. Images of less than 32 pixels are
   * padded by 2 in the first.
   *
   * <p>LeCun, Bottou, Bengio, Haffner 1998, with max-pools without weights.
   *
   * @param activation of the hidden layers
   */
  @About("LeNet-5: conv 5x5x6, 5x5x16, dense 120, 84; LeCun et al. 1998")
  record Lenet(@About("of the hidden layers") String activation) implements Architecture {
    /**
     * Checks the name.
     *
     * @param activation of the hidden layers
     */
    public Lenet {
      Architecture.activation(activation);
    }

    /** With tanh. */
    public Lenet() {
      this("tanh");
    }

    @Override
    public List<Layer> layers(Shape input, int classes) {
      requireImages("lenet", input);
      Activation phi = Architecture.activation(activation);
      return List.of(
          new Conv2d(6, 5, 1, input.axis(1) < 32 ? 2 : 0),
          phi,
          new Pool2d.Max(),
          new Conv2d(16, 5, 1, 0),
          phi,
          new Pool2d.Max(),
          new Flatten(),
          new Dense(120),
          phi,
          new Dense(84),
          phi,
          new Dense(classes));
    }
  }

  /**
   * The convolutional network of principled direct feedback: three convolutions 5x5 with pools of 3
   * by 2, dense 128.
   *
   * <p>Launay, Poli, Krzakala 2019, <a
   * href="https://arxiv.org/abs/1906.04554">arXiv:1906.04554</a>.
   *
   * @param activation of the hidden layers
   */
  @About("conv 5x5x32, 5x5x64, 5x5x64, pools 3/2, dense 128; Launay et al. 2019")
  record LaunayCnn(@About("of the hidden layers") String activation) implements Architecture {
    /**
     * Checks the name.
     *
     * @param activation of the hidden layers
     */
    public LaunayCnn {
      Architecture.activation(activation);
    }

    /** With tanh. */
    public LaunayCnn() {
      this("tanh");
    }

    @Override
    public List<Layer> layers(Shape input, int classes) {
      requireImages("launay-cnn", input);
      Activation phi = Architecture.activation(activation);
      List<Layer> layers = new ArrayList<>();
      for (long channels : new long[] {32, 64, 64}) {
        layers.addAll(List.of(new Conv2d(channels, 5, 1, 2), phi, new Pool2d.Max(3, 2, 0)));
      }
      layers.addAll(List.of(new Flatten(), new Dense(128), phi, new Dense(classes)));
      return layers;
    }
  }

  /**
   * The convolutional network of the first paper on direct feedback: three wide convolutions 5x5
   * with pools of 3 by 2, dense 2048 twice.
   *
   * <p>Nøkland 2016, <a href="https://arxiv.org/abs/1609.01596">arXiv:1609.01596</a>.
   *
   * @param activation of the hidden layers
   * @param dropout behind the dense layers
   */
  @About("conv 5x5x96, 5x5x128, 5x5x256, pools 3/2, dense 2048, 2048; Nøkland 2016")
  record NoklandConv(
      @About("of the hidden layers") String activation,
      @About("behind the dense layers") double dropout)
      implements Architecture {
    /**
     * Checks the values.
     *
     * @param activation of the hidden layers
     * @param dropout in [0, 1)
     */
    public NoklandConv {
      Architecture.activation(activation);
      Check.fraction("dropout", dropout);
    }

    /** With tanh, without dropout. */
    public NoklandConv() {
      this("tanh", 0);
    }

    @Override
    public List<Layer> layers(Shape input, int classes) {
      requireImages("nokland-conv", input);
      Activation phi = Architecture.activation(activation);
      List<Layer> layers = new ArrayList<>();
      for (long channels : new long[] {96, 128, 256}) {
        layers.addAll(List.of(new Conv2d(channels, 5, 1, 2), phi, new Pool2d.Max(3, 2, 0)));
      }
      layers.add(new Flatten());
      for (int i = 0; i < 2; i++) {
        layers.addAll(List.of(new Dense(2048), phi));
        if (dropout > 0) {
          layers.add(new Dropout(dropout));
        }
      }
      layers.add(new Dense(classes));
      return layers;
    }
  }

  /**
   * The small network of direct Kolen-Pollack: two convolutions 3x3 with batch normalisation, one
   * pool, dense 128.
   *
   * <p>Webster, Choi, Ahn 2021, code webstah/dkp-gist, whose feedback enters before the pool; ours
   * enters behind it unless asked to.
   *
   * @param feedback where the signal of the second convolution enters
   */
  @About("conv 3x3x32 twice with batch-norm and relu, a pool, dense 128; Webster et al. 2021")
  record DkpCnn(@About("of the second convolution: after-pool, before-pool") Entry feedback)
      implements Architecture {
    /** Where the signal of a convolution with a pool enters. */
    public enum Entry {
      /** At the end of the block. */
      AFTER_POOL,
      /** Before the pool, which then belongs to the dense block behind it. */
      BEFORE_POOL
    }

    /** After the pool. */
    public DkpCnn() {
      this(Entry.AFTER_POOL);
    }

    @Override
    public List<Layer> layers(Shape input, int classes) {
      requireImages("dkp-cnn", input);
      Activation relu = new Activation.Relu();
      List<Layer> layers =
          new ArrayList<>(
              List.of(
                  normalised(32, 3, 1, 0),
                  new BatchNorm(),
                  relu,
                  normalised(32, 3, 1, 0),
                  new BatchNorm(),
                  relu));
      List<Layer> head = List.of(new Pool2d.Max(), new Flatten(), new Dense(128));
      layers.addAll(feedback == Entry.AFTER_POOL ? head : List.of(new Sequential(head)));
      layers.addAll(List.of(relu, new Dense(classes)));
      return layers;
    }
  }

  /**
   * The VGG-like network of local errors: six convolutions 3x3 with batch normalisation, four
   * pools, dense 1024.
   *
   * <p>Nøkland, Eidnes 2019, <a href="https://arxiv.org/abs/1901.06656">arXiv:1901.06656</a>. Pools
   * that an image is too small for are left out.
   *
   * @param activation of the hidden layers
   * @param dropout behind the hidden layers
   * @param width multiplies the channels and the dense width
   */
  @About("six conv 3x3 of 128 to 512 channels, four pools, dense 1024; Nøkland, Eidnes 2019")
  record Vgg8b(
      @About("of the hidden layers") String activation,
      @About("behind the hidden layers") double dropout,
      @About("multiplies all widths") double width)
      implements Architecture {
    private static final long[] CHANNELS = {128, 256, 256, 512, 512, 512};
    private static final boolean[] POOLED = {false, true, false, true, true, true};
    private static final int DENSE = 1024;

    /**
     * Checks the values.
     *
     * @param activation of the hidden layers
     * @param dropout in [0, 1)
     * @param width above 0
     */
    public Vgg8b {
      Architecture.activation(activation);
      Check.fraction("dropout", dropout);
      Check.positive("width", width);
    }

    /** With leaky ReLU of slope 0.01, without dropout, of full width. */
    public Vgg8b() {
      this("leaky-relu", 0, 1);
    }

    @Override
    public List<Layer> layers(Shape input, int classes) {
      requireImages("vgg8b", input);
      List<Layer> layers = new ArrayList<>();
      long side = Math.min(input.axis(1), input.axis(2));
      for (int i = 0; i < CHANNELS.length; i++) {
        layers.add(normalised(scaled(CHANNELS[i]), 3, 1, 1));
        close(layers);
        if (POOLED[i] && side >= 2) {
          layers.add(new Pool2d.Max());
          side /= 2;
        }
      }
      layers.addAll(List.of(new Flatten(), new Dense(scaled(DENSE), Dense.Bias.WITHOUT)));
      close(layers);
      layers.add(new Dense(classes));
      return layers;
    }

    private long scaled(long channels) {
      return Math.max(1, Math.round(width * channels));
    }

    private void close(List<Layer> layers) {
      layers.addAll(List.of(new BatchNorm(), Architecture.activation(activation)));
      if (dropout > 0) {
        layers.add(new Dropout(dropout));
      }
    }
  }

  /**
   * The residual network of 20 layers for small images: a convolution, three stages of three
   * residual blocks, a global pool. Each residual block is one block of credit.
   *
   * <p>He, Zhang, Ren, Sun 2016, <a href="https://arxiv.org/abs/1512.03385">arXiv:1512.03385</a>,
   * with their shortcuts without weights (option A).
   *
   * @param channels of the first stage; the others have twice and four times as many
   */
  @About("conv 3x3x16, three stages of three residual blocks, global pool; He et al. 2016")
  record Resnet20(@About("of the first stage") long channels) implements Architecture {
    private static final int STAGES = 3;
    private static final int BLOCKS = 3;

    /**
     * Checks the number.
     *
     * @param channels at least 1
     */
    public Resnet20 {
      Check.atLeast("channels", 1, channels);
    }

    /** 16 channels in the first stage. */
    public Resnet20() {
      this(16);
    }

    @Override
    public List<Layer> layers(Shape input, int classes) {
      requireImages("resnet20", input);
      Activation relu = new Activation.Relu();
      List<Layer> layers =
          new ArrayList<>(List.of(normalised(channels, 3, 1, 1), new BatchNorm(), relu));
      for (int stage = 0; stage < STAGES; stage++) {
        for (int block = 0; block < BLOCKS; block++) {
          layers.add(residual(channels << stage, stage > 0 && block == 0));
          layers.add(relu);
        }
      }
      layers.addAll(List.of(new GlobalPool(), new Dense(classes)));
      return layers;
    }

    private static Layer residual(long channels, boolean down) {
      return new Residual(
          List.of(
              normalised(channels, 3, down ? 2 : 1, 1),
              new BatchNorm(),
              new Activation.Relu(),
              normalised(channels, 3, 1, 1),
              new BatchNorm()),
          down ? List.of(new Pool2d.Average(1, 2, 0), new Widen(channels)) : List.of());
    }
  }

  /**
   * A small Transformer: an embedding with learned places, encoder layers of attention and a
   * feed-forward part of four times the width, and a dense output on every token, or on the mean of
   * a sentence's.
   *
   * <pre>
   *   u = h + attention(norm(h))        y = u + W_2 φ(W_1 norm(u))        in every encoder layer
   *   norm=after: u = norm(h + attention(h))      y = norm(u + W_2 φ(W_1 u))
   *   feedback=macro: one block a layer, told at y
   *   feedback=micro: three: told at u; at [φ(W_1 norm(u)) | u]; at y
   * </pre>
   *
   * <p>Launay, Poli, Boniface, Krzakala 2020, <a
   * href="https://arxiv.org/abs/2006.12878">arXiv:2006.12878</a>, name the two granularities. Under
   * micro feedback the residual stream u is handed on beside the hidden units of the feed-forward
   * part ({@link Beside}) and added behind it ({@link Summing}), so that no block's derivative
   * crosses a point where a signal enters.
   *
   * @param layers encoder layers
   * @param width of a token
   * @param heads of attention
   * @param feedback where signals enter
   * @param norm before each part of a layer and the output, or after each part
   * @param task what is answered
   * @param vocabulary how many tokens there are; 0 for as many as outputs, where the next one is
   *     answered
   * @param activation of the feed-forward parts
   */
  @About("embedding, encoder layers of attention and feed-forward, output; macro or micro feedback")
  record TransformerSmall(
      @About("encoder layers") int layers,
      @About("numbers a token") long width,
      @About("of attention") long heads,
      @About("macro: one point a layer; micro: three") Granularity feedback,
      @About("where normalisation stands: before each part of a layer, or after") Place norm,
      @About("next: the token behind each; sentence: one class a sentence") Task task,
      @About("tokens there are; 0: as many as outputs") long vocabulary,
      @About("of the feed-forward parts") String activation)
      implements Architecture {
    private static final int FEED_FORWARD = 4;

    /** Where signals enter. */
    public enum Granularity {
      /** Behind each encoder layer. */
      MACRO,
      /** Behind attention, inside the feed-forward part and behind it. */
      MICRO
    }

    /** Where normalisation stands. */
    public enum Place {
      /**
       * Before attention, before the feed-forward part and before the output. The residual stream
       * grows freely, and under direct feedback, which does not hear how long it is, without end.
       */
      BEFORE,
      /** Behind each sum, as in Vaswani et al. 2017: every part of a layer ends with it. */
      AFTER
    }

    /** What is answered. */
    public enum Task {
      /** For every token the next one; a token sees those before it. */
      NEXT,
      /** One class for all of the sentence; a token sees all others but for padding. */
      SENTENCE
    }

    /**
     * Checks the numbers.
     *
     * @param layers at least 1
     * @param width at least 2, a multiple of the heads
     * @param heads at least 1
     * @param feedback macro or micro
     * @param norm before or after
     * @param task next or sentence
     * @param vocabulary at least 0
     * @param activation of the feed-forward parts
     */
    public TransformerSmall {
      Check.atLeast("layers", 1, layers);
      Check.atLeast("width", 2, width);
      Check.atLeast("heads", 1, heads);
      Check.atLeast("vocabulary", 0, vocabulary);
      Architecture.activation(activation);
      if (width % heads != 0) {
        throw new BadInput(
            "heads must divide the width %d of transformer-small, but are %d"
                .formatted(width, heads));
      }
    }

    /** Four layers of width 128 with four heads, macro feedback, answering the next token. */
    public TransformerSmall() {
      this(4, 128, 4, Granularity.MACRO, Place.AFTER, Task.NEXT, 0, "gelu");
    }

    @Override
    public List<Layer> layers(Shape input, int classes) {
      if (input.rank() != 1) {
        throw new BadInput(
            "architecture transformer-small takes text, rows of tokens [context], but a row of the data is %s; use --data characters"
                .formatted(input));
      }
      long context = input.axis(0);
      boolean sentence = task == Task.SENTENCE;
      List<Layer> all = new ArrayList<>();
      all.add(
          new Embedding(
              vocabulary == 0 ? Math.max(2, classes) : vocabulary,
              width,
              sentence ? Embedding.Padding.WITH : Embedding.Padding.WITHOUT));
      for (int i = 0; i < layers; i++) {
        for (List<Layer> block : blocks(context)) {
          all.add(sentence ? new Padded(block) : new Sequential(block));
        }
      }
      List<Layer> head = new ArrayList<>();
      if (sentence) {
        head.add(new TokenMean(context));
      }
      head.addAll(normalisedFirst(List.of(new Dense(classes))));
      all.add(new Sequential(head));
      return all;
    }

    /** What each block of one encoder layer is made of. */
    private List<List<Layer>> blocks(long context) {
      Layer phi = Architecture.activation(activation);
      Layer attention = new Attention(heads, context, task == Task.NEXT ? Seen.EARLIER : Seen.ALL);
      List<Layer> hidden = normalisedFirst(List.of(new Dense(FEED_FORWARD * width), phi));
      List<Layer> out = List.of(new Dense(width));
      List<Layer> attending = normalisedLast(new Residual(normalisedFirst(List.of(attention))));
      if (feedback == Granularity.MICRO) {
        return List.of(attending, List.of(new Beside(hidden)), normalisedLast(new Summing(out)));
      }
      List<Layer> feeding =
          normalisedLast(new Residual(Stream.concat(hidden.stream(), out.stream()).toList()));
      return List.of(Stream.concat(attending.stream(), feeding.stream()).toList());
    }

    private List<Layer> normalisedFirst(List<Layer> part) {
      return norm == Place.BEFORE
          ? Stream.concat(Stream.of(new LayerNorm()), part.stream()).toList()
          : part;
    }

    private List<Layer> normalisedLast(Layer part) {
      return norm == Place.AFTER ? List.of(part, new LayerNorm()) : List.of(part);
    }
  }
}
