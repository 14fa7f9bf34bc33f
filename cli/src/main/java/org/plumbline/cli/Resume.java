package org.plumbline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.plumbline.train.Bottleneck;
import org.plumbline.train.Comparison;
import org.plumbline.train.Trainer;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline resume RUN}. */
final class Resume implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "resume",
            "Goes on with a run that was stopped, as if it never had been.",
            "Of a finished run it makes what is missing. Goes on with a comparison or a sweep as well.",
            "")
        .addPositional(Syntax.path("RUN", "the folder of a run, of a comparison or of a sweep"))
        .addOption(Syntax.plugins());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path run = Syntax.run(given);
    if (Files.exists(run.resolve(Comparison.FILE))) {
      if (Syntax.plugins(given).isPresent()) {
        throw new BadInput(
            "--plugins names another folder for a run, but %s holds a comparison, whose rules must lie where %s says; bring them back there"
                .formatted(run, Comparison.FILE));
      }
      Comparing.watch(console, Comparison.in(run), run);
      return;
    }
    if (Files.exists(run.resolve(Bottleneck.FILE))) {
      if (Syntax.plugins(given).isPresent()) {
        throw new BadInput(
            "--plugins names another folder for a run, but %s holds a sweep, whose rule must lie where %s says; bring it back there"
                .formatted(run, Bottleneck.FILE));
      }
      Comparing.watch(console, Sweep.subject(Bottleneck.in(run)), run);
      return;
    }
    Training.watch(console, watcher -> Trainer.resume(run, Syntax.plugins(given), watcher));
  }
}
