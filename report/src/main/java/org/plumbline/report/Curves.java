package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.report.Chart.Line;
import org.plumbline.report.Chart.Stroke;
import org.plumbline.report.Chart.Unit;
import tools.jackson.databind.JsonNode;

/** Loss and accuracy over time. */
final class Curves {
  private static final String ID = "curves";
  private static final String HEADING = "Learning curves";

  /** From this ratio of greatest to least loss on, a logarithmic axis shows more. */
  private static final double WIDE = 20;

  /** More rows than this are thinned to every k-th. */
  private static final int ROWS = 400;

  private Curves() {}

  static Section of(RunData run) {
    var loss = chart(run, "Loss", "loss", Unit.NUMBER);
    var accuracy = chart(run, "Accuracy", "accuracy", Unit.PERCENT);
    if (loss.isEmpty() && accuracy.isEmpty()) {
      return Section.absent(
          ID, HEADING, "No curves: the run recorded no step and no epoch in events.jsonl.");
    }
    var content = new ArrayList<Node>();
    if (!loss.isEmpty()) {
      content.add(loss.ratio() >= WIDE ? bothScales(loss) : loss.figure(Scale.Kind.LINEAR));
    }
    if (!accuracy.isEmpty()) {
      content.add(accuracy.figure(Scale.Kind.LINEAR));
    }
    var rate = run.axis().series(run.events().epochs(), "rate");
    if (rate.there().stream().map(Series.Point::y).distinct().count() > 1) {
      var line = new Line("rate", rate, Stroke.MAIN, 5);
      content.add(
          new Chart("Learning rate", run.axis().name(), Unit.NUMBER, List.of(line), List.of())
              .figure(Scale.Kind.LINEAR));
    }
    content.add(table(run.events().epochs()));
    return new Section(ID, HEADING, note(run), content);
  }

  private static Chart chart(RunData run, String title, String key, Unit unit) {
    var axis = run.axis();
    var steps = axis.series(run.events().steps(), key);
    var train = axis.series(run.events().epochs(), "train_" + key);
    var validation = axis.series(run.events().epochs(), "validation_" + key);
    var test =
        run.evaluation()
            .map(found -> Json.number(found.path("test"), key))
            .filter(value -> value.isPresent() && run.events().lastStep() > 0)
            .map(value ->
                List.of(
                    new Series.Point(
                        (double) run.events().lastStep() / axis.steps(), value.getAsDouble())))
            .orElse(List.of());
    var fewEpochs = train.there().size() < 3;
    var lines = new ArrayList<Line>();
    // A mean over several epochs, drawn at their end, would lag behind the curve it should refine.
    if (fewEpochs || steps.there().size() > train.there().size()) {
      lines.add(new Line("train, by step", steps, fewEpochs ? Stroke.MAIN : Stroke.FAINT, 1));
    }
    if (!fewEpochs || steps.isEmpty()) {
      lines.add(new Line("train", train, Stroke.MAIN, 1));
    }
    lines.add(new Line("validation", validation, Stroke.MAIN, 2));
    lines.add(new Line("test", new Series(test), Stroke.POINT, 3));
    return new Chart(title, axis.name(), unit, lines, List.of());
  }

  /** The logarithmic drawing, and the linear one a radio button away; no script is needed. */
  private static Node bothScales(Chart loss) {
    return tag(
            "div",
            pick("log").with("checked", "checked"),
            tag("label", "log").with("for", "loss-log"),
            pick("linear"),
            tag("label", "linear").with("for", "loss-linear"),
            tag("div", loss.figure(Scale.Kind.LOG)).with("class", "log"),
            tag("div", loss.figure(Scale.Kind.LINEAR)).with("class", "linear"))
        .with("class", "scales");
  }

  private static Node.Element pick(String kind) {
    return tag("input")
        .with("type", "radio")
        .with("name", "loss-scale")
        .with("id", "loss-" + kind)
        .with("class", "pick-" + kind);
  }

  private static List<Node> note(RunData run) {
    var note = new ArrayList<Node>();
    best(run).ifPresent(sentence -> note.add(tag("p", sentence)));
    var epochs = run.axis().series(run.events().epochs(), "train_loss");
    if (epochs.there().size() >= 3) {
      note.add(
          tag(
              "p",
              "Train is the running mean over an epoch, while the weights still move; validation "
                  + "is measured at its end, so it can be the better of the two. The faint line "
                  + "is train between epochs."));
    } else {
      note.add(
          tag(
              "p",
              "Too few epochs for a curve of epochs: train is drawn by step, each point the mean since "
                  + "the one before."));
    }
    if (run.axis().series(run.events().epochs(), "validation_loss").isEmpty()
        && run.axis().series(run.events().epochs(), "validation_accuracy").isEmpty()) {
      note.add(tag("p", "The run held out no validation set."));
    }
    return note;
  }

  private static Optional<String> best(RunData run) {
    var axis = run.axis();
    var accuracy = axis.series(run.events().epochs(), "validation_accuracy");
    if (accuracy.there().size() > 1) {
      return accuracy
          .most()
          .map(best ->
              "Best validation accuracy: %s, at %s %s."
                  .formatted(Numbers.percent(best.y()), axis.name(), Numbers.tick(best.x())));
    }
    return Optional.empty();
  }

  private static Node table(List<JsonNode> epochs) {
    if (epochs.isEmpty()) {
      return Node.none();
    }
    int every = (epochs.size() + ROWS - 1) / ROWS;
    var rows = new ArrayList<List<Node>>();
    for (int i = 0; i < epochs.size(); i++) {
      if (i % every == 0 || i == epochs.size() - 1) {
        rows.add(row(epochs.get(i)));
      }
    }
    var summary = every == 1 ? "Every epoch in numbers" : "Every " + every + "th epoch in numbers";
    return tag(
        "details",
        tag("summary", summary),
        Node.table(
            summary,
            List.of(
                "Epoch",
                "Train loss",
                "Train accuracy",
                "Validation loss",
                "Validation accuracy",
                "Rate"),
            rows));
  }

  private static List<Node> row(JsonNode epoch) {
    return List.of(
        text(Json.words(epoch, "epoch").orElse(Numbers.NONE)),
        text(Numbers.of(Json.number(epoch, "train_loss"))),
        text(Numbers.percent(Json.number(epoch, "train_accuracy"))),
        text(Numbers.of(Json.number(epoch, "validation_loss"))),
        text(Numbers.percent(Json.number(epoch, "validation_accuracy"))),
        text(Numbers.of(Json.number(epoch, "rate"))));
  }
}
