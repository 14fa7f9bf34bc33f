package org.plumbline.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Sparse direct feedback: every hidden unit hears s of the C outputs, usually one. With s = 1 the
 * update of a synapse is a product of three numbers.
 *
 * <pre>
 *   s_l[:, j] = Σ_m e[:, k_l[m, j]] v_l[m, j]        k_l, v_l: [s, n_l], drawn once
 *   s &gt; 0, r = 0   k: s distinct outputs a unit   v ~ U(±v)               v = (√(C s)/n_l)^½
 *   s = 0, r = 0   every output: B_l ~ U(±v)                              v = 1/√n_l
 *   s = 0, r &gt; 0   B_l = Σ_{k≤r} u_k w_kᵀ, times v/std(B_l)              v = 1/√n_l
 *   s &gt; 0, r &gt; 0   r sets of s outputs that cover all; each unit hears one of them, through the
 *                  sum over k, times v/std(all of B_l, its zeros too)     v = (√(C s)/n_l)^½
 * </pre>
 *
 * <p>Crafton, Parihar, Gebhardt, Raychowdhury 2019, <a
 * href="https://arxiv.org/abs/1903.02083">arXiv:1903.02083</a>, scales as in their code. Two
 * surprises are theirs: the scales do not meet at s = C, where the sparse one is √C times the
 * dense; and with r &gt; 0 the entries that are not zero come out √(C/s) larger. The sets share the
 * outputs evenly and the units are dealt to them evenly, so that every output is heard; theirs are
 * random draws that only tend to. On images units are places: each hears an output of its own. Of s
 * = 0, r > 0 the two factors are kept, r (C + n_l) numbers, and s_l = (e u) w.
 *
 * @param connections s, outputs a unit hears; 0 for all of them
 * @param rank r, of the matrix before the zeros; 0 for full
 * @param gain multiplies every entry
 */
@About("direct feedback with few connections a unit, usually one; Crafton et al. 2019")
@Nature(family = Nature.Family.DIRECT, citation = "Crafton et al. 2019, arXiv:1903.02083")
public record SparseFeedback(
    @About("outputs that a unit hears; 0 for all") int connections,
    @About("rank of B before the zeros; 0 for full") int rank,
    @About("multiplies every entry of B") double gain)
    implements LearningRule {
  /**
   * Checks the numbers.
   *
   * @param connections at least 0
   * @param rank at least 0
   * @param gain above 0
   */
  public SparseFeedback {
    Check.atLeast("connections", 0, connections);
    Check.atLeast("rank", 0, rank);
    Check.positive("gain", gain);
  }

  /** One connection a unit. */
  public SparseFeedback() {
    this(1);
  }

  /**
   * Full rank.
   *
   * @param connections at least 0
   */
  public SparseFeedback(int connections) {
    this(connections, 0, 1);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    int outputs = Math.toIntExact(network.outputs());
    String last =
        "block %d (%s)".formatted(network.hidden() + 1, network.blocks().getLast().describe());
    if (connections > outputs) {
      throw new BadInput(
          "rule sparse-dfa:connections=%d needs as many outputs, but %s has %d; use at most that, or connections=0 for all"
              .formatted(connections, last, outputs));
    }
    if (connections > 0 && rank > 0 && (long) connections * rank < outputs) {
      throw new BadInput(
          "rule sparse-dfa needs connections · rank to reach every output, but %d · %d is less than the %d of %s; use rank=%d"
              .formatted(
                  connections, rank, outputs, last, (outputs + connections - 1) / connections));
    }
    SparseLaw law = new SparseLaw(connections, rank, gain, outputs);
    Tensor like = network.parameters().getFirst().value();
    if (connections == 0 && rank > 0) {
      return new Direct(Outcome::error, lowRank(network, law, like, seed));
    }
    if (connections == 0) {
      return new Direct(
          Outcome::error,
          Matrices.of(
              like,
              IntStream.rangeClosed(1, network.hidden()).mapToObj(l -> "feedback." + l).toList(),
              Storage.STORED,
              seed,
              (s, i) ->
                  s.child(i + 1L)
                      .child("values")
                      .uniform(law.size(width(network, i)), outputs, width(network, i))));
    }
    return new Live(
        outputs,
        IntStream.range(0, network.hidden())
            .mapToObj(i -> law.sparse(seed.child(i + 1L), width(network, i), like))
            .toList());
  }

  private static Matrices lowRank(Network network, SparseLaw law, Tensor like, Seed seed) {
    List<Tensor> factors = new ArrayList<>();
    for (int i = 0; i < network.hidden(); i++) {
      for (Tensor factor : law.factors(seed.child(i + 1L), width(network, i))) {
        factors.add(factor.to(like.precision()).to(like.device()));
      }
    }
    return new Matrices.LowRank(
        new Matrices.Stored(Matrices.LowRank.names(network.hidden()), List.copyOf(factors)));
  }

  private static int width(Network network, int block) {
    return Math.toIntExact(network.width(block));
  }

  private record Live(int outputs, List<Connections> blocks) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      return Direct.told(trace, outcome, i -> blocks.get(i).heard(outcome.error()));
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      for (int i = 0; i < blocks.size(); i++) {
        state.put("feedback.%d.outputs".formatted(i + 1), blocks.get(i).outputs());
        state.put("feedback.%d.values".formatted(i + 1), blocks.get(i).values());
      }
      return state;
    }

    @Override
    public Paths paths() {
      return new Paths(Paths.Kind.DIRECT, blocks.stream().map(c -> c.dense(outputs)).toList());
    }
  }
}
