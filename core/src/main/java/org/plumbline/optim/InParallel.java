package org.plumbline.optim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Tensor;

/**
 * A stepper whose blocks do not wait for each other: the parameters of each block step on a thread
 * of their own, the largest block first. Every parameter steps by its own gradient alone, so the
 * result is bit for bit that of one block behind the other.
 */
final class InParallel implements Stepper {
  private final Stepper inner;
  private final Map<Parameter, Integer> blocks;
  private final Workers workers;

  /**
   * Takes apart what another does.
   *
   * @param blocks the number of each parameter's block
   */
  InParallel(Stepper inner, Map<Parameter, Integer> blocks, Workers workers) {
    this.inner = inner;
    this.blocks = blocks;
    this.workers = workers;
  }

  @Override
  public Updates step(Gradients gradients, double factor) {
    Map<Integer, List<Gradients.Entry>> ofBlock = new TreeMap<>();
    for (Gradients.Entry entry : gradients.entries()) {
      ofBlock
          .computeIfAbsent(blocks.getOrDefault(entry.parameter(), -1), _ -> new ArrayList<>())
          .add(entry);
    }
    List<Gradients> parts =
        ofBlock.values().stream()
            .map(Gradients::new)
            .sorted(Comparator.comparingLong(InParallel::size).reversed())
            .toList();
    Updates updates = inner.step(Gradients.NONE, factor); // the rate and the decay
    workers.all(parts.stream().<Runnable>map(part -> () -> inner.step(part, factor)).toList());
    return new Updates(gradients, updates.rate(), updates.decay());
  }

  @Override
  public boolean isSeparate() {
    return false; // one block alone is not done beside others
  }

  private static long size(Gradients gradients) {
    return gradients.entries().stream().mapToLong(e -> e.parameter().value().size()).sum();
  }

  @Override
  public Map<String, Tensor> state() {
    return inner.state();
  }

  @Override
  public void close() {
    workers.close();
    inner.close();
  }
}
