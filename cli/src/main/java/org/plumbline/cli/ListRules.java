package org.plumbline.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.value.Catalogue;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline rules [NAME]}. */
final class ListRules implements Command {
  private static final Catalogue<LearningRule> RULES = Rules.ALL;

  @Override
  public CommandSpec spec() {
    return Syntax.command(this, "rules", "Lists the learning rules with their parameters.", "")
        .addPositional(Syntax.optional("NAME", "one rule, explained").build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    boolean one = given.hasMatchedPositional(0);
    String name = given.matchedPositionalValue(0, "");
    Set<String> names = one ? Set.of(name) : RULES.names();
    console.answer(
        Map.of("rules", names.stream().map(ListRules::object).toList()),
        one ? explained(name) : listed());
  }

  private static Map<String, Object> object(String name) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("name", name);
    rule.put("about", RULES.about(name));
    rule.put("parameters", RULES.parameters(name).stream().map(ListRules::object).toList());
    return rule;
  }

  private static Map<String, Object> object(Catalogue.Parameter parameter) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", parameter.name());
    object.put("default", parameter.fallback());
    object.put("about", parameter.about());
    return object;
  }

  private static List<String> listed() {
    Table table = new Table();
    for (String name : RULES.names()) {
      table.row(name, RULES.about(name), parameters(name));
    }
    return table.lines();
  }

  private static String parameters(String name) {
    return RULES.parameters(name).stream()
        .map(p -> p.name() + "=" + p.fallback())
        .collect(Collectors.joining(","));
  }

  private static List<String> explained(String name) {
    Table table = new Table();
    RULES.parameters(name).forEach(p -> table.row("  " + p.name() + "=" + p.fallback(), p.about()));
    List<String> lines = new ArrayList<>(List.of(name + ": " + RULES.about(name)));
    lines.addAll(table.lines());
    String given = parameters(name);
    lines.add("use: plumbline train --rule " + name + (given.isEmpty() ? "" : ":" + given));
    return lines;
  }
}
