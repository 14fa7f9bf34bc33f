package org.plumbline.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.plumbline.data.Datasets;
import org.plumbline.data.Description;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline datasets}, with {@code fetch} below it. */
final class ListDatasets implements Command {
  private static final String DATA_DIR = "--data-dir";

  @Override
  public CommandSpec spec() {
    CommandSpec fetch = new FetchDataset().spec();
    return Syntax.command(
            this, "datasets", "Lists the data sets, which of them are here, and where.", "")
        .addOption(dataDir("folder of the files; then the only place tried"))
        .addSubcommand(fetch.name(), fetch);
  }

  /** The flag that both commands have. */
  static OptionSpec dataDir(String about) {
    return Syntax.option(DATA_DIR, "DIR", about).type(Path.class).build();
  }

  /** Its value, where it was given. */
  static Optional<Path> dataDir(ParseResult given) {
    return given.hasMatchedOption(DATA_DIR)
        ? Optional.of(given.matchedOptionValue(DATA_DIR, Path.of("")))
        : Optional.empty();
  }

  @Override
  public void run(ParseResult given, Console console) {
    List<Description> sets = Datasets.list(dataDir(given));
    Table table = new Table();
    sets.forEach(set -> table.row(set.name(), state(set), set.what(), where(set)));
    console.answer(
        Map.of("datasets", sets.stream().map(ListDatasets::object).toList()),
        Stream.concat(
                table.lines().stream(),
                Stream.of("", "Any table is a data set too: plumbline train --data FILE.csv"))
            .toList());
  }

  private static Map<String, Object> object(Description set) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", set.name());
    object.put("about", set.what());
    object.put("licence", set.licence());
    object.put("origin", set.origin().name().toLowerCase(Locale.ROOT));
    object.put("found", set.ready());
    object.put("folder", set.found());
    object.put("places", set.places());
    return object;
  }

  private static String state(Description set) {
    return switch (set.origin()) {
      case EMBEDDED -> "built in";
      case GENERATED -> "generated";
      case FILES -> set.ready() ? "found" : "missing";
    };
  }

  private static String where(Description set) {
    return set.found()
        .map(Path::toString)
        .orElseGet(() ->
            set.ready()
                ? ""
                : set.places().stream()
                    .map(Path::toString)
                    .collect(Collectors.joining(", ", "not in ", "")));
  }
}
