package org.plumbline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.data.InputForm;
import org.plumbline.data.Inputs;
import org.plumbline.edge.Crew;
import org.plumbline.edge.Extractor;
import org.plumbline.edge.Mode;
import org.plumbline.edge.Model;
import org.plumbline.edge.Predictor;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline edge predict DIR INPUT}. */
final class EdgePredict implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(this, "predict", "Says what a model takes an input for.", "")
        .addPositional(Syntax.path("DIR", "the folder of 'edge train'"))
        .addPositional(
            Syntax.path(
                "INPUT",
                "an image (.png, .jpg, .gif, .bmp), an IDX file or a table without labels (.csv, .tsv)"));
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path folder = Syntax.run(given);
    Path input = Syntax.path(given, 1);
    Model model = EdgeRun.open(folder);
    InputForm form = InputForm.of(EdgeRun.data(model.notes()).train());
    List<String> classes = EdgeRun.classes(model);
    List<Map<String, Object>> rows = new ArrayList<>();
    Table table = new Table();
    try (Crew crew = Crew.of(1)) {
      Predictor predictor = new Predictor(model.network(), Mode.FAST, crew);
      for (float[] row : Inputs.read(input, form)) {
        byte[] bytes = new byte[row.length];
        EdgeRun.bytes(row, input.toString(), bytes, 0);
        byte[] seen =
            model.extractor().isPresent() ? features(model.extractor().get(), bytes) : bytes;
        int[] scores = predictor.scores(seen);
        String label = classes.get(predictor.classify(seen));
        Map<String, Object> outputs = new LinkedHashMap<>();
        for (int c = 0; c < scores.length; c++) {
          outputs.put(classes.get(c), scores[c]);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("row", rows.size() + 1);
        object.put("label", label);
        object.put("outputs", outputs);
        rows.add(object);
        table.row("row " + rows.size(), label, "outputs " + outputs);
      }
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("run", folder);
    answer.put("input", input);
    answer.put("rows", rows);
    console.answer(answer, table.lines());
  }

  private static byte[] features(Extractor extractor, byte[] row) {
    return extractor.features(row, 0);
  }
}
