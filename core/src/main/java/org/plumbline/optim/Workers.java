package org.plumbline.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Scope;

/**
 * Some threads that share work, the one that asks among them: work that nobody has begun is done by
 * whoever waits for it. One operation never takes more than one thread here, so that it does not
 * matter to any bit who does what. The threads start with the first work and end with {@link
 * #close}; each piece of work has a scope of its own.
 */
final class Workers implements AutoCloseable {
  static final String THREAD = "plumbline-update";

  private final int threads;
  private final List<ExecutorService> helpers = new ArrayList<>(1);
  private final List<Thread> running = new CopyOnWriteArrayList<>();

  /** So many threads, with the one that asks. */
  Workers(int threads) {
    this.threads = threads;
  }

  /** Work that was begun: {@link #await} is back when it is done. */
  static final class Job {
    private final FutureTask<?> task;

    private Job(Runnable work) {
      this.task =
          new FutureTask<>(
              () -> {
                try (var _ = Scope.open()) {
                  work.run();
                }
              },
              "done");
    }

    /** Does the work if nobody has begun it. What it threw is thrown. */
    void await() {
      task.run();
      boolean interrupted = false;
      while (!task.isDone()) {
        try {
          task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          break; // told below
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (task.state() == Future.State.FAILED) {
        throw thrown(task.exceptionNow());
      }
    }

    private static RuntimeException thrown(Throwable cause) {
      if (cause instanceof Error error) {
        throw error;
      }
      return cause instanceof RuntimeException failed ? failed : new IllegalStateException(cause);
    }
  }

  /** Begins some work beside whatever this thread does next. */
  Job begin(Runnable work) {
    Job job = new Job(work);
    if (threads > 1) {
      helpers().execute(job.task);
    }
    return job;
  }

  /** Does all of them, the first ones first, and is back when all are done. */
  void all(List<Runnable> works) {
    List<Job> jobs = new ArrayList<>(works.size());
    for (int i = 0; i < works.size(); i++) {
      jobs.add(i == 0 ? new Job(works.get(i)) : begin(works.get(i)));
    }
    awaitAll(jobs);
  }

  /** Waits for all, also when one has failed: nothing is at work any more when this throws. */
  static void awaitAll(List<Job> jobs) {
    List<Throwable> failures = new ArrayList<>(0);
    for (Job job : jobs) {
      try {
        job.await();
      } catch (RuntimeException | Error e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw Job.thrown(failures.getFirst());
    }
  }

  private ExecutorService helpers() {
    if (helpers.isEmpty()) {
      helpers.add(Executors.newFixedThreadPool(threads - 1, this::thread));
    }
    return helpers.getFirst();
  }

  private Thread thread(Runnable work) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(THREAD)
            .unstarted(() -> {
              Libtorch.threads(1); // a new thread would ask OpenMP for all cores
              work.run();
            });
    running.add(thread);
    return thread;
  }

  /** Ends the threads, when what was begun is done, and is back when they have ended. */
  @Override
  public void close() {
    helpers.forEach(ExecutorService::close);
    helpers.clear();
    try {
      for (Thread thread : running) {
        thread.join();
      }
      running.clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // they are daemons with nothing left to do
    }
  }
}
