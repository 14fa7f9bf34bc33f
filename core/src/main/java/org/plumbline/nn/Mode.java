package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * Whether a pass trains or evaluates. Training carries the seed of everything random in the pass,
 * so that a pass can be repeated with the same dropout masks and a killed run resumes with them.
 *
 * @param randomness the seed of this pass; absent when evaluating
 * @param real inside {@link Padded}, 1 for a token and 0 for padding, {@code [rows, 1]}; absent
 *     elsewhere
 */
public record Mode(Optional<Seed> randomness, Optional<Tensor> real) {
  /** Nothing random: dropout passes everything. */
  public static final Mode EVAL = new Mode(Optional.empty(), Optional.empty());

  /**
   * A training pass.
   *
   * @param seed of this pass alone: {@code seed.child("dropout").child(step)}
   * @return the mode
   */
  public static Mode train(Seed seed) {
    return new Mode(Optional.of(seed), Optional.empty());
  }

  /**
   * The mode for one part of a network, with randomness of its own.
   *
   * @param index of the part
   * @return the same mode, its seed split
   */
  public Mode child(long index) {
    return new Mode(randomness.map(seed -> seed.child(index)), real);
  }

  /** The same mode where some rows are padding. */
  Mode padded(Tensor tokens) {
    return new Mode(randomness, Optional.of(tokens));
  }
}
