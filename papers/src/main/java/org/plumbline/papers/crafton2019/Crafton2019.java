package org.plumbline.papers.crafton2019;

import java.util.List;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/**
 * Sparse direct feedback: every hidden unit hears 1, 2, 5 or all outputs. Results of our own, since
 * the accuracies of the paper's tables are not confirmed.
 *
 * <p>Crafton, Parihar, Gebhardt, Raychowdhury 2019, <a
 * href="https://arxiv.org/abs/1903.02083">arXiv:1903.02083</a>; code bcrafton/ssdfa.
 */
public final class Crafton2019 {
  private static final Recipe MNIST =
      Recipe.of(
          "mnist",
          "784-400-10 tanh from zero weights, Adam with eps 1, stored order, 300 epochs",
          "preset: crafton\nprobe-every: 1875\n",
          Cell.error("bp", 12, "rule: bp", "activation: relu", "init: xavier"),
          Cell.error("shallow", 6, "rule: shallow", "init: xavier"),
          Cell.error("dfa", 12, "rule: dfa"),
          Cell.error("s1", 12, "rule: sparse-dfa:connections=1"),
          Cell.error("s2", 12, "rule: sparse-dfa:connections=2"),
          Cell.error("s5", 12, "rule: sparse-dfa:connections=5"));

  private static final String FINE = "optimizer: adam:lr=0.0001,eps=1e-6";

  private static final Recipe CIFAR =
      Recipe.of(
          "cifar10",
          "3072-1000-1000-1000-10 ReLU from zero weights and bias 0.1, stored order, 300 epochs (s = 1: 500)",
          "preset: crafton-cifar\nprobe-every: 782\n",
          Cell.error(
              "bp",
              130,
              "rule: bp",
              "init: uniform",
              "optimizer: adam:lr=3e-5,eps=1e-6",
              "epochs: 300"),
          Cell.error("shallow", 70, "rule: shallow", "init: uniform", FINE, "epochs: 300"),
          Cell.error("dfa", 110, "rule: dfa", FINE, "epochs: 300"),
          Cell.error("s1", 190, "rule: sparse-dfa:connections=1"),
          Cell.error("s2", 110, "rule: sparse-dfa:connections=2", FINE, "epochs: 300"),
          Cell.error("s5", 110, "rule: sparse-dfa:connections=5", FINE, "epochs: 300"));

  /** The paper. */
  public static final Paper PAPER =
      new Paper(
          "crafton-2019",
          "Direct Feedback Alignment With Sparse Connections for Local Learning",
          "Crafton, Parihar, Gebhardt, Raychowdhury 2019, arXiv:1903.02083",
          List.of(MNIST, CIFAR),
          List.of(
              """
              The accuracies of the paper's tables are not confirmed, so these will be results of our own with the recipe of \
              its code. bp and shallow start from random weights (bp on MNIST with ReLU); on CIFAR-10 there is dropout of 0.1 of the \
              inputs and 0.25 of the hidden layers. The code reports the maximum over epochs and a grid of rates; ours are of the last epoch. Its dropout \
              is not inverted, ours is. Adam with eps 1 behaves as momentum SGD.\
              """,
              """
              The scales of its dense and its sparse feedback do not meet: with s = C the sparse formula is √C times the \
              dense one. A helper that measures the rank of its matrices reads a wrong name.\
              """,
              """
              | fault or habit of the code | here | by |
              |---|---|---|
              | the best epoch is reported | not repeated | – |
              | dropout is not inverted | not repeated | – |
              """),
          List.of());

  private Crafton2019() {}
}
