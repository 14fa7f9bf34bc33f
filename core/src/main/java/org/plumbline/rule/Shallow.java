package org.plumbline.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * The control: only the output block learns, on frozen random features. A rule that does not beat
 * it shows no credit assignment.
 *
 * <pre>  hidden blocks: silent        s_L = e   </pre>
 *
 * <p>As in the tables of Launay et al. 2020, <a
 * href="https://arxiv.org/abs/2006.12878">arXiv:2006.12878</a>. Silent blocks are skipped by the
 * optimizer, so neither decay nor momentum moves them.
 */
@About("only the output block learns, on frozen random features: the control")
@Nature(
    family = Nature.Family.NONE,
    citation = "control, as in Launay, Poli, Boniface, Krzakala 2020, arXiv:2006.12878")
public record Shallow() implements LearningRule {
  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireRandom("shallow", network, 1, "which makes its features constant");
    return new Live();
  }

  private record Live() implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      List<Signal> signals =
          new ArrayList<>(Collections.nCopies(trace.hidden().size(), Signal.SILENT));
      signals.add(new Signal.Told(outcome.error()));
      return signals;
    }

    @Override
    public Optional<AtOnce> atOnce(Tensor target, Objective objective) {
      return Optional.of((block, step) -> Signal.SILENT);
    }
  }
}
