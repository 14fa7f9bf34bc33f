package org.plumbline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.plumbline.data.Inputs;
import org.plumbline.tensor.Scope;
import org.plumbline.train.TrainedModel;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline predict RUN INPUT}. */
final class Predict implements Command {
  private static final int RUNNERS_UP = 2;

  @Override
  public CommandSpec spec() {
    return Syntax.command(this, "predict", "Says what the network of a run takes an input for.", "")
        .addPositional(Syntax.path("RUN", "the run folder"))
        .addPositional(
            Syntax.path(
                "INPUT",
                "an image (.png, .jpg, .gif, .bmp), an IDX file, a table without labels (.csv, .tsv), or lines of text"))
        .addOption(Syntax.plugins());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path run = Syntax.run(given);
    Path input = Syntax.path(given, 1);
    console.beforeLibtorch();
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run, Syntax.plugins(given));
      List<double[]> shares =
          model.text().isPresent()
              ? model.answers(Inputs.lines(input))
              : model.probabilities(Inputs.read(input, model.form()));
      List<Map<String, Object>> rows = new ArrayList<>();
      Table table = new Table();
      for (int i = 0; i < shares.size(); i++) {
        Prediction prediction = new Prediction(i + 1, model.classes(), shares.get(i));
        rows.add(prediction.object());
        table.row(prediction.cells());
      }
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("run", run);
      answer.put("input", input);
      answer.put("rows", rows);
      console.answer(answer, table.lines());
    }
  }

  /** What one row, counted from 1, is taken for. */
  @SuppressWarnings("ArrayRecordComponent") // printed once and never compared
  private record Prediction(int row, List<String> classes, double[] shares) {
    private List<Integer> ranking() {
      return IntStream.range(0, shares.length)
          .boxed()
          .sorted(Comparator.comparingDouble((Integer c) -> shares[c]).reversed())
          .toList();
    }

    Map<String, Object> object() {
      Map<String, Object> probabilities = new LinkedHashMap<>();
      for (int c = 0; c < shares.length; c++) {
        probabilities.put(classes.get(c), shares[c]);
      }
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("row", row);
      object.put("label", classes.get(ranking().getFirst()));
      object.put("probability", shares[ranking().getFirst()]);
      object.put("probabilities", probabilities);
      return object;
    }

    String[] cells() {
      int best = ranking().getFirst();
      String others =
          ranking().stream()
              .skip(1)
              .limit(RUNNERS_UP)
              .map(c -> classes.get(c) + " " + Words.percent(shares[c]))
              .collect(Collectors.joining(", ", "(", ")"));
      return new String[] {"row " + row, classes.get(best), Words.percent(shares[best]), others};
    }
  }
}
