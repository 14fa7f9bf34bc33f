package org.plumbline.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import org.plumbline.train.Presets;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline presets [NAME]}: recipes of papers, and what they stand for. */
final class ListPresets implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "presets",
            "Lists the recipes of papers, or prints what one of them stands for.",
            "")
        .addPositional(Syntax.optional("NAME", "one of them").type(String.class).build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    if (!given.hasMatchedPositional(0)) {
      Table table = new Table();
      Presets.names().forEach(name -> table.row(name, Presets.about(name)));
      console.answer(
          Map.of("presets", Presets.names().stream().map(ListPresets::object).toList()),
          Stream.concat(
                  table.lines().stream(),
                  Stream.of(
                      "",
                      "What one stands for: plumbline presets NAME; to train it: plumbline train --preset NAME"))
              .toList());
      return;
    }
    String name = given.matchedPositionalValue(0, "");
    String yaml = complete(name).yaml();
    Map<String, Object> answer = object(name);
    answer.put("notes", Presets.notes(name));
    answer.put("yaml", yaml);
    console.answer(
        answer,
        Stream.concat(
                Stream.concat(Stream.of(Presets.about(name)), Presets.notes(name).stream())
                    .map(line -> "# " + line),
                yaml.lines())
            .toList());
  }

  /** In its normal form, with every default. */
  private static Configuration complete(String name) {
    return Experiment.of(Presets.configuration(name)).configuration();
  }

  private static Map<String, Object> object(String name) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", name);
    object.put("about", Presets.about(name));
    Configuration configuration = complete(name);
    for (Options option : List.of(Options.DATA, Options.RULE)) {
      object.put(option.key(), configuration.get(option));
    }
    return object;
  }
}
