package org.plumbline.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * Random feedback matrices that never change: kept, or drawn anew from the seed each time one is
 * needed, which stores nothing.
 */
sealed interface Matrices {
  /** Draws one matrix. */
  interface Draw {
    /**
     * Draws.
     *
     * @param seed of the rule; a matrix takes a child of its own
     * @param index from 0
     * @return {@code [from, to]}, any precision
     */
    Tensor matrix(Seed seed, int index);
  }

  /**
   * One matrix.
   *
   * @param index from 0
   * @return {@code [from, to]}; if it is drawn anew, it lives in the open scope
   */
  Tensor get(int index);

  /** How many there are. */
  int size();

  /** What a checkpoint must hold. */
  Map<String, Tensor> state();

  /** Every matrix. */
  default List<Tensor> all() {
    return IntStream.range(0, size()).mapToObj(this::get).toList();
  }

  /**
   * B_1 … B_{L−1}, {@code [outputs, n_l]}, one for each hidden block.
   *
   * @param law of their entries; block l is drawn with child l of the seed
   */
  static Matrices direct(Network network, FeedbackLaw law, Storage storage, Seed seed) {
    return of(
        network.parameters().getFirst().value(),
        IntStream.rangeClosed(1, network.hidden()).mapToObj(l -> "feedback." + l).toList(),
        storage,
        seed,
        (s, i) -> law.draw(s.child(i + 1L), network.outputs(), network.width(i), network.widest()));
  }

  /**
   * Any matrices.
   *
   * @param like has their precision and device
   * @param names one a matrix, as they are called in a checkpoint
   */
  static Matrices of(Tensor like, List<String> names, Storage storage, Seed seed, Draw draw) {
    Draw converted = (s, i) -> draw.matrix(s, i).to(like.precision()).to(like.device());
    return switch (storage) {
      case REGENERATED ->
          new Regenerated(names.size(), Tensor.of(new long[] {seed.key()}, 1), converted);
      case STORED -> {
        List<Tensor> kept = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
          kept.add(converted.matrix(seed, i));
        }
        yield new Stored(names, List.copyOf(kept));
      }
    };
  }

  /** In memory. */
  record Stored(List<String> names, List<Tensor> matrices) implements Matrices {
    @Override
    public Tensor get(int index) {
      return matrices.get(index);
    }

    @Override
    public int size() {
      return matrices.size();
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      for (int i = 0; i < matrices.size(); i++) {
        state.put(names.get(i), matrices.get(i));
      }
      return state;
    }
  }

  /** Drawn at every use; {@code key} is the seed, INT64 {@code [1]}. */
  record Regenerated(int size, Tensor key, Draw draw) implements Matrices {
    @Override
    public Tensor get(int index) {
      return draw.matrix(new Seed(key.toLongs()[0]), index);
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of("seed", key);
    }
  }
}
