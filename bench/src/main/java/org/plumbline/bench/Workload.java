package org.plumbline.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Architecture;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Layers;
import org.plumbline.nn.Network;
import org.plumbline.nn.Sequential;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;

/**
 * A network and the batch that it is shown.
 *
 * @param shape its name: {@code 784-800-800-10}, {@code 7x240}, {@code launay-cnn}
 * @param layers from the input to the output
 * @param input the shape of one row
 * @param classes the number of outputs
 * @param batch rows a step
 */
public record Workload(String shape, List<Layer> layers, Shape input, int classes, int batch) {
  private static final int CLASSES = 10;
  private static final long PIXELS = 784;
  private static final Shape IMAGE = Shape.of(3, 32, 32);
  private static final int BATCH = 64;
  private static final int LARGE_BATCH = 128;
  private static final int GREATEST_BATCH = 65536;
  private static final int GREATEST_DEPTH = 1000;

  /**
   * Copies the layers.
   *
   * @param shape its name
   * @param layers from the input to the output
   * @param input the shape of one row
   * @param classes the number of outputs
   * @param batch rows a step
   */
  public Workload {
    layers = List.copyOf(layers);
  }

  /**
   * Reads a list of workloads.
   *
   * @param text separated by commas, each as {@link #parse} reads it
   * @param activation of the hidden layers
   * @return at least one
   * @throws BadInput if one cannot be read
   */
  public static List<Workload> parseAll(String text, Activation activation) {
    return new Catalogue<Workload>("shape")
        .split(text).stream().map(one -> parse(one, activation)).toList();
  }

  /**
   * Reads {@code 784-800-800-10}, {@code 7x240} (784 inputs, seven hidden layers of 240, 10
   * outputs) or an architecture, on images of 3x32x32; {@code @16} behind it is the batch.
   *
   * @param text as a user writes it
   * @param activation of the hidden layers
   * @return the workload
   * @throws BadInput if it cannot be read
   */
  public static Workload parse(String text, Activation activation) {
    int at = text.lastIndexOf('@');
    String shape = (at < 0 ? text : text.substring(0, at)).strip();
    if (shape.matches("\\d{1,9}x\\d{1,9}")) {
      String[] parts = shape.split("x", -1);
      long depth = inRange(text, parts[0], GREATEST_DEPTH, "a number of layers");
      long width = inRange(text, parts[1], Integer.MAX_VALUE, "a width");
      int fallback = width < 1024 ? BATCH : LARGE_BATCH;
      return dense(
          shape,
          PIXELS,
          Collections.nCopies((int) depth, width),
          CLASSES,
          activation,
          batch(text, at, fallback));
    }
    if (shape.matches("\\d{1,9}(-\\d{1,9})+")) {
      List<Long> widths = new ArrayList<>();
      for (String part : shape.split("-", -1)) {
        widths.add(inRange(text, part, Integer.MAX_VALUE, "a width"));
      }
      long inputs = widths.removeFirst();
      int classes = (int) inRange(text, "" + widths.removeLast(), 1 << 20, "a number of outputs");
      return dense(shape, inputs, widths, classes, activation, batch(text, at, BATCH));
    }
    if (!Architecture.ALL.names().contains(shape.replaceFirst(":.*", ""))) {
      throw new BadInput(
          "unknown shape '%s'; write widths as 784-800-800-10, hidden layers as 7x240, or an architecture of images (%s), each with @BATCH if wanted"
              .formatted(text, String.join(", ", Architecture.ALL.names())));
    }
    Architecture architecture = Architecture.ALL.parse(withActivation(shape, activation));
    List<Layer> layers = architecture.layers(IMAGE, CLASSES);
    new Sequential(layers).output(IMAGE);
    return new Workload(shape, layers, IMAGE, CLASSES, batch(text, at, LARGE_BATCH));
  }

  private static Workload dense(
      String shape, long inputs, List<Long> hidden, int classes, Activation activation, int batch) {
    return new Workload(
        shape, Network.mlp(hidden, classes, activation, 0, 0), Shape.of(inputs), classes, batch);
  }

  private static String withActivation(String shape, Activation activation) {
    String name = shape.replaceFirst(":.*", "");
    boolean takes =
        Architecture.ALL.parameters(name).stream().anyMatch(p -> p.name().equals("activation"));
    return !takes || shape.contains("activation=")
        ? shape
        : shape
            + (shape.contains(":") ? "," : ":")
            + "activation="
            + Layers.ACTIVATIONS.nameOf(activation);
  }

  private static int batch(String text, int at, int fallback) {
    return at < 0
        ? fallback
        : (int) inRange(text, text.substring(at + 1).strip(), GREATEST_BATCH, "a batch");
  }

  private static long inRange(String text, String number, long most, String what) {
    if (!number.matches("\\d{1,10}")
        || Long.parseLong(number) < 1
        || Long.parseLong(number) > most) {
      throw new BadInput(
          "shape '%s': %s must be a whole number from 1 to %d, but is '%s'"
              .formatted(text, what, most, number));
    }
    return Long.parseLong(number);
  }

  /** The layers that have a product, with the shape of one row at their input. */
  List<Placed> placed() {
    List<Placed> placed = new ArrayList<>();
    Shape shape = input;
    for (Layer layer : layers) {
      placed.add(new Placed(layer, shape));
      shape = layer.output(shape);
    }
    return placed;
  }

  /** A layer and the shape of one row that comes in. */
  record Placed(Layer layer, Shape input) {
    Shape output() {
      return layer.output(input);
    }
  }

  @Override
  public String toString() {
    return shape + "@" + batch;
  }
}
