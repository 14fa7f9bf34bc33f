package org.plumbline.cli;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.plumbline.data.Dataset;
import org.plumbline.edge.Extractor;
import org.plumbline.edge.Extractor.Convolution;
import org.plumbline.edge.Extractor.Image;
import org.plumbline.edge.Extractor.Pool;
import org.plumbline.edge.Extractor.Pooling;
import org.plumbline.edge.Extractor.Scaling;
import org.plumbline.edge.Extractor.Table;
import org.plumbline.edge.Extractor.Window;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Affine;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Dropout;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Pool2d;
import org.plumbline.nn.Sequential;
import org.plumbline.run.DType;
import org.plumbline.run.Entry;
import org.plumbline.tensor.Shape;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import org.plumbline.train.TrainedModel;
import org.plumbline.value.BadInput;

/**
 * Min-max quantisation of the first blocks of a network, after training. Batch normalisation behind
 * a layer becomes part of its weights. Weights are symmetric in ±127 by their largest magnitude;
 * outputs have the range that they take on some training rows, 0 included. The layers are carried
 * out on these rows in double precision.
 *
 * @param extractor the integers
 * @param blocks how many blocks it is
 * @param relativeError root mean square of the difference from the network's own features, by that
 *     of these
 */
record Quantisation(Extractor extractor, int blocks, double relativeError) {
  /** x = (u − zero) · scale. */
  private record Scale(double scale, int zero) {
    static Scale of(double least, double most) {
      double low = Math.min(0, least);
      double scale = Math.max(1e-30, (Math.max(0, most) - low) / 255);
      return new Scale(scale, (int) Math.round(-low / scale));
    }

    byte quantised(double x) {
      return (byte) Math.max(0, Math.min(255, Math.round(x / scale) + zero));
    }

    double value(int u) {
      return (u - zero) * scale;
    }
  }

  static Quantisation of(
      Experiment experiment,
      TrainedModel model,
      Map<String, Entry> weights,
      Dataset rows,
      int count,
      Optional<Integer> wanted) {
    String prepared = experiment.configuration().get(Options.PREPARE);
    if (!prepared.equals("none")) {
      throw new BadInput(
          "quantize takes runs on inputs as they are, but this one has prepare: "
              + prepared
              + "; train with --prepare none");
    }
    if (experiment.init().multiplier(2) != 1) {
      throw new BadInput(
          "quantize takes layers that multiply by their weights alone, but this run has init: ntk; train with --init random");
    }
    List<Layer> layers = new ArrayList<>();
    experiment.layers(rows.shape(), rows.classes().size()).forEach(layer -> flatten(layer, layers));
    int weighted = (int) layers.stream().filter(Quantisation::isWeighted).count();
    int blocks = wanted.orElse(weighted - 1);
    if (blocks < 1 || blocks >= weighted) {
      throw new BadInput(
          "blocks must be from 1 to %d, all but the last of the run, but is %d"
              .formatted(weighted - 1, blocks));
    }
    Pass pass = new Pass(rows, count, weights);
    for (int i = 0;
        i < layers.size() && !(isWeighted(layers.get(i)) && pass.block == blocks);
        i++) {
      boolean normalised = i + 1 < layers.size() && layers.get(i + 1) instanceof BatchNorm;
      pass.take(
          layers.get(i), normalised ? Optional.of((BatchNorm) layers.get(++i)) : Optional.empty());
    }
    Extractor extractor = new Extractor(pass.steps);
    return new Quantisation(
        extractor, blocks, pass.error(extractor, rows, model.features(pass.inputs, blocks)));
  }

  private static void flatten(Layer layer, List<Layer> into) {
    if (layer instanceof Sequential sequential) {
      sequential.layers().forEach(inner -> flatten(inner, into));
    } else {
      into.add(layer);
    }
  }

  private static boolean isWeighted(Layer layer) {
    return layer instanceof Dense || layer instanceof Conv2d;
  }

  /** Some rows on their way through the layers, and what was made of these. */
  private static final class Pass {
    private final Map<String, Entry> weights;
    private final List<float[]> inputs = new ArrayList<>();
    private final List<double[]> values = new ArrayList<>();
    private final List<Extractor.Step> steps = new ArrayList<>();
    private Shape shape;
    private Scale scale = new Scale(1.0 / 255, 0);
    private int block;

    Pass(Dataset rows, int count, Map<String, Entry> weights) {
      this.weights = weights;
      this.shape = rows.shape();
      for (int i = 0; i < count; i++) {
        float[] row = new float[Math.toIntExact(shape.size())];
        rows.copyInput(i, row, 0);
        EdgeRun.bytes(row, rows.name(), new byte[row.length], 0);
        double[] wide = new double[row.length];
        for (int k = 0; k < row.length; k++) {
          wide[k] = row[k];
        }
        inputs.add(row);
        values.add(wide);
      }
    }

    void take(Layer layer, Optional<BatchNorm> norm) {
      boolean foldable = isWeighted(layer);
      if (norm.filter(n -> !foldable || n.evaluation() == BatchNorm.Statistics.BATCH).isPresent()) {
        throw refused(norm.get());
      }
      switch (layer) {
        case Flatten _ -> shape = Shape.of(shape.size());
        case Dropout _ -> {} // nothing when a network is used
        case Dense _ ->
            linear(
                layer, norm, new Image(Math.toIntExact(shape.size()), 1, 1), new Window(1, 1, 0));
        case Conv2d conv -> {
          if (conv.groups() != 1) {
            throw refused(layer);
          }
          linear(layer, norm, image(), new Window(conv.kernel(), conv.stride(), conv.padding()));
        }
        case Activation activation -> table(function(activation));
        case Pool2d.Max max ->
            pool(Pooling.MAX, new Window(max.window(), max.stride(), max.padding()), layer);
        case Pool2d.Average average -> {
          if (average.padding() != 0) {
            throw refused(layer);
          }
          pool(Pooling.AVERAGE, new Window(average.window(), average.stride(), 0), layer);
        }
        default -> throw refused(layer);
      }
    }

    private static BadInput refused(Layer layer) {
      return new BadInput(
          "quantize knows dense and conv2d of one group, with batch-norm of running statistics right behind them or none, activations, pools without padding averages, flatten and dropout, but the run has "
              + layer
              + "; take fewer blocks with --blocks");
    }

    private static DoubleUnaryOperator function(Activation activation) {
      return switch (activation) {
        case Activation.Tanh _ -> Math::tanh;
        case Activation.Relu _ -> x -> Math.max(0, x);
        case Activation.LeakyRelu leaky -> x -> x < 0 ? leaky.slope() * x : x;
        case Activation.Sigmoid _ -> x -> 1 / (1 + Math.exp(-x));
        case Activation.Softplus _ -> x -> Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
        case Activation.Identity _ -> x -> x;
        default -> throw refused(activation);
      };
    }

    private Image image() {
      return new Image((int) shape.axis(0), (int) shape.axis(1), (int) shape.axis(2));
    }

    /** Of the block that is taken. */
    private Entry need(String name) {
      Entry entry = weights.get(block + "." + name);
      if (entry == null) {
        throw new BadInput(
            "the run's model has no %d.%s; it is not a plain network".formatted(block, name));
      }
      return entry;
    }

    private static double[] doubles(Entry entry) {
      if (entry.dtype() != DType.F32) {
        throw new BadInput("quantize takes weights of F32, but the run's are " + entry.dtype());
      }
      var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
      double[] all = new double[Math.toIntExact(entry.shape().size())];
      for (int i = 0; i < all.length; i++) {
        all[i] = entry.data().get(layout, 4L * i);
      }
      return all;
    }

    /** Batch normalisation in evaluation is a factor and a summand of every channel. */
    private void fold(BatchNorm norm, double[] w, double[] b) {
      double[] mean = doubles(need("mean"));
      double[] variance = doubles(need("variance"));
      int fan = w.length / b.length;
      for (int c = 0; c < b.length; c++) {
        double gain = 1 / Math.sqrt(variance[c] + norm.epsilon());
        double shift = 0;
        if (norm.affine() == Affine.WITH) {
          gain *= doubles(need("scale"))[c];
          shift = doubles(need("shift"))[c];
        }
        for (int i = c * fan; i < (c + 1) * fan; i++) {
          w[i] *= gain;
        }
        b[c] = (b[c] - mean[c]) * gain + shift;
      }
    }

    private void linear(Layer layer, Optional<BatchNorm> norm, Image image, Window window) {
      block++;
      Entry entry = need("weight");
      double[] w = doubles(entry);
      int channels = (int) entry.shape().axis(0);
      Entry bias = weights.get(block + ".bias");
      double[] b = bias == null ? new double[channels] : doubles(bias);
      norm.ifPresent(n -> fold(n, w, b));
      Shape next = layer.output(shape);
      double least = 0;
      double most = 0;
      for (int r = 0; r < values.size(); r++) {
        double[] out = convolved(values.get(r), image, window, w, b, Math.toIntExact(next.size()));
        values.set(r, out);
        for (double x : out) {
          least = Math.min(least, x);
          most = Math.max(most, x);
        }
      }
      double largest = 1e-30;
      for (double x : w) {
        largest = Math.max(largest, Math.abs(x));
      }
      double step = largest / 127;
      byte[] quantised = new byte[w.length];
      for (int i = 0; i < w.length; i++) {
        quantised[i] = (byte) Math.round(w[i] / step);
      }
      Scale to = Scale.of(least, most);
      int[] biases = new int[channels];
      for (int c = 0; c < channels; c++) {
        biases[c] = Math.toIntExact(Math.round(b[c] / (scale.scale * step)));
      }
      double ratio = scale.scale * step / to.scale;
      int shift = Math.max(1, Math.min(62, 30 - Math.getExponent(ratio)));
      int factor =
          (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(Math.scalb(ratio, shift))));
      steps.add(
          new Convolution(
              image,
              channels,
              window,
              new Scaling(scale.zero, factor, shift, to.zero),
              quantised,
              biases));
      scale = to;
      shape = next;
    }

    private static double[] convolved(
        double[] in, Image image, Window window, double[] w, double[] b, int size) {
      int rows = (image.height() + 2 * window.padding() - window.side()) / window.stride() + 1;
      int columns = (image.width() + 2 * window.padding() - window.side()) / window.stride() + 1;
      double[] out = new double[size];
      int side = window.side();
      for (int o = 0; o < b.length; o++) {
        for (int r = 0; r < rows; r++) {
          for (int k = 0; k < columns; k++) {
            double sum = b[o];
            for (int c = 0; c < image.channels(); c++) {
              for (int y = 0; y < side; y++) {
                int row = r * window.stride() + y - window.padding();
                for (int x = 0; x < side; x++) {
                  int column = k * window.stride() + x - window.padding();
                  if (row >= 0 && row < image.height() && column >= 0 && column < image.width()) {
                    sum +=
                        in[(c * image.height() + row) * image.width() + column]
                            * w[((o * image.channels() + c) * side + y) * side + x];
                  }
                }
              }
            }
            out[(o * rows + r) * columns + k] = sum;
          }
        }
      }
      return out;
    }

    private void table(DoubleUnaryOperator function) {
      double least = 0;
      double most = 0;
      for (int u = 0; u < 256; u++) {
        double y = function.applyAsDouble(scale.value(u));
        least = Math.min(least, y);
        most = Math.max(most, y);
      }
      Scale to = Scale.of(least, most);
      byte[] table = new byte[256];
      for (int u = 0; u < 256; u++) {
        table[u] = to.quantised(function.applyAsDouble(scale.value(u)));
      }
      for (double[] row : values) {
        for (int i = 0; i < row.length; i++) {
          row[i] = function.applyAsDouble(row[i]);
        }
      }
      steps.add(new Table(Math.toIntExact(shape.size()), table));
      scale = to;
    }

    private void pool(Pooling pooling, Window window, Layer layer) {
      Image image = image();
      Shape next = layer.output(shape);
      int rows = (int) next.axis(1);
      int columns = (int) next.axis(2);
      for (int v = 0; v < values.size(); v++) {
        double[] in = values.get(v);
        double[] out = new double[Math.toIntExact(next.size())];
        for (int i = 0; i < out.length; i++) {
          out[i] =
              pooled(
                  pooling,
                  in,
                  image,
                  window,
                  i / (rows * columns),
                  i / columns % rows,
                  i % columns);
        }
        values.set(v, out);
      }
      steps.add(new Pool(pooling, image, window));
      shape = next;
    }

    private static double pooled(
        Pooling pooling, double[] in, Image image, Window window, int c, int r, int k) {
      double most = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (int y = 0; y < window.side(); y++) {
        int row = r * window.stride() + y - window.padding();
        for (int x = 0; x < window.side(); x++) {
          int column = k * window.stride() + x - window.padding();
          if (row >= 0 && row < image.height() && column >= 0 && column < image.width()) {
            double value = in[(c * image.height() + row) * image.width() + column];
            most = Math.max(most, value);
            sum += value;
          }
        }
      }
      return pooling == Pooling.MAX ? most : sum / (window.side() * window.side());
    }

    double error(Extractor extractor, Dataset rows, List<double[]> own) {
      double difference = 0;
      double size = 0;
      float[] row = new float[extractor.inputs()];
      byte[] bytes = new byte[extractor.inputs()];
      for (int r = 0; r < values.size(); r++) {
        rows.copyInput(r, row, 0);
        EdgeRun.bytes(row, rows.name(), bytes, 0);
        byte[] features = extractor.features(bytes, 0);
        for (int i = 0; i < features.length; i++) {
          double x = own.get(r)[i];
          double d = scale.value(features[i] & 0xFF) - x;
          difference += d * d;
          size += x * x;
        }
      }
      return Math.sqrt(difference / Math.max(1e-30, size));
    }
  }
}
