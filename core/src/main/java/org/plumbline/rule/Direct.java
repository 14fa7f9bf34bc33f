package org.plumbline.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.plumbline.nn.Network;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Tensor;

/**
 * The family that broadcasts: a rule supplies what is broadcast and how each block's matrix is
 * drawn.
 *
 * <pre>  s_l = broadcast · B_l,  l = 1…L−1        s_L = e        B_l: [outputs, n_l]   </pre>
 *
 * @param broadcast what every hidden block hears, {@code [batch, outputs]}
 * @param matrices B_1 … B_{L−1}
 */
record Direct(Function<Outcome, Tensor> broadcast, List<Tensor> matrices) implements Feedback {
  /** Draws the matrix of one hidden block. */
  interface Draw {
    /**
     * Draws.
     *
     * @param block from 1
     * @param outputs rows, C
     * @param width columns, n_l
     * @return {@code [outputs, width]}, any precision
     */
    Tensor matrix(int block, long outputs, long width);
  }

  static Direct of(Network network, Function<Outcome, Tensor> broadcast, Draw draw) {
    Tensor like = network.parameters().getFirst().value();
    List<Tensor> matrices = new ArrayList<>();
    for (int i = 0; i < network.hidden(); i++) {
      matrices.add(
          draw.matrix(i + 1, network.outputs(), network.width(i))
              .to(like.precision())
              .to(like.device()));
    }
    return new Direct(broadcast, List.copyOf(matrices));
  }

  @Override
  public List<Signal> signals(Trace trace, Outcome outcome) {
    Tensor heard = broadcast.apply(outcome);
    List<Signal> signals = new ArrayList<>();
    List<Step> hidden = trace.hidden();
    for (int i = 0; i < hidden.size(); i++) {
      Tensor signal = heard.matmul(matrices.get(i));
      signals.add(new Signal.Told(signal.reshaped(hidden.get(i).output().shape().toArray())));
    }
    signals.add(new Signal.Told(outcome.error()));
    return signals;
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (int i = 0; i < matrices.size(); i++) {
      state.put("feedback." + (i + 1), matrices.get(i));
    }
    return state;
  }
}
