package org.plumbline.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.plumbline.data.Fetch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline datasets fetch NAME}: the only command that uses the network. */
final class FetchDataset implements Command {
  private static final String MIRROR = "--mirror";

  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this, "fetch", "Downloads a published data set and checks its SHA-256.", "")
        .addPositional(Syntax.argument("NAME", "mnist, fashion-mnist or cifar10").build())
        .addOption(
            Syntax.option(MIRROR, "URL", "folder of a server that holds the very same files")
                .type(URI.class)
                .build())
        .addOption(
            ListDatasets.dataDir("where its folder goes (default: plumbline in the user's cache)"));
  }

  @Override
  public void run(ParseResult given, Console console) {
    String name = given.matchedPositionalValue(0, "");
    Optional<URI> mirror =
        given.hasMatchedOption(MIRROR)
            ? Optional.of(given.matchedOptionValue(MIRROR, URI.create("")))
            : Optional.empty();
    Fetch fetch = Fetch.of(name);
    Path folder;
    ProgressView view = ProgressView.on(console);
    try (StopSignals signals = StopSignals.listen()) {
      folder =
          fetch.into(
              ListDatasets.dataDir(given),
              mirror,
              (file, done, total) -> {
                if (signals.requested()) {
                  throw new StoppedBySignal(
                      signals.exitCode(), "stopped; nothing half is left; run it again");
                }
                show(view, file, done, total);
              });
    } finally {
      view.clear();
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", name);
    answer.put("folder", folder);
    console.answer(answer, List.of(name + " is in " + folder));
  }

  private static void show(ProgressView view, String file, long done, long total) {
    Supplier<String> words = () -> "%s  %,d of %,d bytes".formatted(file, done, total);
    if (done == total) {
      view.milestone(1, words);
    } else {
      view.show((double) done / total, words);
    }
  }
}
