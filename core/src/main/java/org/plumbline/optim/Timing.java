package org.plumbline.optim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Block;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.value.About;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;

/**
 * When the blocks of a network are updated. Once the signals are known no block waits for another:
 * what it is told and what came into it are all that its update needs. With direct feedback the
 * signals themselves are known as soon as the error is; back-propagation must carry it through
 * every block first, but the updates that follow are free of each other there, too.
 */
public sealed interface Timing {
  /** The timings by name. */
  Catalogue<Timing> ALL =
      new Catalogue<Timing>("update")
          .with("serial", Serial.class)
          .with("parallel", Parallel.class)
          .with("async", Async.class);

  /**
   * Puts an optimizer to work on a network.
   *
   * @param optimizer how gradients become steps
   * @param network live
   * @param own what of the feedback learns by gradients; it is never late
   * @param threads that may work at a time, at least 1
   * @return live, to be closed; its tensors are in the open scope
   */
  Stepper attach(Optimizer optimizer, Network network, List<Parameter> own, int threads);

  /**
   * How many threads one operation of libtorch may use.
   *
   * @param threads that may work at a time
   * @return all of them where blocks wait for each other, else 1: they are spent on blocks
   */
  default int ofOneOperation(int threads) {
    return 1;
  }

  /** One block behind the other, each operation on all threads. */
  @About("one block behind the other")
  record Serial() implements Timing {
    @Override
    public Stepper attach(Optimizer optimizer, Network network, List<Parameter> own, int threads) {
      return optimizer.attach(parameters(network, own));
    }

    @Override
    public int ofOneOperation(int threads) {
      return threads;
    }
  }

  /**
   * All blocks at once, a thread each: bit for bit what {@link Serial} does with one thread,
   * whatever the number of threads.
   */
  @About("all blocks at once, a thread each; the same bytes as serial with one thread")
  record Parallel() implements Timing {
    @Override
    public Stepper attach(Optimizer optimizer, Network network, List<Parameter> own, int threads) {
      if (optimizer instanceof Clipped clipped) { // which looks at all gradients together
        return clipped.around(attach(clipped.inner(), network, own, threads));
      }
      return new InParallel(
          optimizer.attach(parameters(network, own)), blocks(network), new Workers(threads));
    }
  }

  /**
   * Hidden blocks take what a step told them some steps later, the output block at once: the
   * products of signals and inputs are made beside the steps in between.
   *
   * <pre>
   *   W_l ← W_l + the optimizer's step by g_l of step t − k, l &lt; L        W_L by g_L of step t
   * </pre>
   *
   * <p>The first k steps leave hidden blocks alone. What the feedback itself learns by gradients is
   * never late. The rate is that of the step that moves the weights; gradients are clipped when
   * they arise.
   *
   * @param delay k, in steps
   */
  @About("hidden blocks some steps late, beside the steps in between")
  record Async(@About("steps that hidden blocks are late") int delay) implements Timing {
    /**
     * Checks the delay.
     *
     * @param delay at least 1
     */
    public Async {
      Check.atLeast("delay of update 'async'", 1, delay);
    }

    /** One step late. */
    public Async() {
      this(1);
    }

    @Override
    public Stepper attach(Optimizer optimizer, Network network, List<Parameter> own, int threads) {
      if (optimizer instanceof Clipped clipped) {
        return clipped.around(attach(clipped.inner(), network, own, threads));
      }
      Workers workers = new Workers(threads);
      Stepper parallel =
          new InParallel(optimizer.attach(parameters(network, own)), blocks(network), workers);
      List<Parameter> hidden =
          network.blocks().subList(0, network.hidden()).stream()
              .flatMap(block -> block.parameters().stream())
              .toList();
      return new Delayed(parallel, hidden, delay, workers);
    }
  }

  private static List<Parameter> parameters(Network network, List<Parameter> own) {
    List<Parameter> all = new ArrayList<>(network.parameters());
    all.addAll(own);
    return all;
  }

  private static Map<Parameter, Integer> blocks(Network network) {
    Map<Parameter, Integer> numbers = new HashMap<>();
    int number = 0;
    for (Block block : network.blocks()) {
      for (Parameter parameter : block.parameters()) {
        numbers.put(parameter, number);
      }
      number++;
    }
    return numbers;
  }
}
