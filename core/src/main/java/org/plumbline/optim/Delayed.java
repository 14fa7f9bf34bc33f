package org.plumbline.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.optim.Workers.Job;
import org.plumbline.tensor.Shelf;
import org.plumbline.tensor.Tensor;

/**
 * A stepper that takes the gradients of some parameters k steps late, and multiplies them out
 * beside the steps in between.
 *
 * <pre>
 *   step t:  W ← what the optimizer makes of g_{t−k}, with the rate of step t       hidden blocks
 *            W ← what the optimizer makes of g_t                                    all others
 *            begin g_t = signalᵀ · input, of copies of both, on another thread
 * </pre>
 *
 * <p>What is begun at step t is waited for at step t + k, so timing changes nothing: the weights
 * are a function of the gradients alone. A product that nobody has begun by then is made by the
 * thread that needs it. The products are state, k for every parameter: slot t mod k. What the last
 * k steps of a training said is never applied.
 */
final class Delayed implements Stepper {
  private final Stepper inner;
  private final int delay;
  private final Workers workers;
  private final Map<Parameter, Line> lines = new HashMap<>();
  private final List<Line> all = new ArrayList<>();
  private final Tensor count;
  private final Shelf shelf;

  /** The gradients of one parameter that wait. */
  private static final class Line {
    private final Parameter parameter;
    private final Tensor[] waiting;
    private final Tensor[] held; // 1 where a gradient waits
    private final Room[] rooms;
    private final List<List<Job>> jobs = new ArrayList<>();
    private Tensor spare; // of the gradient that was applied last: whoever got it may still look

    Line(Parameter parameter, int delay) {
      this.parameter = parameter;
      this.waiting = new Tensor[delay];
      this.held = new Tensor[delay];
      this.rooms = new Room[delay];
      for (int i = 0; i < delay; i++) {
        waiting[i] = parameter.value().zerosLike();
        held[i] = Tensor.of(new long[1]);
        rooms[i] = new Room();
        jobs.add(List.of());
      }
      spare = parameter.value().zerosLike();
    }
  }

  /** Copies of the two factors of a product, in room that is used again. */
  private static final class Room {
    private final List<Tensor> tensors = new ArrayList<>(2);

    /** Copies a factor, {@code [rows, …]}; where there were more rows before, their first. */
    Kept keep(int factor, Tensor value, Shelf shelf) {
      if (tensors.size() == factor) {
        tensors.add(shelf.room(value));
      } else if (!fits(value, tensors.get(factor))) {
        tensors.set(factor, shelf.room(value));
      }
      Kept kept = new Kept(tensors.get(factor), value.size(0));
      kept.value().copyFrom(value);
      return kept;
    }

    private static boolean fits(Tensor value, Tensor room) {
      long[] needed = value.shape().toArray();
      long[] found = room.shape().toArray();
      if (needed.length != found.length || needed[0] > found[0]) {
        return false;
      }
      found[0] = needed[0];
      return Arrays.equals(needed, found) && value.precision() == room.precision();
    }
  }

  private record Kept(Tensor room, long rows) {
    Tensor value() {
      return room.rows(0, rows);
    }
  }

  /**
   * Delays another stepper.
   *
   * @param late the parameters whose gradients wait
   * @param delay k, at least 1
   */
  Delayed(Stepper inner, List<Parameter> late, int delay, Workers workers) {
    this.inner = inner;
    this.delay = delay;
    this.workers = workers;
    this.count = Tensor.of(new long[1]);
    this.shelf = Shelf.here();
    for (Parameter parameter : late) {
      Line line = new Line(parameter, delay);
      all.add(line);
      lines.put(parameter, line);
    }
  }

  @Override
  public Updates step(Gradients gradients, double factor) {
    int slot = (int) (count.toLongs()[0] % delay);
    List<Gradients.Entry> due = new ArrayList<>();
    for (Line line : all) {
      settle(line, slot);
      if (line.held[slot].item() == 1) {
        due.add(new Gradients.Entry(line.parameter, new Gradient.Whole(line.waiting[slot])));
        line.held[slot].fill(0);
      }
    }
    List<Gradients.Entry> late = new ArrayList<>();
    for (Gradients.Entry entry : gradients.entries()) {
      (lines.containsKey(entry.parameter()) ? late : due).add(entry);
    }
    Updates updates = inner.step(new Gradients(due), factor);
    late.forEach(entry -> begin(entry, slot));
    count.add(1);
    return updates;
  }

  @Override
  public boolean isSeparate() {
    return false; // a call is a step
  }

  private static void settle(Line line, int slot) {
    List<Job> jobs = line.jobs.get(slot);
    line.jobs.set(slot, List.of());
    Workers.awaitAll(jobs);
  }

  private void begin(Gradients.Entry entry, int slot) {
    Line line = lines.get(entry.parameter());
    if (line == null || line.held[slot].item() == 1) {
      throw new IllegalArgumentException(
          "parameter %s has two gradients in one step".formatted(entry.parameter().name()));
    }
    Tensor product = line.spare;
    line.spare = line.waiting[slot];
    line.waiting[slot] = product;
    line.held[slot].fill(1);
    Room room = line.rooms[slot];
    switch (entry.gradient()) {
      case Gradient.Whole whole -> whole.into(product);
      case Gradient.Summed summed -> summed.into(product);
      case Gradient.Factored(Tensor left, Tensor right) -> {
        Kept l = room.keep(0, left, shelf);
        Kept r = room.keep(1, right, shelf);
        Runnable work = () -> new Gradient.Factored(l.value(), r.value()).into(product);
        line.jobs.set(slot, List.of(workers.begin(work)));
      }
      case Gradient.Convolved convolved -> {
        Kept s = room.keep(0, convolved.signal(), shelf);
        Kept i = room.keep(1, convolved.input(), shelf);
        Runnable work =
            () ->
                new Gradient.Convolved(
                        s.value(), i.value(), convolved.kernel(), convolved.convolution())
                    .into(product);
        line.jobs.set(slot, List.of(workers.begin(work)));
      }
    }
  }

  /** Waits for the products that are at work, so that a copy of them is one of the numbers. */
  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(inner.state());
    state.put("delay.steps", count);
    for (int p = 0; p < all.size(); p++) {
      Line line = all.get(p);
      for (int slot = 0; slot < delay; slot++) {
        settle(line, slot);
        String name = "delay.%d.%d.".formatted(p + 1, slot);
        state.put(name + "gradient", line.waiting[slot]);
        state.put(name + "held", line.held[slot]);
      }
    }
    return state;
  }

  @Override
  public void close() {
    for (Line line : all) {
      for (int slot = 0; slot < delay; slot++) {
        settle(line, slot);
      }
    }
    inner.close();
  }
}
