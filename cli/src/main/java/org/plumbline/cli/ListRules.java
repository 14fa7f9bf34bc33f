package org.plumbline.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Nature;
import org.plumbline.rule.Nature.Family;
import org.plumbline.rule.Rules;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Plugins;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline rules [NAME]}. */
final class ListRules implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(this, "rules", "Lists the learning rules with their parameters.", "")
        .addPositional(Syntax.optional("NAME", "one rule, explained").build())
        .addOption(Syntax.plugins());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Catalogue<LearningRule> rules =
        Syntax.plugins(given)
            .map(Plugins::in)
            .orElse(Plugins.NONE)
            .joined(Rules.ALL, LearningRule.class);
    boolean one = given.hasMatchedPositional(0);
    String name = given.matchedPositionalValue(0, "");
    Set<String> names = one ? Set.of(name) : rules.names();
    console.answer(
        Map.of("rules", names.stream().map(each -> object(rules, each)).toList()),
        one ? explained(rules, name) : listed(rules));
  }

  /** What the card of a rule says; what no card says is left out. */
  private static Map<String, Object> object(Catalogue<LearningRule> rules, String name) {
    Optional<Nature> card = card(rules, name);
    String reason = reason(card);
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("name", name);
    rule.put("parameters", rules.parameters(name).stream().map(ListRules::object).toList());
    rule.put("family", card.map(Nature::family).map(ListRules::word));
    rule.put("citation", card.map(Nature::citation));
    rule.put("weight_transport", card.map(Nature::weightTransport));
    rule.put("backward_chain", card.map(Nature::backwardChain));
    rule.put("mlp", reason.isEmpty());
    rule.put("reason", Optional.of(reason).filter(text -> !text.isEmpty()));
    rule.put("about", rules.about(name));
    return rule;
  }

  private static Map<String, Object> object(Catalogue.Parameter parameter) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", parameter.name());
    object.put("default", parameter.fallback());
    object.put("about", parameter.about());
    return object;
  }

  private static Optional<Nature> card(Catalogue<LearningRule> rules, String name) {
    return Rules.nature(rules.fallback(name).getClass());
  }

  private static String reason(Optional<Nature> card) {
    return card.map(Nature::noMlp).orElse("");
  }

  private static String word(Family family) {
    return family.name().toLowerCase(Locale.ROOT);
  }

  private static List<String> listed(Catalogue<LearningRule> rules) {
    Table table = new Table();
    List<String> heads = new ArrayList<>(); // by row; empty where it is a rule's
    for (Family family : Family.values()) {
      group(rules, Optional.of(family), word(family) + ": " + meaning(family), table, heads);
    }
    group(rules, Optional.empty(), "without a card", table, heads);
    List<String> lines = new ArrayList<>();
    List<String> rows = table.lines();
    for (int i = 0; i < rows.size(); i++) {
      if (!heads.get(i).isEmpty()) {
        lines.add(lines.isEmpty() ? heads.get(i) : "\n" + heads.get(i));
      }
      lines.add(rows.get(i));
    }
    lines.addAll(
        List.of(
            "",
            "W  reads the forward weights or their signs on the way back (weight transport)",
            "C  a block waits for the signal of the block above it (backward chain)",
            "-  cannot train a plain multi-layer perceptron",
            "The last column names the parameters: --rule NAME:parameter=value,…",
            "One rule with its defaults: plumbline rules NAME. Rules of your own: --plugins DIR"));
    return lines;
  }

  private static void group(
      Catalogue<LearningRule> rules,
      Optional<Family> family,
      String head,
      Table table,
      List<String> heads) {
    boolean first = true;
    for (String name : rules.names()) {
      Optional<Nature> card = card(rules, name);
      if (card.map(Nature::family).equals(family)) {
        heads.add(first ? head : "");
        first = false;
        table.row("  " + name, marks(card), rules.about(name), parameterNames(rules, name));
      }
    }
  }

  private static String meaning(Family family) {
    return switch (family) {
      case LAYERED -> "the error is carried back from block to block";
      case DIRECT -> "the error, or the target, is broadcast to every block";
      case LOCAL -> "every block has a loss of its own";
      case FORWARD -> "from a second forward pass or a forward derivative";
      case NONE -> "hidden blocks learn nothing: a control";
    };
  }

  private static String marks(Optional<Nature> card) {
    return (card.map(Nature::weightTransport).orElse(false) ? "W" : " ")
        + (card.map(Nature::backwardChain).orElse(false) ? "C" : " ")
        + (reason(card).isEmpty() ? "" : "-");
  }

  private static String parameterNames(Catalogue<LearningRule> rules, String name) {
    return rules.parameters(name).stream()
        .map(Catalogue.Parameter::name)
        .collect(Collectors.joining(" "));
  }

  private static List<String> explained(Catalogue<LearningRule> rules, String name) {
    List<Catalogue.Parameter> parameters = rules.parameters(name);
    Optional<Nature> card = card(rules, name);
    List<String> lines = new ArrayList<>(List.of(name + ": " + rules.about(name)));
    Table facts = new Table();
    card.ifPresent(nature -> {
      facts.row("family", word(nature.family()) + ": " + meaning(nature.family()));
      facts.row("source", nature.citation());
      facts.row("needs", needs(nature));
      if (!nature.noMlp().isEmpty()) {
        facts.row("not for", "plain multi-layer perceptrons: " + nature.noMlp());
      }
    });
    if (Rules.ALL.names().contains(name)) {
      facts.row("page", "docs/rules/" + name + ".md");
    }
    lines.addAll(facts.lines());
    if (!parameters.isEmpty()) {
      lines.add("parameters and their defaults:");
      Table table = new Table();
      parameters.forEach(p -> table.row("  " + p.name() + "=" + p.fallback(), p.about()));
      lines.addAll(table.lines());
    }
    String values =
        parameters.stream()
            .map(p -> p.name() + "=" + p.fallback())
            .collect(Collectors.joining(","));
    lines.add("use: plumbline train --rule " + name + (values.isEmpty() ? "" : ":" + values));
    return lines;
  }

  private static String needs(Nature nature) {
    List<String> needs = new ArrayList<>();
    if (nature.weightTransport()) {
      needs.add("the forward weights or their signs on the way back (weight transport)");
    }
    if (nature.backwardChain()) {
      needs.add("the signal of the block above (backward chain)");
    }
    return needs.isEmpty()
        ? "neither weight transport nor a backward chain"
        : String.join("; ", needs);
  }
}
