package org.plumbline.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Threads that share work out. Sums of whole numbers do not depend on their order, so that results
 * are the same for any number of threads. One thread is the caller's own and needs no other.
 */
public final class Crew implements AutoCloseable {
  private final int threads;
  private final List<ExecutorService> others = new ArrayList<>();

  private Crew(int threads) {
    this.threads = (int) Refused.within("the number of threads", threads, 1, 1024);
    if (threads > 1) {
      others.add(
          Executors.newFixedThreadPool(
              threads - 1,
              work -> {
                Thread thread = new Thread(work, "plumbline-edge");
                thread.setDaemon(true);
                return thread;
              }));
    }
  }

  /**
   * Begins.
   *
   * @param threads how many, with the caller's
   * @return to be closed
   */
  public static Crew of(int threads) {
    return new Crew(threads);
  }

  /**
   * How many there are, with the caller's.
   *
   * @return at least 1
   */
  public int threads() {
    return threads;
  }

  /** Does every part of a work, parts beside each other, and waits for all of them. */
  void each(int parts, IntConsumer work) {
    List<Future<?>> begun = new ArrayList<>();
    int own = others.isEmpty() ? parts : Math.min(1, parts);
    for (int p = own; p < parts; p++) {
      int part = p;
      Callable<Integer> task =
          () -> {
            work.accept(part);
            return part;
          };
      begun.add(others.get(0).submit(task));
    }
    try {
      for (int p = 0; p < own; p++) {
        work.accept(p);
      }
    } finally {
      await(begun);
    }
  }

  private static void await(List<Future<?>> begun) {
    boolean interrupted = false;
    Throwable failed = null;
    for (Future<?> future : begun) {
      while (true) {
        try {
          future.get();
          break;
        } catch (InterruptedException e) {
          interrupted = true; // what was begun writes into shared arrays: it is waited for
        } catch (ExecutionException e) {
          failed = e.getCause();
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failed instanceof RuntimeException) {
      throw (RuntimeException) failed;
    }
    if (failed != null) {
      throw new IllegalStateException(failed);
    }
  }

  /** Where a part of n things begins. */
  static int from(int n, int part, int parts) {
    return (int) ((long) n * part / parts); // truncating; nothing is negative
  }

  @Override
  public void close() {
    others.forEach(ExecutorService::shutdown);
  }
}
