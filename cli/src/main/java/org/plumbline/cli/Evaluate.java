package org.plumbline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.lens.Attacks;
import org.plumbline.lens.CacheRecipe;
import org.plumbline.tensor.Scope;
import org.plumbline.train.AttackPlan;
import org.plumbline.train.Summary;
import org.plumbline.train.TrainedModel;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline evaluate RUN… [--cache …] [--attack …]}. */
final class Evaluate implements Command {
  static final String CACHE = "--cache";
  static final String ATTACK = "--attack";
  static final String ATTACK_ROWS = "--attack-rows";
  static final String ATTACK_LABEL = "LIST";
  static final String ATTACK_ABOUT =
      "attacks on test rows: noise,fgsm:eps=0/0.1/0.2,pgd:eps=0.1,steps=20,square:eps=0.1";
  static final String ATTACK_ROWS_ABOUT =
      "test rows to attack, drawn from the run's seed (default: 0, all)";

  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "evaluate",
            "Judges the network of a run on the run's data again.",
            "With --cache, together with a memory of what its layers say about training rows;",
            "with --attack, on disturbed inputs. Both take several runs: docs/lenses.md",
            "")
        .addPositional(
            Syntax.argument("RUN", "the run folder; of --cache and --attack one or more")
                .type(Path[].class)
                .auxiliaryTypes(Path.class)
                .arity("1..*")
                .build())
        .addOption(
            Syntax.option(
                    CACHE,
                    "KEYS",
                    "layers=each,theta=grid,lambda=grid: gain per layer; theta=80,lambda=0.5 without a search")
                .build())
        .addOption(Syntax.option(ATTACK, ATTACK_LABEL, ATTACK_ABOUT).build())
        .addOption(Syntax.option(ATTACK_ROWS, "N", ATTACK_ROWS_ABOUT).build())
        .addOption(Syntax.plugins());
  }

  @Override
  public void run(ParseResult given, Console console) {
    List<Path> runs = new ArrayList<>();
    for (Path run : given.matchedPositionalValue(0, new Path[0])) {
      runs.add(run.toAbsolutePath().normalize());
    }
    AttackPlan attacks =
        AttackPlan.parse(
            given.matchedOptionValue(ATTACK, ""), given.matchedOptionValue(ATTACK_ROWS, ""));
    Optional<CacheRecipe> cache =
        given.hasMatchedOption(CACHE)
            ? Optional.of(CacheRecipe.parse(given.matchedOptionValue(CACHE, "")))
            : Optional.empty();
    if (cache.isPresent() && !attacks.isEmpty()) {
      throw new BadInput(CACHE + " and " + ATTACK + " exclude each other; ask twice");
    }
    if (cache.isEmpty() && attacks.isEmpty() && runs.size() > 1) {
      throw new BadInput(
          "evaluate takes no argument '%s'; several runs are for --cache and --attack"
              .formatted(given.matchedPositionalValue(0, new Path[0])[1]));
    }
    console.beforeLibtorch();
    Optional<Path> plugins = Syntax.plugins(given);
    if (cache.isPresent()) {
      caches(runs, plugins, cache.get(), console);
    } else if (!attacks.isEmpty()) {
      attacks(runs, plugins, attacks, console);
    } else {
      try (var _ = Scope.open()) {
        Summary summary = TrainedModel.open(runs.getFirst(), plugins).evaluate();
        console.answer(Json.fields(summary), List.of(Words.result(summary)));
      }
    }
  }

  private static void caches(
      List<Path> runs, Optional<Path> plugins, CacheRecipe recipe, Console console) {
    CacheAnswer answer = new CacheAnswer();
    for (Path run : runs) {
      try (var _ = Scope.open()) {
        TrainedModel model = TrainedModel.open(run, plugins);
        sayWhich(runs, run, model, console);
        answer.add(run, model, model.cached(recipe));
      }
    }
    console.answer(answer.object(), answer.lines());
  }

  /** Of several runs, which one is asked. */
  private static void sayWhich(List<Path> runs, Path run, TrainedModel model, Console console) {
    if (runs.size() > 1) {
      console.say("%s: %s".formatted(Words.path(run), model.rule()));
    }
  }

  private static void attacks(
      List<Path> runs, Optional<Path> plugins, AttackPlan plan, Console console) {
    List<Map<String, Object>> rows = new ArrayList<>();
    Table table = new Table().row("run", "rule", "attack", "strength", "accuracy", "loss");
    for (Path run : runs) {
      try (var _ = Scope.open()) {
        TrainedModel model = TrainedModel.open(run, plugins);
        sayWhich(runs, run, model, console);
        for (String text : plan.attacks()) {
          var found = model.attacked(Attacks.ALL.parse(text), plan.rows());
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("run", run);
          row.put("rule", model.rule());
          row.put("attack", text);
          row.putAll(AttackPlan.object(found));
          rows.add(row);
          found
              .points()
              .forEach(point ->
                  table.row(
                      Words.path(run),
                      model.rule(),
                      found.name(),
                      Words.number(point.strength()),
                      Words.percent(point.accuracy()),
                      Words.number(point.loss())));
        }
      }
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.add(
        "strengths are in units of the inputs before they are prepared: pixels of 0 to 1, features in standard deviations");
    console.answer(Map.of("rows", rows), lines);
  }
}
