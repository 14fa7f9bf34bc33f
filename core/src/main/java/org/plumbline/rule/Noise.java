package org.plumbline.rule;

import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * The random numbers of each step: a function of a seed and of how many steps there were, both in
 * the state.
 *
 * @param key of the seed, INT64 {@code [1]}
 * @param steps taken so far, an INT64 scalar
 */
record Noise(Tensor key, Tensor steps) {
  /** At step 0. */
  static Noise of(Seed seed) {
    return new Noise(Tensor.of(new long[] {seed.key()}, 1), Tensor.of(new long[1]));
  }

  /** The seed of the current step. */
  Seed seed() {
    return new Seed(key.toLongs()[0]).child(steps.toLongs()[0]);
  }

  /** Goes on to the next step. */
  void advance() {
    steps.add(1L);
  }

  /** A state and this. */
  Map<String, Tensor> with(Map<String, Tensor> state) {
    Map<String, Tensor> all = new LinkedHashMap<>(state);
    all.put("noise.seed", key);
    all.put("noise.steps", steps);
    return all;
  }
}
