package org.plumbline.edge;

/**
 * Trains a network on rows in an order of its own for every epoch. What an epoch does is a function
 * of the seed and its number, so that a resumed training ends with the bits of an unbroken one.
 */
public final class Training implements Course {
  private static final long ORDER = 1L << 32;

  private final Learner learner;
  private final Settings settings;
  private final Samples samples;
  private final int[] order;
  private Progress progress;
  private final Learner.Updates before;
  private int shuffled = -1;

  /**
   * How it trains.
   *
   * @param epochs over all rows
   * @param batch samples of a step
   * @param rate what batch sums are divided by
   * @param order of the rows
   */
  public record Settings(int epochs, int batch, Rate rate, Order order) {
    /** Checks the numbers. */
    public Settings {
      Refused.within("the number of epochs", epochs, 1, 1 << 20);
    }

    /**
     * In an order that the seed gives.
     *
     * @param epochs over all rows
     * @param batch samples of a step
     * @param rate what batch sums are divided by
     */
    public Settings(int epochs, int batch, Rate rate) {
      this(epochs, batch, rate, Order.SHUFFLED);
    }
  }

  /**
   * Begins, or goes on.
   *
   * @param network is changed
   * @param settings how it trains
   * @param samples from which
   * @param progress how far it has come
   * @param mode how sums are computed
   * @param crew does the work
   */
  public Training(
      Network network,
      Settings settings,
      Samples samples,
      Progress progress,
      Mode mode,
      Crew crew) {
    Learner.fits(network.plan(), samples);
    Refused.within("the number of rows", samples.size(), 1, Integer.MAX_VALUE);
    Refused.within("what is done of an epoch", progress.done(), 0, samples.size() - 1L);
    this.learner = new Learner(network, settings.batch(), mode, crew);
    this.settings = settings;
    this.samples = samples;
    this.progress = progress;
    this.before = progress.updates();
    this.order = new int[samples.size()];
  }

  @Override
  public int advance(int steps) {
    int epoch = progress.epoch();
    if (epoch >= settings.epochs()) {
      return 0;
    }
    if (shuffled != epoch) {
      long key = Draws.child(learner.network().plan().seed(), ORDER);
      settings.order().put(order, Draws.child(key, epoch));
      shuffled = epoch;
    }
    int at = progress.done();
    int taken = 0;
    while (taken < steps && at < order.length) {
      int count = Math.min(settings.batch(), order.length - at);
      learner.step(samples, order, at, count, settings.rate().at(epoch));
      at += count;
      taken++;
    }
    long all = progress.samples() + at - progress.done();
    Learner.Updates updates = before.plus(learner.updates());
    progress =
        at == order.length
            ? new Progress(epoch + 1, 0, all, updates)
            : new Progress(epoch, at, all, updates);
    return taken;
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public Network network() {
    return learner.network();
  }
}
