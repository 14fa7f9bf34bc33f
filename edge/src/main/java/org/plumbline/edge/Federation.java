package org.plumbline.edge;

import java.util.ArrayList;
import java.util.List;

/**
 * Workers with rows of their own train one network, and a server averages what they came to, after
 * every epoch over a buffer. Colombo, Falcetta and Roveri 2024, TIFeD, <a
 * href="https://arxiv.org/abs/2411.16442">arXiv:2411.16442</a>. Every worker holds a copy of its
 * own; in the published code they hold one array together and so train it in turn.
 */
public final class Federation implements Course {
  private static final long SHARDS = 1L << 33;

  private final Network server;
  private final Settings settings;
  private final Samples samples;
  private final Crew crew;
  private final int[] order;
  private final int shard;
  private final List<Crew> alone = new ArrayList<>();
  private final List<Learner> workers = new ArrayList<>();
  private final List<List<Integer>> layers = new ArrayList<>();
  private final Learner.Updates before;
  private Progress progress;

  /** What a worker trains and sends. */
  public enum Share {
    /** Every layer. */
    FULL,
    /**
     * One layer; the first workers train the first layer, and so on, evenly. It needs no memory for
     * the others.
     */
    SINGLE_LAYER
  }

  /**
   * How it trains.
   *
   * @param workers how many
   * @param share what each of them trains
   * @param buffer rows of a worker's buffer
   * @param bufferEpochs over a full buffer, the server averages after each
   * @param batch samples of a step
   * @param epochs over all rows
   * @param rate what batch sums are divided by
   * @param order in which rows are dealt to the workers
   */
  public record Settings(
      int workers,
      Share share,
      int buffer,
      int bufferEpochs,
      int batch,
      int epochs,
      Rate rate,
      Order order) {
    /** Checks the numbers. */
    public Settings {
      Refused.within("the number of workers", workers, 1, 1 << 16);
      Refused.within("the rows of a buffer", buffer, 1, 1 << 20);
      Refused.within("the epochs over a buffer", bufferEpochs, 1, 1 << 20);
      Refused.within("the batch", batch, 1, buffer);
      Refused.within("the number of epochs", epochs, 1, 1 << 20);
    }

    /**
     * With rows dealt in an order that the seed gives.
     *
     * @param workers how many
     * @param share what each of them trains
     * @param buffer rows of a worker's buffer
     * @param bufferEpochs over a full buffer, the server averages after each
     * @param batch samples of a step
     * @param epochs over all rows
     * @param rate what batch sums are divided by
     */
    public Settings(
        int workers, Share share, int buffer, int bufferEpochs, int batch, int epochs, Rate rate) {
      this(workers, share, buffer, bufferEpochs, batch, epochs, rate, Order.SHUFFLED);
    }
  }

  /**
   * Begins, or goes on.
   *
   * @param network the server's, is changed
   * @param settings how it trains
   * @param samples dealt to the workers, in the order of the settings
   * @param progress how far it has come
   * @param mode how sums are computed
   * @param crew trains workers beside each other
   */
  public Federation(
      Network network,
      Settings settings,
      Samples samples,
      Progress progress,
      Mode mode,
      Crew crew) {
    Plan plan = network.plan();
    Learner.fits(plan, samples);
    this.server = network;
    this.settings = settings;
    this.samples = samples;
    this.crew = crew;
    this.progress = progress;
    this.before = progress.updates();
    this.shard = samples.size() / settings.workers(); // truncating; what is left is not used
    if (shard < settings.buffer()) {
      throw new Refused(
          "a worker must have at least the %d rows of a buffer, but %d rows among %d workers are %d each; use fewer workers or a smaller buffer"
              .formatted(settings.buffer(), samples.size(), settings.workers(), shard));
    }
    if (settings.share() == Share.SINGLE_LAYER && settings.workers() < plan.layers()) {
      throw new Refused(
          "every layer must have a worker, but %d workers are dealt to %d layers; use more workers"
              .formatted(settings.workers(), plan.layers()));
    }
    Refused.within("the rounds that are done of an epoch", progress.done(), 0, rounds() - 1L);
    this.order = new int[samples.size()];
    settings.order().put(order, Draws.child(plan.seed(), SHARDS));
    List<Integer> all = new ArrayList<>();
    for (int l = 0; l < plan.layers(); l++) {
      all.add(l);
    }
    for (int k = 0; k < settings.workers(); k++) {
      layers.add(
          settings.share() == Share.FULL ? all : List.of(k * plan.layers() / settings.workers()));
      Crew own = Crew.of(1);
      alone.add(own);
      workers.add(new Learner(network.copy(), settings.batch(), mode, own, layers.get(k)));
    }
  }

  private int rounds() {
    return shard / settings.buffer(); // truncating; what is left is not used
  }

  @Override
  public int advance(int steps) {
    int taken = 0;
    int epoch = progress.epoch();
    while (taken < steps && epoch == progress.epoch() && epoch < settings.epochs()) {
      round(progress.done(), settings.rate().at(epoch));
      taken++;
      Learner.Updates updates = before;
      for (Learner worker : workers) {
        updates = updates.plus(worker.updates());
      }
      long trained =
          progress.samples()
              + (long) settings.workers() * settings.buffer() * settings.bufferEpochs();
      int done = progress.done() + 1;
      progress =
          done == rounds()
              ? new Progress(epoch + 1, 0, trained, updates)
              : new Progress(epoch, done, trained, updates);
    }
    return taken;
  }

  private void round(int number, int inverseRate) {
    for (int e = 0; e < settings.bufferEpochs(); e++) {
      crew.each(
          workers.size(),
          k -> {
            int from = k * shard + number * settings.buffer();
            for (int at = 0; at < settings.buffer(); at += settings.batch()) {
              int count = Math.min(settings.batch(), settings.buffer() - at);
              workers.get(k).step(samples, order, from + at, count, inverseRate);
            }
          });
      List<Update> sent = new ArrayList<>();
      for (int k = 0; k < workers.size(); k++) {
        sent.add(Update.of(workers.get(k).network(), layers.get(k)));
      }
      Update.sum(sent).averageInto(server);
      crew.each(workers.size(), k -> workers.get(k).network().take(server));
    }
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public Network network() {
    return server;
  }
}
