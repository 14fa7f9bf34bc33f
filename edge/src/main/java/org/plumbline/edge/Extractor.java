package org.plumbline.edge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fixed layers in front of a network, in whole numbers: what the first blocks of a trained network
 * became when they were quantised. An unsigned byte u stands for a number x, one scale and zero a
 * step (min-max):
 *
 * <pre>
 *   x = (u − zero)·scale     w = q·scale_w, q in ±127
 *   u' = zero' + ⌊(Σ (u − zero)·q + bias)·factor / 2^shift + 1/2⌋, clamped to 0…255
 * </pre>
 *
 * <p>with factor / 2^shift = scale·scale_w / scale'. An activation is a table of 256 bytes. Images
 * are {@code [channels, height, width]}.
 */
public final class Extractor {
  private static final int MOST_STEPS = 256;

  private final List<Step> steps;

  /** Something done to all features at once. */
  public sealed interface Step permits Convolution, Table, Pool {
    /**
     * What it takes.
     *
     * @return bytes
     */
    int inputs();

    /**
     * What it gives.
     *
     * @return bytes
     */
    int outputs();

    /**
     * What it stores.
     *
     * @return bytes
     */
    int bytes();

    /**
     * Carries it out.
     *
     * @param in stands in it
     * @param at where it begins
     * @param out is written
     */
    void run(byte[] in, int at, byte[] out);
  }

  /**
   * An image.
   *
   * @param channels at least 1
   * @param height at least 1
   * @param width at least 1
   */
  public record Image(int channels, int height, int width) {
    /** Checks the sizes. */
    public Image {
      Refused.within("the channels of an image", channels, 1, Plan.MOST_UNITS);
      Refused.within("the height of an image", height, 1, Plan.MOST_UNITS);
      Refused.within("the width of an image", width, 1, Plan.MOST_UNITS);
      Refused.within("the bytes of an image", (long) channels * height * width, 1, 1 << 24);
    }

    int size() {
      return channels * height * width;
    }
  }

  /**
   * A window that is moved over an image.
   *
   * @param side of the window
   * @param stride between neighbouring positions
   * @param padding on each side
   */
  public record Window(int side, int stride, int padding) {
    /** Checks the numbers. */
    public Window {
      Refused.within("the side of a window", side, 1, 1 << 12);
      Refused.within("the stride of a window", stride, 1, 1 << 12);
      Refused.within("the padding of a window", padding, 0, side - 1L);
    }

    int positions(int extent) {
      Refused.within(
          "the extent of an image with its padding", extent + 2L * padding, side, 1 << 20);
      return (extent + 2 * padding - side) / stride + 1; // truncating; nothing is negative
    }
  }

  /**
   * How a sum becomes a byte again.
   *
   * @param inputZero the byte that stands for 0 in the input
   * @param factor 1…2³¹−1
   * @param shift 1…62
   * @param outputZero the byte that stands for 0 in the output
   */
  public record Scaling(int inputZero, int factor, int shift, int outputZero) {
    /** Checks the numbers. */
    public Scaling {
      Refused.within("the zero of an input", inputZero, 0, 255);
      Refused.within("the factor of a scaling", factor, 1, Integer.MAX_VALUE);
      Refused.within("the shift of a scaling", shift, 1, 62);
      Refused.within("the zero of an output", outputZero, 0, 255);
    }

    byte scaled(int sum) {
      long rounded = ((long) sum * factor + (1L << (shift - 1))) >> shift; // floor
      return (byte) Math.max(0, Math.min(255, rounded + outputZero));
    }
  }

  /**
   * A convolution; a dense layer is one over an image of 1 × 1.
   *
   * @param image what it takes
   * @param channels what it gives
   * @param window its kernel
   * @param scaling of the sums
   * @param weights {@code [channels, image.channels, side, side]}, in ±127
   * @param biases {@code [channels]}, on the scale of the sums
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Convolution(
      Image image, int channels, Window window, Scaling scaling, byte[] weights, int[] biases)
      implements Step {
    /** Checks the sizes, and that no sum overflows. */
    public Convolution {
      Refused.within("the channels of a convolution", channels, 1, Plan.MOST_UNITS);
      long perOutput = (long) image.channels * window.side * window.side;
      Refused.within("the weights of a convolution", perOutput * channels, 1, 1 << 28);
      if (weights.length != perOutput * channels || biases.length != channels) {
        throw new Refused(
            "a convolution must have "
                + perOutput * channels
                + " weights and "
                + channels
                + " biases, but has "
                + weights.length
                + " and "
                + biases.length);
      }
      for (int bias : biases) {
        long most = perOutput * 255 * 128 + Math.abs((long) bias);
        Refused.within("the largest sum of a convolution", most, 0, Integer.MAX_VALUE);
      }
      Refused.within(
          "the outputs of a convolution",
          (long) channels * window.positions(image.height) * window.positions(image.width),
          1,
          1 << 24);
    }

    @Override
    public int inputs() {
      return image.size();
    }

    @Override
    public int outputs() {
      return channels * window.positions(image.height) * window.positions(image.width);
    }

    @Override
    public int bytes() {
      return weights.length + 4 * biases.length;
    }

    @Override
    public void run(byte[] in, int at, byte[] out) {
      int rows = window.positions(image.height);
      int columns = window.positions(image.width);
      int side = window.side;
      int[] sums = new int[columns];
      int place = 0;
      for (int o = 0; o < channels; o++) {
        for (int r = 0; r < rows; r++) {
          Arrays.fill(sums, biases[o]);
          for (int c = 0; c < image.channels; c++) {
            for (int y = 0; y < side; y++) {
              int row = r * window.stride + y - window.padding;
              if (row >= 0 && row < image.height) {
                int from = at + (c * image.height + row) * image.width;
                add(sums, in, from, ((o * image.channels + c) * side + y) * side);
              }
            }
          }
          for (int k = 0; k < columns; k++) {
            out[place++] = scaling.scaled(sums[k]);
          }
        }
      }
    }

    private void add(int[] sums, byte[] in, int from, int weight) {
      for (int x = 0; x < window.side; x++) {
        int by = weights[weight + x];
        for (int k = 0; k < sums.length; k++) {
          int column = k * window.stride + x - window.padding;
          if (column >= 0 && column < image.width) {
            sums[k] += by * ((in[from + column] & 0xFF) - scaling.inputZero);
          }
        }
      }
    }
  }

  /**
   * An activation.
   *
   * @param inputs how many
   * @param values what each of 256 bytes becomes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Table(int inputs, byte[] values) implements Step {
    /** Checks the sizes. */
    public Table {
      Refused.within("the inputs of a table", inputs, 1, 1 << 24);
      Refused.within("the bytes of a table", values.length, 256, 256);
    }

    @Override
    public int outputs() {
      return inputs;
    }

    @Override
    public int bytes() {
      return values.length;
    }

    @Override
    public void run(byte[] in, int at, byte[] out) {
      for (int i = 0; i < inputs; i++) {
        out[i] = values[in[at + i] & 0xFF];
      }
    }
  }

  /** What becomes of the bytes under a window. */
  public enum Pooling {
    /** The largest. */
    MAX,
    /** Their sum by their number, truncating. */
    AVERAGE
  }

  /**
   * Pooling of each channel. What lies outside the image is left out.
   *
   * @param pooling how
   * @param image what it takes
   * @param window of which bytes
   */
  public record Pool(Pooling pooling, Image image, Window window) implements Step {
    /** Checks the sizes. */
    public Pool {
      window.positions(image.height);
      window.positions(image.width);
    }

    @Override
    public int inputs() {
      return image.size();
    }

    @Override
    public int outputs() {
      return image.channels * window.positions(image.height) * window.positions(image.width);
    }

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void run(byte[] in, int at, byte[] out) {
      int place = 0;
      for (int c = 0; c < image.channels; c++) {
        for (int r = 0; r < window.positions(image.height); r++) {
          for (int k = 0; k < window.positions(image.width); k++) {
            out[place++] = under(in, at + c * image.height * image.width, r, k);
          }
        }
      }
    }

    private byte under(byte[] in, int at, int row, int column) {
      int top = row * window.stride - window.padding;
      int left = column * window.stride - window.padding;
      int most = 0;
      int sum = 0;
      int count = 0;
      for (int y = Math.max(0, top); y < Math.min(image.height, top + window.side); y++) {
        for (int x = Math.max(0, left); x < Math.min(image.width, left + window.side); x++) {
          int value = in[at + y * image.width + x] & 0xFF;
          most = Math.max(most, value);
          sum += value;
          count++;
        }
      }
      return (byte) (pooling == Pooling.MAX ? most : sum / Math.max(1, count)); // truncating
    }
  }

  /**
   * Steps, one after the other.
   *
   * @param steps each takes what the one before it gives
   */
  public Extractor(List<Step> steps) {
    this.steps = List.copyOf(steps);
    Refused.within("the steps of an extractor", steps.size(), 1, MOST_STEPS);
    for (int i = 1; i < steps.size(); i++) {
      if (steps.get(i).inputs() != steps.get(i - 1).outputs()) {
        throw new Refused(
            "step "
                + (i + 1)
                + " of an extractor must take the "
                + steps.get(i - 1).outputs()
                + " bytes of the one before it, but takes "
                + steps.get(i).inputs());
      }
    }
  }

  /**
   * What it is made of.
   *
   * @return in the order in which they are carried out
   */
  public List<Step> steps() {
    return steps;
  }

  /**
   * What it takes.
   *
   * @return bytes of a row
   */
  public int inputs() {
    return steps.get(0).inputs();
  }

  /**
   * What it gives.
   *
   * @return features of a row
   */
  public int outputs() {
    return steps.get(steps.size() - 1).outputs();
  }

  /**
   * What it stores.
   *
   * @return bytes of weights and tables
   */
  public long bytes() {
    long sum = 0;
    for (Step step : steps) {
      sum += step.bytes();
    }
    return sum;
  }

  /**
   * The most that two neighbouring steps give, together: its working memory.
   *
   * @return bytes
   */
  public long workingBytes() {
    long most = steps.get(0).outputs();
    for (int i = 1; i < steps.size(); i++) {
      most = Math.max(most, (long) steps.get(i - 1).outputs() + steps.get(i).outputs());
    }
    return most;
  }

  /**
   * The features of a row.
   *
   * @param in the row stands in it
   * @param at where it begins
   * @return a new array
   */
  public byte[] features(byte[] in, int at) {
    byte[] now = in;
    int from = at;
    for (Step step : steps) {
      byte[] next = new byte[step.outputs()];
      step.run(now, from, next);
      now = next;
      from = 0;
    }
    return now;
  }

  /**
   * The features of all rows.
   *
   * @param samples rows of {@link #inputs} bytes
   * @param crew does the work
   * @return as many rows with the same labels
   */
  public Samples features(Samples samples, Crew crew) {
    if (samples.width() != inputs()) {
      throw new Refused(
          "rows must have the extractor's " + inputs() + " inputs, but have " + samples.width());
    }
    byte[] features = new byte[Math.multiplyExact(samples.size(), outputs())];
    crew.each(
        crew.threads(),
        part -> {
          int to = Crew.from(samples.size(), part + 1, crew.threads());
          for (int row = Crew.from(samples.size(), part, crew.threads()); row < to; row++) {
            byte[] one = features(samples.inputs(), row * inputs());
            System.arraycopy(one, 0, features, row * outputs(), outputs());
          }
        });
    return samples.with(features, outputs());
  }

  void write(Bytes.Out out) {
    out.u16(steps.size());
    for (Step step : steps) {
      if (step instanceof Convolution c) {
        out.u8(1);
        image(out, c.image);
        out.i32(c.channels);
        window(out, c.window);
        out.u8(c.scaling.inputZero);
        out.i32(c.scaling.factor);
        out.u8(c.scaling.shift);
        out.u8(c.scaling.outputZero);
        out.bytes(c.weights);
        for (int bias : c.biases) {
          out.i32(bias);
        }
      } else if (step instanceof Table table) {
        out.u8(2);
        out.i32(table.inputs);
        out.bytes(table.values);
      } else if (step instanceof Pool pool) {
        out.u8(3);
        out.u8(pool.pooling == Pooling.MAX ? 0 : 1);
        image(out, pool.image);
        window(out, pool.window);
      }
    }
  }

  private static void image(Bytes.Out out, Image image) {
    out.i32(image.channels);
    out.i32(image.height);
    out.i32(image.width);
  }

  private static void window(Bytes.Out out, Window window) {
    out.i32(window.side);
    out.i32(window.stride);
    out.i32(window.padding);
  }

  static Extractor read(Bytes.In in) {
    int count = in.u16();
    Refused.within("the steps of an extractor", count, 1, MOST_STEPS);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int kind = in.u8();
      switch (kind) {
        case 1 -> {
          Image image = new Image(in.i32(), in.i32(), in.i32());
          int channels = in.i32();
          Refused.within("the channels of a convolution", channels, 1, Plan.MOST_UNITS);
          Window window = new Window(in.i32(), in.i32(), in.i32());
          Scaling scaling = new Scaling(in.u8(), in.i32(), in.u8(), in.u8());
          long weights = (long) image.channels * window.side * window.side * channels;
          byte[] weight = in.bytes(weights);
          in.need(4L * channels);
          int[] biases = new int[channels];
          for (int c = 0; c < channels; c++) {
            biases[c] = in.i32();
          }
          steps.add(new Convolution(image, channels, window, scaling, weight, biases));
        }
        case 2 -> steps.add(new Table(in.i32(), in.bytes(256)));
        case 3 -> {
          int pooling = in.u8();
          Refused.within("the kind of a pooling", pooling, 0, 1);
          Image image = new Image(in.i32(), in.i32(), in.i32());
          Window window = new Window(in.i32(), in.i32(), in.i32());
          steps.add(new Pool(pooling == 0 ? Pooling.MAX : Pooling.AVERAGE, image, window));
        }
        default -> throw new Refused("a step of an extractor must be 1, 2 or 3, but is " + kind);
      }
    }
    return new Extractor(steps);
  }
}
