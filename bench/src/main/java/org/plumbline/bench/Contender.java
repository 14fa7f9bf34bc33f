package org.plumbline.bench;

/**
 * One of those that are timed against each other. It owns all its tensors, which live in the scope
 * that it was made in.
 */
interface Contender {
  /** Takes one step. Whatever it makes on the way is freed when it returns. */
  void step();
}
