package org.plumbline.train;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.plumbline.data.Augmentation;
import org.plumbline.data.Batch;
import org.plumbline.data.BatchArrays;
import org.plumbline.data.Dataset;

/**
 * The batches of a training, each a function of its step alone. While a step runs, a thread gathers
 * and augments the rows of the next; where that is less work than the handing over, nobody does.
 *
 * <p>There is one set of arrays: it is filled for step k + 1 when the tensors of step k have been
 * made of it.
 */
final class Feed implements AutoCloseable {
  static final String THREAD = "plumbline-batches";
  private static final long NOTHING = -1;
  private static final int WORTHWHILE = 1 << 15; // numbers of a batch

  private final Experiment experiment;
  private final Dataset rows;
  private final long stepsPerEpoch;
  private final long steps;
  private final boolean ahead;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final ExecutorService helper = Executors.newSingleThreadExecutor(this::thread);
  private final BatchArrays arrays;
  private Future<?> filling = CompletableFuture.completedFuture("nothing");
  private long filled = NOTHING;
  private long epoch = NOTHING;
  private int[] order = {};

  Feed(Experiment experiment, Dataset rows) {
    this.experiment = experiment;
    this.rows = rows;
    this.stepsPerEpoch = experiment.presentation().stepsPerEpoch(rows.size(), experiment.batch());
    this.steps = Math.multiplyExact(stepsPerEpoch, experiment.epochs());
    this.arrays = new BatchArrays(rows);
    this.ahead =
        experiment.batch() * rows.shape().size() >= WORTHWHILE
            || !(experiment.presentation().augmentation() instanceof Augmentation.None);
  }

  /**
   * The batch of a step. Asked for in order it is ready, or nearly; after a jump it is made now.
   *
   * @param step from 0
   * @return tensors in the open scope
   */
  Batch batch(long step) {
    long expected = filled;
    filled = NOTHING;
    settle();
    if (expected != step) {
      fill(step);
    } else if (filling.state() == Future.State.FAILED) {
      throw failure(filling.exceptionNow());
    }
    Batch batch = arrays.batch(experiment.precision().kept(), experiment.device());
    if (ahead && step + 1 < steps) {
      filling = helper.submit(() -> fill(step + 1));
      filled = step + 1;
    }
    return batch;
  }

  /** Whoever fills is alone with the arrays and the order. */
  private void fill(long step) {
    long ofStep = step / stepsPerEpoch;
    if (ofStep != epoch) {
      order = experiment.presentation().order(rows.size(), experiment.seed(), ofStep);
      epoch = ofStep;
    }
    int from = Math.toIntExact(step % stepsPerEpoch * experiment.batch());
    int count = Math.min(experiment.batch(), order.length - from);
    arrays
        .gather(order, from, count)
        .augment(
            experiment.presentation().augmentation(),
            experiment.seed().child("augment").child(step));
  }

  /** Waits until nobody fills the arrays; an interrupted thread stays so. */
  private void settle() {
    boolean interrupted = false;
    while (!filling.isDone()) {
      try {
        filling.get();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        break; // told to whoever asks for that step
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** As it would have been thrown here. */
  private static RuntimeException failure(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException failed ? failed : new IllegalStateException(thrown);
  }

  private Thread thread(Runnable work) {
    Thread thread = Thread.ofPlatform().daemon().name(THREAD).unstarted(work);
    threads.add(thread);
    return thread;
  }

  /** Ends the thread, and is back when it has ended. */
  @Override
  public void close() {
    helper.close();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is a daemon with nothing left to do
    }
  }
}
