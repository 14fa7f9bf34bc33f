package org.plumbline.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * Blocks in a row. The last is the output block, the others are hidden; every one of them has
 * parameters, so the number of feedback points is the number of hidden blocks.
 */
public final class Network {
  private final List<Block> parts;
  private final Set<Integer> frozen;
  private final List<Block> blocks;
  private final Shape input;
  private final List<Shape> shapes;
  private final List<Shape> maps;
  private final List<Layer> layers;
  private final Layer.Birth birth;

  private Network(
      List<Block> parts,
      Set<Integer> frozen,
      Groups told,
      Shape input,
      List<Layer> layers,
      Layer.Birth birth) {
    this.parts = List.copyOf(parts);
    this.frozen = Set.copyOf(frozen);
    this.blocks = told.blocks();
    this.shapes = List.copyOf(told.shapes);
    this.maps = List.copyOf(told.maps);
    this.input = input;
    this.layers = List.copyOf(layers);
    this.birth = birth;
  }

  /** Blocks that are becoming one: whatever has no weight joins the one before, or the first. */
  private static final class Groups {
    private final List<List<Block>> groups = new ArrayList<>();
    private final List<Shape> shapes = new ArrayList<>();
    private final List<Shape> maps = new ArrayList<>();
    private boolean waiting = true; // the current group has no weight yet

    /** The feature map that a block leaves: where it only flattens one, that one. */
    Shape map(Block block, Shape output) {
      boolean flattens =
          !maps.isEmpty()
              && block.parameters().isEmpty()
              && output.rank() == 1
              && maps.getLast().rank() == 3
              && maps.getLast().size() == output.size();
      return flattens ? maps.getLast() : output;
    }

    void add(Block block, Shape output, Shape map) {
      boolean trainable = block.parameters().stream().anyMatch(Parameter::isWeight);
      if (groups.isEmpty() || (trainable && !waiting)) {
        groups.add(new ArrayList<>());
        shapes.add(output);
        maps.add(map);
      }
      waiting = waiting && !trainable;
      groups.getLast().add(block);
      shapes.set(shapes.size() - 1, output);
      maps.set(maps.size() - 1, map);
    }

    List<Block> blocks() {
      return groups.stream().map(Sequential::of).toList();
    }
  }

  /**
   * Makes a live network. A layer without a weight (an activation, a pool, a normalisation) joins
   * the block before it, or the one after it if it comes first.
   *
   * @param layers from the input to the output
   * @param input the shape of one row
   * @param birth initial weights, seed, precision, device
   * @return a network with parameters of its own, which live in the open scope
   * @throws BadInput if the layers do not fit each other or none has parameters
   */
  public static Network of(List<Layer> layers, Shape input, Layer.Birth birth) {
    return of(layers, input, birth, Set.of());
  }

  /**
   * Makes a live network of which some blocks are left as they are. A frozen block has nothing to
   * train and so, as an activation does, joins the block before it, or the one after it if it comes
   * first: there is one signal for both, behind the later one.
   *
   * @param layers from the input to the output
   * @param input the shape of one row
   * @param birth initial weights, seed, precision, device
   * @param frozen numbers of blocks, from 1, as the network has them without freezing
   * @return a network with parameters of its own, which live in the open scope
   * @throws BadInput if the layers do not fit each other or nothing is left to train
   */
  public static Network of(
      List<Layer> layers, Shape input, Layer.Birth birth, Set<Integer> frozen) {
    Groups whole = new Groups();
    Shape shape = input;
    for (int i = 0; i < layers.size(); i++) {
      Block block = layers.get(i).attach(shape, birth.child(i));
      shape = layers.get(i).output(shape);
      whole.add(block, shape, whole.map(block, shape));
    }
    if (whole.waiting) {
      throw new BadInput(
          "a network needs at least one layer with parameters, but has none; add 'dense'");
    }
    List<Block> parts = whole.blocks();
    for (int number : frozen) {
      if (number < 1 || number > parts.size()) {
        throw new BadInput(
            "freeze names block %d, but the network has blocks 1 to %d"
                .formatted(number, parts.size()));
      }
    }
    Groups told = new Groups();
    for (int i = 0; i < parts.size(); i++) {
      Block part = parts.get(i);
      told.add(
          frozen.contains(i + 1) ? new Frozen(part) : part, whole.shapes.get(i), whole.maps.get(i));
    }
    if (told.waiting) {
      throw new BadInput(
          "freeze names all %d blocks of the network, which leaves nothing to train; leave out the last"
              .formatted(parts.size()));
    }
    return new Network(parts, frozen, told, input, layers, birth);
  }

  /**
   * Another network of the same layers, with weights of its own, but for those that are frozen.
   *
   * @param seed of its weights
   * @return live, in the open scope
   */
  public Network twin(Seed seed) {
    Network twin = of(layers, input, birth.with(seed), frozen);
    Map<String, Tensor> theirs = twin.state();
    state()
        .forEach((name, tensor) -> {
          if (frozen.contains(Integer.valueOf(name.substring(0, name.indexOf('.'))))) {
            Objects.requireNonNull(theirs.get(name)).copyFrom(tensor);
          }
        });
    return twin;
  }

  /**
   * A multi-layer perceptron on rows of numbers: every hidden block is dense, activation and, if
   * asked for, dropout.
   *
   * @param hidden widths of the hidden layers
   * @param outputs width of the output layer, which has no activation
   * @param activation of the hidden layers
   * @param dropout rate behind each hidden layer; 0 for none
   * @param inputDropout rate before the first; 0 for none
   * @return the layers
   */
  public static List<Layer> mlp(
      List<Long> hidden, long outputs, Activation activation, double dropout, double inputDropout) {
    List<Layer> layers = new ArrayList<>();
    if (inputDropout > 0) {
      layers.add(new Dropout(inputDropout));
    }
    for (long width : hidden) {
      layers.add(new Dense(width));
      layers.add(activation);
      if (dropout > 0) {
        layers.add(new Dropout(dropout));
      }
    }
    layers.add(new Dense(outputs));
    return layers;
  }

  /**
   * Runs the network.
   *
   * @param inputs {@code [batch, in…]}
   * @param mode train or evaluate
   * @return what every block did
   */
  public Trace trace(Tensor inputs, Mode mode) {
    if (inputs.shape().rank() != input.rank() + 1 || !inputs.shape().withoutRows().equals(input)) {
      throw new BadInput(
          "the network takes inputs [batch, …] with rows of "
              + input
              + ", but they are "
              + inputs.shape());
    }
    try (var _ = Meter.as(Meter.Part.FORWARD)) {
      List<Step> steps = new ArrayList<>(blocks.size());
      Tensor x = inputs;
      for (int i = 0; i < blocks.size(); i++) {
        Step step = blocks.get(i).step(x, mode.child(i));
        steps.add(step);
        x = step.output();
      }
      return new Trace(steps, mode);
    }
  }

  /**
   * The blocks.
   *
   * @return from the input to the output; every one has parameters
   */
  public List<Block> blocks() {
    return blocks;
  }

  /**
   * The number that the output block has without freezing, as in the names of {@link #state}.
   *
   * @return that of the last block with parameters, from 1
   */
  public int outputNumber() {
    int number = parts.size();
    while (frozen.contains(number)) {
      number--;
    }
    return number;
  }

  /**
   * How many blocks are hidden.
   *
   * @return one less than there are blocks
   */
  public int hidden() {
    return blocks.size() - 1;
  }

  /**
   * The shape of one row of the input.
   *
   * @return {@code [in…]}
   */
  public Shape input() {
    return input;
  }

  /**
   * The shape of one row of a block's output.
   *
   * @param block from 0
   * @return {@code [out…]}
   */
  public Shape shape(int block) {
    return shapes.get(block);
  }

  /**
   * The feature map of a block: the shape of one row of its output before it is flattened.
   *
   * @param block from 0
   * @return {@code [channels, height, width]} if the block makes images, though flatten stands at
   *     its end; else the shape of its output
   */
  public Shape map(int block) {
    return maps.get(block);
  }

  /**
   * The rows that one row of the input becomes at the end: tokens, if every token is judged.
   *
   * @return 1 but for sequences
   */
  public long answers() {
    return new Sequential(layers).rows(1, input);
  }

  /**
   * The most rows that one row of the input becomes on the way: the tokens of a sequence.
   *
   * @return 1 but for sequences
   */
  public long tokens() {
    long most = 1;
    long rows = 1;
    Shape shape = input;
    for (Layer layer : layers) {
      rows = layer.rows(rows, shape);
      shape = layer.output(shape);
      most = Math.max(most, rows);
    }
    return most;
  }

  /**
   * The number of elements of one row of a block's output, n_l.
   *
   * @param block from 0
   * @return the width
   */
  public long width(int block) {
    return shapes.get(block).size();
  }

  /**
   * The number of outputs, C.
   *
   * @return the width of the last block
   */
  public long outputs() {
    return width(blocks.size() - 1);
  }

  /**
   * The greatest width of a hidden block; 1 if there is none.
   *
   * @return max n_l
   */
  public long widest() {
    long widest = 1;
    for (int i = 0; i < hidden(); i++) {
      widest = Math.max(widest, width(i));
    }
    return widest;
  }

  /**
   * All parameters.
   *
   * @return from the input to the output
   */
  public List<Parameter> parameters() {
    return blocks.stream().flatMap(b -> b.parameters().stream()).toList();
  }

  /**
   * The number of trainable numbers.
   *
   * @return over all parameters
   */
  public long size() {
    return parameters().stream().mapToLong(p -> p.value().size()).sum();
  }

  /**
   * The live tensors by name: {@code 1.weight}, {@code 1.bias}, …, blocks counted from 1 as the
   * network has them without freezing. A block with several layers numbers those whose names it
   * repeats: {@code 2.1.weight}.
   *
   * @return in order
   */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      name(i + 1, parts.get(i).parameters(), state);
      name(i + 1, parts.get(i).buffers(), state);
    }
    return state;
  }

  private static void name(int block, List<Parameter> tensors, Map<String, Tensor> state) {
    for (int k = 0; k < tensors.size(); k++) {
      Parameter p = tensors.get(k);
      String plain = block + "." + p.name();
      String name = state.containsKey(plain) ? block + "." + k + "." + p.name() : plain;
      if (state.put(name, p.value()) != null) {
        throw new IllegalStateException("two tensors are called " + name);
      }
    }
  }
}
