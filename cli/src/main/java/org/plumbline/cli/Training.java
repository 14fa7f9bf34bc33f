package org.plumbline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.plumbline.data.Datasets;
import org.plumbline.data.Preparation;
import org.plumbline.train.Experiment;
import org.plumbline.train.Stopped;
import org.plumbline.train.Summary;
import org.plumbline.train.Threads;
import org.plumbline.train.Watcher;
import org.plumbline.value.Failure;

/** A training as the person at the command line sees it. */
final class Training implements Watcher {
  private final Console console;
  private final StopSignals signals;
  private final ProgressView view;
  private Optional<Path> run = Optional.empty();
  private Optional<Progress> first = Optional.empty();

  private Training(Console console, StopSignals signals) {
    this.console = console;
    this.signals = signals;
    this.view = ProgressView.on(console);
  }

  /**
   * Carries out a training, writes its report and answers what came out.
   *
   * @param console where it is shown
   * @param work trains, and tells whom it is given
   */
  static void watch(Console console, Function<Watcher, Summary> work) {
    console.beforeLibtorch();
    try (StopSignals signals = StopSignals.listen()) {
      Training training = new Training(console, signals);
      Summary summary = training.carriedOut(work);
      ReportFile.write(summary.run());
      console.answer(Json.fields(summary), training.farewell(summary));
    }
  }

  private Summary carriedOut(Function<Watcher, Summary> work) {
    try {
      return work.apply(this);
    } catch (Stopped stopped) {
      throw new StoppedBySignal(
          signals.exitCode(),
          "stopped at step %d; saved; resume with: ./plumbline resume %s"
              .formatted(stopped.step(), Words.path(stopped.run())));
    } catch (Failure failure) {
      run.ifPresent(folder -> reportFailure(folder, failure));
      throw failure;
    } finally {
      view.clear();
    }
  }

  /** A training that diverged is shown up to there; where the disk is full there is no report. */
  private static void reportFailure(Path run, Failure failure) {
    try {
      ReportFile.write(run);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void measuring(Experiment experiment, int rows) {
    console.say(
        "preparing inputs: %s, %,d training rows"
            .formatted(Preparation.ALL.print(experiment.presentation().preparation()), rows));
  }

  @Override
  public void chose(Threads.Choice choice) {
    console.say("threads: " + choice.words());
  }

  @Override
  public void started(Started started) {
    run = Optional.of(started.run());
    console.say(
        "run %s: %s on %s, %,d epochs of %,d steps, %,d parameters%s"
            .formatted(
                Words.path(started.run()),
                started.experiment().rules().print(started.experiment().rule()),
                Datasets.nameOf(started.experiment().data()),
                started.experiment().epochs(),
                started.stepsPerEpoch(),
                started.anatomy().parameters(),
                started.firstStep() > 0
                    ? ", going on after step %,d".formatted(started.firstStep())
                    : ""));
    Inspect.brief(started.anatomy()).forEach(console::say);
  }

  @Override
  public void stepped(Progress progress) {
    Progress from = first.orElse(progress);
    first = Optional.of(from);
    double share = (double) progress.step() / progress.steps();
    boolean endsEpoch = progress.step() * progress.epochs() % progress.steps() == 0;
    if (endsEpoch) {
      view.milestone(share, () -> words(progress, from));
    } else {
      view.show(share, () -> words(progress, from));
    }
  }

  @Override
  public void warned(String message) {
    view.clear();
    console.warn(message);
  }

  @Override
  public boolean stopRequested() {
    return signals.requested();
  }

  /** How far it is; the rate since a first step tells what is still to come. */
  static String words(Progress now, Progress from) {
    List<String> parts = new ArrayList<>();
    parts.add("epoch %d/%d".formatted(now.epoch(), now.epochs()));
    parts.add("loss " + Words.number(now.loss()));
    parts.add("accuracy " + Words.percent(now.accuracy()));
    Double alignment = now.readings().get("alignment/1");
    if (alignment != null) {
      parts.add("alignment " + Words.number(alignment) + beside(now.readings()));
    }
    parts.add(Words.whole(now.samplesPerSecond()) + " samples/s");
    long done = now.step() - from.step();
    if (done > 0) {
      double stepSeconds = (now.seconds() - from.seconds()) / done;
      parts.add("ETA " + Words.clock(stepSeconds * (now.steps() - now.step())));
    }
    return String.join("  ", parts);
  }

  /** The null of a cosine, or that the gradient which it is with has vanished. */
  private static String beside(Map<String, Double> readings) {
    Double ratio = readings.get("alignment/1/gradient_ratio");
    Double mean = readings.get("alignment/1/null");
    Double deviation = readings.get("alignment/1/null_std");
    if (ratio != null && ratio < 1e-6) {
      return " (vanishing gradient)";
    }
    return mean == null || deviation == null
        ? ""
        : " (null %.2f ± %.2f)".formatted(mean, deviation);
  }

  private List<String> farewell(Summary summary) {
    String run = Words.path(summary.run());
    return List.of(
        Words.result(summary),
        "report: " + Words.path(summary.run().resolve(ReportFile.NAME)),
        "next: ./plumbline evaluate %s, ./plumbline predict %s FILE".formatted(run, run));
  }
}
