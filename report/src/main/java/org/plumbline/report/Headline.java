package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;

/** What was trained on what, and how well it went. */
final class Headline {
  /** The normal deviate of a 95 % interval. */
  private static final double Z = 1.959964;

  /** From so many test examples on, a second decimal says something. */
  private static final long FINE = 5000;

  private Headline() {}

  /** The title of the window. */
  static String title(RunData run) {
    return subject(run) + " · Plumbline";
  }

  static Node of(RunData run) {
    var top = new ArrayList<Node>();
    top.add(tag("p", "Plumbline").with("class", "mark"));
    if (run.rule().isPresent()) {
      top.add(tag("p", Node.name(run.name()), text(begun(run))).with("class", "run"));
    }
    top.add(subjectNode(run));
    top.addAll(result(run));
    var parts = new ArrayList<Node>();
    parts.add(plumbLine());
    parts.add(tag("div", top).with("class", "top"));
    parts.add(tag("p", state(run)).with("class", "state"));
    parts.add(facts(run));
    int remarks = Warnings.count(run);
    if (remarks > 0) {
      parts.add(
          tag(
                  "p",
                  tag("a", Numbers.plural(remarks, "warning")).with("href", "#warnings"),
                  text(", below."))
              .with("class", "alert"));
    }
    return tag("header", parts).with("class", "hero");
  }

  private static String subject(RunData run) {
    return run.rule()
        .map(rule -> rule + run.data().map(data -> " on " + data).orElse(""))
        .orElseGet(run::name);
  }

  private static Node subjectNode(RunData run) {
    if (run.rule().isEmpty()) {
      return tag("h1", Node.name(run.name()));
    }
    var words = new ArrayList<Node>(List.of(Node.name(run.rule().get())));
    run.data()
        .ifPresent(data -> {
          words.add(tag("span", " on ").with("class", "on"));
          words.add(Node.name(data));
        });
    return tag("h1", words);
  }

  private static String begun(RunData run) {
    return run.events()
        .started()
        .flatMap(event -> Json.words(event, "time"))
        .map(time ->
            " · " + time.replaceFirst("^(\\d{4}-\\d\\d-\\d\\d)T(\\d\\d:\\d\\d).*Z$", "$1, $2 UTC"))
        .orElse("");
  }

  /** The test accuracy; without one, the last accuracy that training saw, named as what it is. */
  private static List<Node> result(RunData run) {
    var test = run.evaluation().map(found -> found.path("test"));
    var accuracy = test.map(found -> Json.number(found, "accuracy")).orElse(OptionalDouble.empty());
    if (accuracy.isPresent()) {
      var examples = Json.whole(test.get(), "examples");
      var detail =
          examples.isPresent() && examples.getAsLong() > 0
              ? interval(accuracy.getAsDouble(), examples.getAsLong())
              : "";
      double value = accuracy.getAsDouble();
      return List.of(
          number(
              examples.orElse(0) < FINE ? Numbers.percent(value) : Numbers.finePercent(value),
              "test accuracy",
              detail));
    }
    var loss = test.map(found -> Json.number(found, "loss")).orElse(OptionalDouble.empty());
    if (loss.isPresent()) {
      return List.of(number(Numbers.of(loss), "test loss", ""));
    }
    for (var kind : List.of("validation", "train")) {
      var seen = run.axis().series(run.events().epochs(), kind + "_accuracy").last();
      if (seen.isPresent()) {
        return List.of(
            number(
                Numbers.percent(seen.get().y()),
                kind + " accuracy",
                "At %s %s. The test set has not been evaluated: there is no evaluation.json yet."
                    .formatted(run.axis().name(), Numbers.tick(seen.get().x()))));
      }
    }
    return List.of(
        tag("p", "No result yet: there is no evaluation.json and no finished epoch.")
            .with("class", "absent"));
  }

  private static Node number(String value, String name, String detail) {
    var beside = new ArrayList<Node>(List.of(tag("span", name).with("class", "name")));
    if (!detail.isEmpty()) {
      beside.add(tag("span", detail).with("class", "detail"));
    }
    return tag("p", tag("span", value).with("class", "number"), tag("span", beside))
        .with("class", "result");
  }

  /** Wilson's interval: how far chance in the choice of test examples could move the accuracy. */
  static String interval(double accuracy, long examples) {
    double n = examples;
    double centre = (accuracy + Z * Z / (2 * n)) / (1 + Z * Z / n);
    double half =
        Z / (1 + Z * Z / n) * Math.sqrt(accuracy * (1 - accuracy) / n + Z * Z / (4 * n * n));
    return "%s of %s test examples; 95 %% interval %s to %s"
        .formatted(
            Numbers.count(Math.round(accuracy * n)),
            Numbers.count(examples),
            Numbers.percent(Math.max(0, centre - half)),
            Numbers.percent(Math.min(1, centre + half)));
  }

  /** One sentence: finished, stopped early, diverged or not finished, and where. */
  static String state(RunData run) {
    var events = run.events();
    var planned = run.count("epochs");
    var epochs = reached(run, planned.orElse(-1));
    if (run.diagnosis().isPresent()) {
      return "Diverged" + epochs + ". The warnings say where.";
    }
    if (events.finished().isPresent()) {
      var reason = Json.words(events.finished().get(), "reason").orElse("");
      return switch (reason) {
        case "early-stopping" -> "Stopped early" + epochs + ".";
        case "training-error" -> "The training error was small enough" + epochs + ".";
        case "epochs", "" -> "Finished" + epochs + ".";
        default -> "Finished" + epochs + ": " + reason + ".";
      };
    }
    if (events.started().isEmpty()) {
      return "Nothing is known about the training: events.jsonl is missing or does not begin with a start.";
    }
    return "Unfinished" + epochs + ". This page shows what is there.";
  }

  private static String reached(RunData run, long planned) {
    var finished = run.events().finished().flatMap(event -> step(event));
    long step = finished.orElse(run.events().lastStep());
    if (step == 0) {
      return " before the first step";
    }
    var axis = run.axis();
    if (axis.steps() == 1 || step % axis.steps() != 0) {
      long all = planned > 0 && axis.steps() > 1 ? planned * axis.steps() : 0;
      return " at step " + Numbers.count(step) + (all > 0 ? " of " + Numbers.count(all) : "");
    }
    long epoch = step / axis.steps();
    return planned == epoch || planned < 0
        ? " after " + Numbers.plural(epoch, "epoch")
        : " after " + Numbers.count(epoch) + " of " + Numbers.plural(planned, "epoch");
  }

  private static Optional<Long> step(JsonNode event) {
    var step = Json.whole(event, "step");
    return step.isPresent() ? Optional.of(step.getAsLong()) : Optional.empty();
  }

  private static Node facts(RunData run) {
    var facts = new ArrayList<Node>();
    run.evaluation()
        .ifPresent(found -> {
          fact(facts, "Test loss", Numbers.of(Json.number(found.path("test"), "loss")));
          fact(
              facts,
              "Train accuracy",
              Numbers.percent(Json.number(found.path("train"), "accuracy")));
          fact(facts, "Train loss", Numbers.of(Json.number(found.path("train"), "loss")));
        });
    run.count("parameters").ifPresent(n -> fact(facts, "Parameters", Numbers.count(n)));
    run.events()
        .finished()
        .ifPresent(
            event -> fact(facts, "Training time", Numbers.duration(Json.orGap(event, "seconds"))));
    run.provenance()
        .flatMap(found -> Json.words(found, "seed"))
        .ifPresent(seed -> fact(facts, "Seed", seed));
    return facts.isEmpty() ? Node.none() : tag("dl", facts).with("class", "facts");
  }

  private static void fact(List<Node> facts, String name, String value) {
    if (!value.equals(Numbers.NONE)) {
      facts.add(tag("div", tag("dt", name), tag("dd", value)));
    }
  }

  /** The cord grows with the words beside it, so the bob ends where the number stands. */
  static Node plumbLine() {
    var bob =
        tag(
                "svg",
                tag("path")
                    .with("class", "bob")
                    .with("d", "M11 0H17V6L23.5 11Q25 26 14 50Q3 26 4.5 11L11 6Z"),
                tag("path").with("class", "glint").with("d", "M4.9 15Q14 18.5 23.1 15"))
            .with("viewBox", "0 0 28 50")
            .with("width", "28")
            .with("height", "50");
    return tag("div", tag("div").with("class", "cord"), bob)
        .with("class", "plumb")
        .with("aria-hidden", "true");
  }
}
