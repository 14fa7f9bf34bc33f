package org.plumbline.report;

import static org.plumbline.report.Node.name;
import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.plumbline.report.ComparisonData.Rule;

/** Which rule came out best, and how sure that is. */
final class Verdict {
  private static final String ACCURACY = "test_accuracy";

  private Verdict() {}

  static String title(ComparisonData all) {
    return subject(all) + " · Plumbline";
  }

  static Node of(ComparisonData all) {
    var top = new ArrayList<Node>();
    top.add(tag("p", "Plumbline").with("class", "mark"));
    top.add(tag("p", name(all.folder())).with("class", "run"));
    top.add(heading(all));
    var best = best(all);
    if (best.isPresent()) {
      top.add(result(all, best.get()));
    } else {
      top.add(tag("p", "No result yet: no run has finished.").with("class", "absent"));
    }
    var parts = new ArrayList<Node>();
    parts.add(Headline.plumbLine());
    parts.add(tag("div", top).with("class", "top"));
    best.ifPresent(rule -> parts.add(tag("p", verdict(all, rule)).with("class", "state verdict")));
    parts.add(tag("p", state(all)).with("class", "state"));
    parts.add(facts(all));
    long failed = all.count("failed");
    if (failed > 0) {
      parts.add(
          tag(
                  "p",
                  tag("a", Numbers.plural(failed, "run") + " failed").with("href", "#runs"),
                  text(", below."))
              .with("class", "alert"));
    }
    return tag("header", parts).with("class", "hero");
  }

  private static String subject(ComparisonData all) {
    return Numbers.plural(all.rules().size(), all.noun())
        + data(all).map(data -> " on " + data).orElse("");
  }

  private static Node heading(ComparisonData all) {
    var words = new ArrayList<Node>(List.of(text(Numbers.plural(all.rules().size(), all.noun()))));
    data(all)
        .ifPresent(data -> {
          words.add(tag("span", " on ").with("class", "on"));
          words.add(name(data));
        });
    return tag("h1", words);
  }

  static Optional<String> data(ComparisonData all) {
    return all.any(RunData::data).or(() -> all.planned("data"));
  }

  /** The best of those that are compared; yardstick and control only if there is nothing else. */
  private static Optional<Rule> best(ComparisonData all) {
    var ranked = all.ranked().stream().filter(rule -> !rule.spread(ACCURACY).isEmpty()).toList();
    return ranked.stream()
        .filter(rule -> !isReference(rule))
        .findFirst()
        .or(() -> ranked.stream().findFirst());
  }

  static boolean isReference(Rule rule) {
    return rule.label().equals(ComparisonData.YARDSTICK)
        || rule.label().equals(ComparisonData.CONTROL);
  }

  private static Node result(ComparisonData all, Rule best) {
    var spread = best.spread(ACCURACY);
    int seeds = spread.values().size();
    var detail =
        seeds > 1
            ? "± %s points, the sample standard deviation over %s; least %s, most %s."
                .formatted(
                    all.percent(spread.std()).replace(" %", ""),
                    Numbers.plural(seeds, "seed"),
                    all.percent(spread.least()),
                    all.percent(spread.most()))
            : "One seed: nothing is known of the spread.";
    return tag(
            "p",
            tag("span", all.percent(spread.mean())).with("class", "number"),
            tag(
                "span",
                tag(
                        "span",
                        name(best.label()),
                        text(seeds > 1 ? ", mean test accuracy" : ", test accuracy"))
                    .with("class", "name"),
                tag("span", detail).with("class", "detail")))
        .with("class", "result");
  }

  /** Sentences: against the yardstick, the control and the next. */
  private static String verdict(ComparisonData all, Rule best) {
    var sentences = new ArrayList<String>();
    var rivals =
        all.ranked().stream()
            .filter(rule -> !isReference(rule) && !rule.spread(ACCURACY).isEmpty())
            .toList();
    if (rivals.size() > 1) {
      var next = rivals.get(1);
      sentences.add(
          "%s has the greatest mean of the %s compared; next is %s, %s%s."
              .formatted(
                  best.label(),
                  Numbers.plural(rivals.size(), all.noun()),
                  next.label(),
                  told(all, next.over(best, ACCURACY), "behind", "ahead"),
                  doubt(next.over(best, ACCURACY), ", so their order may be chance")));
    }
    for (var label : List.of(ComparisonData.YARDSTICK, ComparisonData.CONTROL)) {
      boolean yardstick = label.equals(ComparisonData.YARDSTICK);
      var reference = all.reference(label);
      if (reference.isPresent() && !best.label().equals(label)) {
        sentences.add(
            "%s is %s %s (%s)%s."
                .formatted(
                    sentences.isEmpty() ? best.label() : "It",
                    told(all, best.over(reference.get(), ACCURACY), "below", "above"),
                    yardstick ? "back-propagation" : "shallow, the control",
                    all.withSpread(reference.get().spread(ACCURACY)),
                    doubt(best.over(reference.get(), ACCURACY), "")));
      } else if (all.rule(label).isEmpty() && all.comparesRules()) {
        sentences.add(
            yardstick
                ? "Without bp there is no yardstick."
                : "Without shallow there is no control: nothing shows that the hidden blocks learned.");
      }
    }
    if (best.spread(ACCURACY).isSingle()) {
      sentences.add("One seed does not tell which differences are chance.");
    }
    return String.join(" ", sentences);
  }

  private static String told(ComparisonData all, Spread difference, String below, String above) {
    return difference.isEmpty()
        ? "on other seeds than"
        : all.points(Math.abs(difference.mean())).replace("+", "")
            + " points "
            + (difference.mean() < 0 ? below : above);
  }

  /** Whether these seeds show the difference at all. */
  private static String doubt(Spread difference, String more) {
    return difference.holdsZero() ? ", which is within the spread over seeds" + more : "";
  }

  private static String state(ComparisonData all) {
    long runs = all.runs().count();
    long finished = all.count("finished");
    long failed = all.count("failed");
    if (runs == 0) {
      return "No run has begun.";
    }
    var words =
        finished + failed == runs
            ? Numbers.plural(runs, "run") + ", all ended"
            : "Unfinished: %s of %s ended"
                .formatted(Numbers.count(finished + failed), Numbers.plural(runs, "run"));
    return words
        + (failed > 0 ? ", %s of them without a result".formatted(Numbers.count(failed)) : "")
        + ". Accuracies are those of the model that each run left, "
        + (isChosen(all)
            ? "that of the epoch with the least validation loss"
            : "that of its last epoch")
        + ", never the best over epochs.";
  }

  private static boolean isChosen(ComparisonData all) {
    return all.folders()
        .flatMap(run -> run.evaluation().stream())
        .anyMatch(found -> Json.whole(found, "chosen_epoch").isPresent());
  }

  private static Node facts(ComparisonData all) {
    var facts = new ArrayList<Node>();
    var seeds = all.runs().map(ComparisonData.Run::seed).distinct().collect(Collectors.toList());
    if (!seeds.isEmpty()) {
      fact(
          facts,
          seeds.size() == 1 ? "Seed" : "Seeds",
          seeds.size() < 4
              ? String.join(", ", seeds)
              : seeds.getFirst() + " to " + seeds.getLast());
    }
    var net = all.planned("net");
    net.ifPresent(widths ->
        fact(
            facts,
            "Hidden layers",
            widths
                + all.planned("activation").map(a -> ", " + a.replaceFirst(":.*", "")).orElse("")));
    all.planned("epochs").ifPresent(epochs -> fact(facts, "Epochs", epochs));
    all.planned("optimizer")
        .ifPresent(o -> fact(facts, "Optimizer", o.replaceFirst("(:lr=[^,]*),.*", "$1")));
    all.planned("batch").ifPresent(rows -> fact(facts, "Batch", rows));
    all.testExamples().ifPresent(n -> fact(facts, "Test examples", Numbers.count(Math.round(n))));
    return facts.isEmpty() ? Node.none() : tag("dl", facts).with("class", "facts");
  }

  private static void fact(List<Node> facts, String name, String value) {
    facts.add(tag("div", tag("dt", name), tag("dd", value)));
  }
}
