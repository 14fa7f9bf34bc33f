package org.plumbline.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.data.Preparation.Prepared;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.run.Provenance.Trial;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Scope;
import org.plumbline.value.BadInput;

/**
 * How many threads a training takes where nobody says: real steps of a twin of its network, with
 * its rule, optimizer and batch, are timed with 1, 2, 4 … threads, two numbers side by side, for a
 * fraction of a second in all.
 *
 * <p>More threads are taken only if they are a tenth faster, so that the choice, on which the last
 * bits of the result depend, is mostly the same on the same machine. What makes a run repeatable is
 * that the number is recorded in its configuration.
 */
public final class Threads {
  private static final double MARGIN = 0.9;
  private static final long NANOS_IN_ALL = 300_000_000;
  private static final long NANOS_OF_A_TURN = 20_000_000;
  private static final long NANOS_OF_A_SLOW_STEP = 1_000_000_000;
  private static final int FEW = 4;

  /**
   * On the rate, so that the twin stays where it is: not 0, for which a product would be skipped.
   */
  private static final double NEARLY_NOTHING = 1e-6;

  private Threads() {}

  /**
   * How many threads, and why.
   *
   * @param threads at least 1
   * @param trials what was measured; nothing where there was nothing to choose
   */
  public record Choice(int threads, List<Trial> trials) {
    /**
     * Copies the list.
     *
     * @param threads at least 1
     * @param trials what was measured
     */
    public Choice {
      trials = List.copyOf(trials);
    }

    /**
     * In words.
     *
     * @return {@code 1 (1: 1.9 ms, 2: 7.8 ms a step)}
     */
    public String words() {
      return threads
          + trials.stream()
              .map(t -> "%d: %s ms".formatted(t.threads(), milliseconds(t.seconds())))
              .collect(Collectors.joining(", ", " (", " a step)"));
    }

    private static String milliseconds(double seconds) {
      double ms = seconds * 1e3;
      return String.format(Locale.ROOT, ms < 10 ? "%.2g" : "%.0f", ms);
    }

    /** The experiment with the number in its configuration. */
    Experiment in(Experiment asked) {
      return asked.choosesThreads()
          ? Experiment.of(asked.configuration().with(Options.THREADS, Integer.toString(threads)))
          : asked;
    }
  }

  /** Times the steps of two numbers of threads side by side. */
  interface Race {
    /** Seconds of the fastest step of each, in the order of the arguments. */
    double[] seconds(int held, int challenger);
  }

  /**
   * 1, 2, 4 … and {@code most} itself; ends as soon as a number is not a tenth faster than the best
   * before.
   */
  static Choice among(int most, Race race) {
    List<Trial> trials = new ArrayList<>();
    int best = 1;
    for (int challenger : candidates(most)) {
      double[] seconds = race.seconds(best, challenger);
      if (trials.isEmpty()) {
        trials.add(new Trial(best, seconds[0]));
      }
      trials.add(new Trial(challenger, seconds[1]));
      if (seconds[1] > MARGIN * seconds[0]) {
        break;
      }
      best = challenger;
    }
    return new Choice(best, trials);
  }

  private static List<Integer> candidates(int most) {
    List<Integer> powers =
        new ArrayList<>(IntStream.iterate(2, n -> n < most, n -> 2 * n).boxed().toList());
    if (most > 1) {
      powers.add(most);
    }
    return powers;
  }

  /** The number of an experiment, by trial if it asks for that. Changes nothing of it. */
  static Choice choose(Experiment experiment, Dataset rows, Watcher watcher) {
    if (!experiment.choosesThreads() || Libtorch.mostThreads() == 1) {
      return new Choice(experiment.threads(), List.of());
    }
    int most = Libtorch.mostThreads();
    long share = NANOS_IN_ALL / candidates(most).size();
    try {
      Choice choice = among(most, (held, other) -> raced(experiment, rows, held, other, share));
      watcher.chose(choice);
      return choice;
    } finally {
      Libtorch.threads(1);
    }
  }

  /** Seconds of the fastest step of each of two numbers of threads. */
  static double[] raced(Experiment experiment, Dataset rows, int held, int challenger, long nanos) {
    try (var _ = Scope.open();
        Racer one = new Racer(experiment, rows, held);
        Racer two = new Racer(experiment, rows, challenger)) {
      one.warmUp();
      two.warmUp();
      long end = System.nanoTime() + nanos;
      do {
        one.turn();
        two.turn();
      } while (System.nanoTime() < end);
      return new double[] {one.fastest * 1e-9, two.fastest * 1e-9};
    }
  }

  /** A twin of the network with a number of threads. */
  private static final class Racer implements AutoCloseable {
    private final Experiment experiment;
    private final int threads;
    private final Learner twin;
    private final Batch batch;
    private final Batch few;
    private long fastest = Long.MAX_VALUE;
    private long steps;

    Racer(Experiment experiment, Dataset rows, int threads) {
      this.experiment = experiment;
      this.threads = threads;
      Network network = experiment.network(rows.shape(), rows.classes().size());
      Prepared prepared =
          experiment
              .presentation()
              .preparation()
              .attach(rows.shape(), experiment.precision(), experiment.device());
      prepared.state().values().forEach(tensor -> tensor.fill(1)); // measured of nothing
      this.twin =
          new Learner(
              network,
              prepared,
              experiment.objective(),
              experiment.rule().unlearned(),
              experiment.optimizer(),
              new Learner.Beside(experiment.own(), experiment.adversarial()),
              experiment.timing(),
              threads,
              experiment.seed());
      this.batch = batch(rows, experiment.batch());
      this.few = batch(rows, Math.min(FEW, experiment.batch()));
    }

    private Batch batch(Dataset rows, int most) {
      int count = Math.min(most, rows.size());
      int[] order = IntStream.range(0, count).toArray();
      return Batch.of(rows, order, 0, count, experiment.precision(), experiment.device());
    }

    /**
     * Loads classes and starts threads, with little work: the first of all steps can take seconds.
     */
    void warmUp() {
      Libtorch.threads(experiment.timing().ofOneOperation(threads));
      step(few);
      step(few);
      fastest = Long.MAX_VALUE;
    }

    /**
     * Some steps behind each other: idle threads of the other number have gone to sleep by then.
     */
    void turn() {
      Libtorch.threads(experiment.timing().ofOneOperation(threads));
      long end = System.nanoTime() + NANOS_OF_A_TURN;
      do {
        step(batch);
        if (fastest < NANOS_OF_A_SLOW_STEP) {
          step(batch);
        }
      } while (System.nanoTime() < end);
    }

    private void step(Batch batch) {
      Mode mode = Mode.train(experiment.seed().child("trial").child(steps++));
      long begun = System.nanoTime();
      try {
        twin.step(batch, mode, NEARLY_NOTHING, List.of());
      } catch (Diverged _) {
        // tells nothing of the training, whose inputs are prepared; the time is as good
      }
      fastest = Math.min(fastest, System.nanoTime() - begun);
    }

    @Override
    public void close() {
      twin.close();
    }
  }

  /** A configuration that leaves the number open, with that of another; else as it is. */
  static Configuration adopted(Configuration asked, Configuration there) {
    return asked.get(Options.THREADS).equals(Options.AUTO)
        ? asked.with(Options.THREADS, there.get(Options.THREADS))
        : asked;
  }

  /**
   * A base of several runs with one number for all of them.
   *
   * @param base may leave it open
   * @param runs by the first of which that can be trained it is chosen
   */
  static Configuration settled(Configuration base, List<Configuration> runs, Watcher watcher) {
    if (!base.get(Options.THREADS).equals(Options.AUTO)) {
      return base;
    }
    int threads = runs.stream().flatMap(run -> chosen(run, watcher).stream()).findFirst().orElse(1);
    return base.with(Options.THREADS, Integer.toString(threads));
  }

  private static Optional<Integer> chosen(Configuration run, Watcher watcher) {
    try {
      Experiment experiment = Experiment.of(run);
      Dataset rows = Parts.of(experiment).train();
      experiment.check(rows);
      return Optional.of(choose(experiment, rows, watcher).threads());
    } catch (BadInput refused) {
      return Optional.empty(); // it will say so when its turn comes
    }
  }
}
