package org.plumbline.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.probe.Probe;
import org.plumbline.probe.Probes;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.train.Options;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/** Measures what a plan names. */
public final class Bench {
  private static final int PROBE_EVERY = 50;
  private static final double PROBE_SECONDS = 10;

  private final Plan plan;
  private final Listener listener;
  private final List<Row> rows = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>();

  /** Hears how far it is. */
  public interface Listener {
    /**
     * Something begins.
     *
     * @param share of the whole that is done, 0…1
     * @param words what begins
     */
    void begins(double share, String words);

    /**
     * A repetition of the table is done.
     *
     * @param soFar all that was measured
     */
    default void repeated(Result soFar) {}
  }

  private Bench(Plan plan, Listener listener) {
    this.plan = plan;
    this.listener = listener;
  }

  /**
   * Measures.
   *
   * @param plan what
   * @param listener hears how far it is
   * @return what was found
   */
  public static Result run(Plan plan, Listener listener) {
    Libtorch.threads(plan.threads());
    return new Bench(plan, listener).run();
  }

  private Result run() {
    Machine machine = Machine.here(plan.threads());
    double whole = Math.max(1e-9, plan.estimate());
    double done = 0;
    Optional<Result.ProbeCost> probe = Optional.empty();
    Optional<Result.Epoch> epoch = Optional.empty();
    List<Result.StartTime> starts = List.of();
    List<Result.Memory> memory = List.of();
    if (plan.sections().contains(Plan.Section.STEP)) {
      for (int repetition = 1; repetition <= plan.repetitions(); repetition++) {
        for (Cell cell : plan.cells()) {
          listener.begins(
              done / whole,
              plan.repetitions() == 1
                  ? cell.toString()
                  : "%s, repetition %d of %d".formatted(cell, repetition, plan.repetitions()));
          step(cell, repetition);
          done += plan.seconds();
        }
        listener.repeated(result(machine, probe, epoch, starts, memory));
      }
    }
    if (plan.sections().contains(Plan.Section.PROBE)) {
      listener.begins(done / whole, "probe");
      probe = Optional.of(probe());
      done += PROBE_SECONDS;
    }
    Children children = new Children(plan.launcher());
    if (plan.sections().contains(Plan.Section.EPOCH)) {
      listener.begins(done / whole, "epoch of mnist");
      try {
        epoch = Optional.of(children.epoch("mnist", List.of("800", "800")));
      } catch (Failure failure) {
        notes.add(
            "epoch left out: "
                + String.valueOf(failure.getMessage()).replaceFirst("^plumbline: ", ""));
      }
    }
    if (plan.sections().contains(Plan.Section.START)) {
      listener.begins(done / whole, "start");
      starts = children.starts();
    }
    if (plan.sections().contains(Plan.Section.MEMORY)) {
      memory = Activations.of(plan.rules());
    }
    return result(machine, probe, epoch, starts, memory);
  }

  private Result result(
      Machine machine,
      Optional<Result.ProbeCost> probe,
      Optional<Result.Epoch> epoch,
      List<Result.StartTime> starts,
      List<Result.Memory> memory) {
    return new Result(machine, rows, probe, epoch, starts, memory, List.copyOf(notes));
  }

  private void step(Cell cell, int repetition) {
    try (var _ = Scope.open()) {
      Start start = Start.of(cell.workload());
      List<Contender> contenders = new ArrayList<>();
      List<Integer> floors = new ArrayList<>();
      List<Integer> peers = new ArrayList<>();
      for (Layout layout : Layout.of(cell.workload())) {
        floors.add(contenders.size());
        contenders.add(new Floor(start, cell.format(), layout));
        int place = contenders.size();
        if (add(
            contenders,
            cell + ": libtorch",
            () -> new Peer(start, cell.method(), cell.format(), layout))) {
          peers.add(place);
        }
      }
      List<String> rules = new ArrayList<>();
      Precision precision = cell.format().ours().orElseThrow();
      for (String rule : plan.rules()) {
        if (add(
            contenders,
            cell + ": rule " + rule,
            () -> new Ours(start, Rules.ALL.parse(rule), cell.method(), precision))) {
          rules.add(rule);
        }
      }
      List<Samples> times = Rounds.of(contenders, plan.seconds());
      for (int i = 0; i < rules.size(); i++) {
        Samples ours = times.get(times.size() - rules.size() + i);
        rows.add(
            row(cell, repetition, rules.get(i), best(times, floors), best(times, peers), ours));
      }
    }
  }

  /** Of the same in several layouts, the one with the shortest time; nothing of none. */
  private static Samples best(List<Samples> times, List<Integer> places) {
    return places.stream()
        .map(times::get)
        .min(Comparator.comparingDouble(Samples::least))
        .orElseGet(Samples::new);
  }

  private interface Maker {
    Contender make();
  }

  /** Adds a contender, or a note if there can be none. */
  private boolean add(List<Contender> contenders, String who, Maker maker) {
    try {
      contenders.add(maker.make());
      return true;
    } catch (BadInput refused) {
      notes.add("%s left out: %s".formatted(who, refused.getMessage()));
      return false;
    }
  }

  private static Row row(
      Cell cell, int repetition, String rule, Samples floor, Samples peer, Samples ours) {
    double[] theirs = peer.thirds();
    double[] times = ours.thirds();
    double low = Double.NaN;
    double high = Double.NaN;
    for (int i = 0; i < times.length; i++) {
      double ratio = theirs[i] / times[i];
      low = i == 0 ? ratio : Math.min(low, ratio);
      high = i == 0 ? ratio : Math.max(high, ratio);
    }
    return new Row(
        repetition,
        cell.workload().shape(),
        cell.workload().batch(),
        cell.method().word(),
        cell.format().word(),
        rule,
        ours.least(),
        ours.median(),
        floor.least(),
        floor.median(),
        peer.least(),
        peer.median(),
        low,
        high,
        ours.size());
  }

  private Result.ProbeCost probe() {
    try (var _ = Scope.open()) {
      Start start = Start.of(Workload.parse(Plan.MAIN, plan.activation()));
      String rule = plan.rules().contains("dfa") ? "dfa" : plan.rules().getFirst();
      List<Samples> times =
          Rounds.of(
              List.of(
                  ours(start, rule, List.of()),
                  ours(start, rule, List.of(Probes.ALL.parse(Options.PROBE.fallback())))),
              Math.min(PROBE_SECONDS, plan.seconds()));
      return new Result.ProbeCost(
          start.workload().toString(),
          rule,
          times.get(0).least(),
          times.get(1).least(),
          PROBE_EVERY);
    }
  }

  private static Ours ours(Start start, String rule, List<Probe> probes) {
    return new Ours(start, Rules.ALL.parse(rule), Method.SGD, Precision.FP32, Method.RATE, probes);
  }
}
