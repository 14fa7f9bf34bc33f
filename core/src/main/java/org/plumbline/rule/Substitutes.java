package org.plumbline.rule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.plumbline.nn.Backward;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * V_2 … V_L: a matrix for every weight on the way back, in blocks of several weights too.
 *
 * @param crossings the weights
 * @param matrices theirs, in the same order
 * @param places the place of each weight in these lists
 */
record Substitutes(List<Crossing> crossings, Matrices matrices, Map<Parameter, Integer> places)
    implements Backward {
  /** Draws one. */
  interface Draw {
    /** A matrix {@code [out, in]} for a weight; the seed is of this weight alone. */
    Tensor matrix(Crossing crossing, Seed seed);
  }

  /** By the law of a rule. */
  static Substitutes of(Network network, FeedbackLaw law, Storage storage, Seed seed) {
    long widest = network.widest();
    return of(network, storage, seed, (c, s) -> law.draw(s, c, widest));
  }

  /** By any law. */
  static Substitutes of(Network network, Storage storage, Seed seed, Draw draw) {
    List<Crossing> crossings = Crossing.of(network);
    Map<Parameter, Integer> places = new HashMap<>();
    crossings.forEach(c -> places.put(c.weight(), places.size()));
    Matrices matrices =
        Matrices.of(
            network.parameters().getFirst().value(),
            crossings.stream().map(Crossing::name).toList(),
            storage,
            seed,
            (s, i) -> {
              Crossing c = crossings.get(i);
              return c.like(draw.matrix(c, c.seed(s)));
            });
    return new Substitutes(crossings, matrices, places);
  }

  @Override
  public Tensor instead(Parameter weight) {
    Integer place = places.get(weight);
    return place == null ? weight.value() : matrices.get(place);
  }

  /** Does something with every weight and its matrix. */
  void each(BiConsumer<Crossing, Tensor> what) {
    for (int i = 0; i < crossings.size(); i++) {
      what.accept(crossings.get(i), matrices.get(i));
    }
  }

  /** The weights. */
  List<Parameter> weights() {
    return crossings.stream().map(Crossing::weight).toList();
  }

  Map<String, Tensor> state() {
    return matrices.state();
  }

  Paths paths() {
    return Crossing.paths(crossings, c -> instead(c.weight()));
  }
}
