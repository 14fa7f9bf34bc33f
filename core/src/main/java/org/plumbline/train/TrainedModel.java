package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.data.InputForm;
import org.plumbline.data.Standardisation;
import org.plumbline.data.Text;
import org.plumbline.lens.Attack;
import org.plumbline.lens.Attacks;
import org.plumbline.lens.CacheRecipe;
import org.plumbline.nn.MaskedDense;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.run.Entry;
import org.plumbline.run.Event;
import org.plumbline.run.Events;
import org.plumbline.run.NonFinite;
import org.plumbline.run.Provenance;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The network that a finished run left. Lives in the scope in which it was opened. */
public final class TrainedModel {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path run;
  private final Experiment experiment;
  private final Learner learner;
  private final InputForm form;
  private final List<String> classes;
  private final long steps;

  private record Input(
      List<Long> shape, List<String> names, List<Double> means, List<Double> deviations) {}

  private TrainedModel(
      Path run,
      Experiment experiment,
      Learner learner,
      InputForm form,
      List<String> classes,
      long steps) {
    this.run = run;
    this.experiment = experiment;
    this.learner = learner;
    this.form = form;
    this.classes = List.copyOf(classes);
    this.steps = steps;
  }

  /**
   * Opens the model of a run.
   *
   * @param run the run folder
   * @return live, in the open scope
   * @throws BadInput if there is none, or it is damaged
   */
  public static TrainedModel open(Path run) {
    return open(run, Optional.empty());
  }

  /**
   * Opens the model of a run.
   *
   * @param run the run folder
   * @param plugins where its jars are, if not where they were
   * @return live, in the open scope
   * @throws BadInput if there is none, or it is damaged
   */
  public static TrainedModel open(Path run, Optional<Path> plugins) {
    Experiment experiment = Experiment.ofRun(run, plugins);
    Path model = run.resolve(Results.MODEL);
    if (!Files.exists(model)) {
      throw new BadInput(
          "run " + run + " has no model yet; finish it with: ./plumbline resume " + run);
    }
    refuseRot(run.resolve(Results.EVALUATION), model);
    Libtorch.threads(experiment.threadsOfOneOperation());
    try (SafetensorsFile file = Safetensors.open(model)) {
      Map<String, String> metadata = file.metadata();
      Input input = JSON.readValue(need(model, metadata, "input"), Input.class);
      List<String> classes =
          List.of(JSON.readValue(need(model, metadata, "classes"), String[].class));
      InputForm form =
          new InputForm(
              new Shape(input.shape),
              input.names,
              new Standardisation(input.means, input.deviations));
      Map<String, Entry> entries = file.entries(NonFinite.REFUSE);
      Network network = experiment.network(form.shape(), classes.size());
      Tensors.take("", entries, network.state()); // a rule may refuse weights that were drawn
      Learner learner = Trainer.learner(experiment, network, form.shape());
      Tensors.restore(model.toString(), entries, learner.model());
      long steps = Long.parseLong(need(model, metadata, "steps"));
      return new TrainedModel(run, experiment, learner, form, classes, steps);
    } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
      throw new BadInput(model + ": its metadata are not those of a model", e);
    }
  }

  /** What it was trained by. */
  Experiment experiment() {
    return experiment;
  }

  /** Its network and what judges it. */
  Learner learner() {
    return learner;
  }

  /** A model whose evaluation is there must be the one that was evaluated. */
  private static void refuseRot(Path evaluation, Path model) {
    if (!Files.exists(evaluation)) {
      return;
    }
    String recorded;
    try {
      recorded = JSON.readTree(evaluation).path("model_sha256").asString("");
    } catch (JacksonException e) {
      throw new BadInput(
          evaluation + " is damaged; delete it, then: ./plumbline resume " + evaluation.getParent(),
          e);
    }
    String found = Results.sha256(model);
    if (!recorded.isEmpty() && !recorded.equals(found)) {
      throw new BadInput(
          "%s must have the SHA-256 %s that %s records, but has %s; delete both, then: ./plumbline resume %s"
              .formatted(model, recorded, Results.EVALUATION, found, model.getParent()));
    }
  }

  /** Rows of other data may be rows that were learned from. */
  private void refuseOther(String expected, String found) {
    if (!expected.equals(found)) {
      throw new BadInput(
          "data %s must be those of the run, with the hash %s, but have %s; bring them back, or train again"
              .formatted(Datasets.nameOf(experiment.data()), expected, found));
    }
  }

  private static String need(Path model, Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new BadInput(model + ": metadata '" + key + "' is missing; it is not a model of ours");
    }
    return value;
  }

  /**
   * Judges the model again on the data of its run.
   *
   * @return as the run itself found
   * @throws BadInput if the data are no longer those of the run
   */
  public Summary evaluate() {
    Parts parts = parts();
    double seconds =
        Events.read(run.resolve(Events.NAME)).events().stream()
            .map(Event.At::event)
            .filter(Event.Finished.class::isInstance)
            .mapToDouble(event -> ((Event.Finished) event).seconds())
            .max()
            .orElse(0);
    return Results.summary(
        experiment,
        run,
        learner.evaluate(parts.train()),
        learner.evaluate(parts.test()),
        steps,
        learner.network().size(),
        seconds);
  }

  /** The data of its run, which must be what they were. */
  private Parts parts() {
    Parts parts = Parts.of(experiment);
    if (Files.exists(run.resolve(Provenance.NAME))) {
      refuseOther(Provenance.read(run).data().sha256(), parts.hash());
    }
    return parts;
  }

  /**
   * Attacks the model with the test rows of its run.
   *
   * @param attack which, with all its strengths
   * @param rows how many, drawn from the run's seed; 0 for all
   * @return the accuracy at every strength
   * @throws BadInput if the rule, the network or the data refuse such an attack
   */
  public Robustness attacked(Attack attack, int rows) {
    return attacked(attack, rows, () -> {});
  }

  Robustness attacked(Attack attack, int rows, Runnable between) {
    requireRows("attack " + Attacks.ALL.nameOf(attack));
    boolean masks =
        experiment.layers(learner.network().input(), classes.size()).stream()
            .anyMatch(MaskedDense.class::isInstance);
    if (masks && attack.needs() == Attack.Needs.GRADIENTS) {
      throw new BadInput(
          "attack %s needs the true gradient, which masked-dense layers hide; use noise or square"
              .formatted(Attacks.ALL.nameOf(attack)));
    }
    Seed seed = experiment.seed().child("attack");
    Dataset test = parts().test();
    int[] some = Robustness.some(test.size(), rows, seed.child("rows"));
    return Robustness.of(
        learner, Datasets.subset(test, some), attack, seed.child("draws"), between);
  }

  /**
   * Judges the model with a cache of what its layers say about the rows that it learned from.
   *
   * @param recipe how it is filled and asked
   * @return one result a layer
   * @throws BadInput if a layer is unknown, keys take too much room, or there is nothing to search
   *     on
   */
  public List<Cached> cached(CacheRecipe recipe) {
    requireRows("a cache of layers");
    return Cached.of(learner, parts(), recipe);
  }

  /** A text is numbers of tokens, which cannot be moved a little, and many rows to a layer. */
  private void requireRows(String what) {
    long tokens = learner.network().tokens();
    if (tokens > 1) {
      throw new BadInput(
          "%s is for rows that are features or images, but this run learned from text, %d tokens a row; use a run of such data"
              .formatted(what, tokens));
    }
  }

  /**
   * What trained it.
   *
   * @return the rule, without the parameters that have their defaults
   */
  public String rule() {
    return experiment.rules().print(experiment.rule());
  }

  /**
   * The configuration of its run.
   *
   * @return complete as resolved
   */
  public Configuration configuration() {
    return experiment.configuration();
  }

  /**
   * The share of each class, softmax of the outputs.
   *
   * @param rows inputs as {@link org.plumbline.data.Inputs} reads them
   * @return one array a row, one number a class, summing to 1
   */
  public List<double[]> probabilities(List<float[]> rows) {
    return shares(rows, List.of());
  }

  /**
   * The share of each class as the answer to each line of a text: what follows it, or what it is.
   *
   * @param lines of a text
   * @return one array a line, one number a class, summing to 1
   * @throws BadInput if the model is none of text, or cannot read a line
   */
  public List<double[]> answers(List<String> lines) {
    Text text =
        text()
            .orElseThrow(() ->
                new BadInput("run %s is no model of text, so it reads no lines".formatted(run)));
    List<Text.Question> questions = lines.stream().map(l -> text.question(l, classes)).toList();
    return shares(
        questions.stream().map(Text.Question::tokens).toList(),
        questions.stream().map(Text.Question::place).toList());
  }

  /**
   * The kind of text that the model reads.
   *
   * @return nothing if it reads images or numbers
   */
  public Optional<Text> text() {
    return Datasets.text(experiment.data());
  }

  /** The shares at one place of each row that has several; at the only one where none are given. */
  private List<double[]> shares(List<float[]> rows, List<Integer> places) {
    List<double[]> all = new ArrayList<>();
    int atOnce = Evaluation.rows(learner.network());
    for (int from = 0; from < rows.size(); from += atOnce) {
      List<float[]> part = rows.subList(from, Math.min(rows.size(), from + atOnce));
      try (var _ = Scope.open()) {
        Tensor y = learner.feedback().predict(passed(part));
        double[] shares = y.to(Precision.FP64).softmax().toDoubles();
        int n = classes.size();
        int each = shares.length / n / part.size();
        for (int i = 0; i < part.size(); i++) {
          int at = i * each + (places.isEmpty() ? 0 : places.get(from + i));
          all.add(Arrays.copyOfRange(shares, at * n, (at + 1) * n));
        }
      }
    }
    return all;
  }

  /** A pass of rows that the open scope has room for. */
  private Trace passed(List<float[]> rows) {
    int width = Math.toIntExact(form.shape().size());
    float[] inputs = new float[Math.multiplyExact(rows.size(), width)];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, inputs, i * width, width);
    }
    Tensor x =
        Tensor.of(inputs, form.shape().withRows(rows.size()).toArray())
            .to(experiment.precision().kept())
            .to(experiment.device());
    return learner.trace(x, Mode.EVAL);
  }

  /**
   * What a hidden block makes of rows.
   *
   * @param rows inputs as {@link org.plumbline.data.Inputs} reads them
   * @param block its number, from 1
   * @return one array a row, channel by channel where the block's output is an image
   */
  public List<double[]> features(List<float[]> rows, int block) {
    List<double[]> all = new ArrayList<>();
    int atOnce = Evaluation.rows(learner.network());
    for (int from = 0; from < rows.size(); from += atOnce) {
      List<float[]> part = rows.subList(from, Math.min(rows.size(), from + atOnce));
      try (var _ = Scope.open()) {
        double[] outputs =
            passed(part).hidden().get(block - 1).output().to(Precision.FP64).toDoubles();
        int width = outputs.length / part.size();
        for (int i = 0; i < part.size(); i++) {
          all.add(Arrays.copyOfRange(outputs, i * width, (i + 1) * width));
        }
      }
    }
    return all;
  }

  /**
   * What the model takes.
   *
   * @return shape, names and scaling of an input
   */
  public InputForm form() {
    return form;
  }

  /**
   * What it tells apart.
   *
   * @return the names of the classes
   */
  public List<String> classes() {
    return classes;
  }
}
