package org.plumbline.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.data.InputForm;
import org.plumbline.data.Text;
import org.plumbline.run.RunFolder;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;
import tools.jackson.databind.json.JsonMapper;

/** What a finished training leaves in its folder: the model and its evaluation, made once. */
record Results(
    Experiment experiment,
    RunFolder folder,
    Learner learner,
    Dataset train,
    Dataset test,
    Position position) {
  static final String MODEL = "model.safetensors";
  static final String EVALUATION = "evaluation.json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Writes what is missing and says what came out. The test set is touched here, and nowhere
   * before.
   */
  Summary complete() {
    if (!folder.has(MODEL) || !folder.has(EVALUATION)) { // which vouches for the model
      try (var _ = Scope.open()) {
        folder.write(MODEL, Tensors.entries(learner.model()), metadata());
      }
    }
    Evaluation onTrain = learner.evaluate(train);
    Evaluation onTest = learner.evaluate(test);
    if (!folder.has(EVALUATION)) {
      folder.write(EVALUATION, JSON.writeValueAsString(evaluation(onTrain, onTest)));
    }
    return summary(
        experiment,
        folder.directory(),
        onTrain,
        onTest,
        position.step,
        learner.network().size(),
        position.seconds);
  }

  static Summary summary(
      Experiment experiment,
      Path run,
      Evaluation onTrain,
      Evaluation onTest,
      long steps,
      long parameters,
      double seconds) {
    Presentation shown = experiment.presentation();
    long epochs = Math.ceilDiv(steps, shown.stepsPerEpoch(onTrain.examples(), experiment.batch()));
    long rows = epochs * shown.rowsPerEpoch(onTrain.examples(), experiment.batch());
    return new Summary(
        experiment.rules().nameOf(experiment.rule()),
        Datasets.nameOf(experiment.data()),
        epochs,
        steps,
        parameters,
        onTrain.loss(),
        onTrain.accuracy(),
        onTest.loss(),
        onTest.accuracy(),
        seconds,
        seconds > 0 ? rows / seconds : 0,
        run);
  }

  /** Nothing here may depend on time or place: same training, same bytes. */
  private Map<String, String> metadata() {
    InputForm form = InputForm.of(train);
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("shape", form.shape().axes());
    input.put("names", form.featureNames());
    input.put("means", form.standardisation().means());
    input.put("deviations", form.standardisation().deviations());
    List<Map<String, Object>> blocks = new ArrayList<>();
    for (int i = 0; i < learner.network().blocks().size(); i++) {
      Map<String, Object> block = new LinkedHashMap<>();
      block.put("block", i + 1);
      block.put("name", learner.network().blocks().get(i).describe());
      block.put("output", learner.network().shape(i).axes());
      blocks.add(block);
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "plumbline-model 1");
    metadata.put("architecture", JSON.writeValueAsString(blocks));
    metadata.put("configuration", configuration().yaml());
    metadata.put("classes", JSON.writeValueAsString(train.classes()));
    metadata.put("input", JSON.writeValueAsString(input));
    metadata.put("steps", Long.toString(position.step));
    return metadata;
  }

  /** As resolved, but for where data, weights and jars were found. */
  private Configuration configuration() {
    return experiment
        .configuration()
        .with(Options.DATA_DIR, "")
        .with(Options.DATA, train.name())
        .with(Options.INIT_FROM, "")
        .with(Options.PLUGINS, "");
  }

  private Map<String, Object> evaluation(Evaluation onTrain, Evaluation onTest) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("v", 1);
    json.put("rule", experiment.rules().nameOf(experiment.rule()));
    json.put("data", Datasets.nameOf(experiment.data()));
    json.put("classes", test.classes());
    json.put("test", metrics(onTest));
    json.put("train", metrics(onTrain));
    if (position.bestEpoch > 0) {
      json.put("chosen_epoch", position.bestEpoch);
    }
    json.put("model_sha256", sha256(folder.file(MODEL)));
    json.put("confusion", onTest.confusion());
    json.put("input", input());
    if (test.labels() == 1) { // of rows that have several, which is a mistake?
      json.put("mistakes", onTest.mistakes().stream().map(this::mistake).toList());
    }
    return json;
  }

  /** The hash of a file, which tells a model from one that has rotted. */
  static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new BadInput("cannot read " + file + ": " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> metrics(Evaluation evaluation) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("examples", evaluation.examples());
    json.put("loss", evaluation.loss());
    json.put("accuracy", evaluation.accuracy());
    return json;
  }

  private Map<String, Object> input() {
    Map<String, Object> json = new LinkedHashMap<>();
    Shape shape = test.shape();
    if (shape.rank() == 3) {
      json.put("kind", "image");
      json.put("channels", shape.axis(0));
      json.put("height", shape.axis(1));
      json.put("width", shape.axis(2));
    } else {
      json.put("kind", "row");
      json.put("names", text().isPresent() ? List.of("text") : test.featureNames());
    }
    return json;
  }

  private Map<String, Object> mistake(Evaluation.Mistake mistake) {
    float[] original = new float[Math.toIntExact(test.shape().size())];
    test.copyOriginal(mistake.row(), original, 0);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("row", mistake.row() + 1);
    json.put("truth", mistake.truth());
    json.put("predicted", mistake.predicted());
    json.put("confidence", mistake.confidence());
    json.put(
        "input",
        text().<Object>map(t -> List.of(t.written(original, test.classes()))).orElse(original));
    return json;
  }

  private Optional<Text> text() {
    return Datasets.text(experiment.data());
  }

  /** What is known of a step that was not finite; numbers that JSON cannot hold are text. */
  static String diagnosis(long step, Diverged diverged) {
    Map<String, Object> norms = new LinkedHashMap<>();
    diverged.norms().forEach(n -> norms.put(n.parameter(), number(n.norm())));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("v", 1);
    json.put("step", step);
    json.put("reason", String.valueOf(diverged.getMessage()));
    json.put("loss", number(diverged.loss()));
    json.put("signal_norms", norms);
    return JSON.writeValueAsString(json);
  }

  private static Object number(double value) {
    return Double.isFinite(value) ? value : Double.toString(value);
  }
}
