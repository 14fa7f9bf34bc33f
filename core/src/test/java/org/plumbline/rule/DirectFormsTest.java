package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Architecture;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Network;
import org.plumbline.nn.Pool2d;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

/** Direct feedback into convolutions, and the forms of it that keep less than [C, n_l]. */
@ExtendWith(InScope.class)
class DirectFormsTest {
  private static final int CHANNELS = 4;
  private static final int PLACES = 9;

  /** Blocks of [4, 3, 3] behind a pool, of [6, 3, 3] that is flattened, and of 7 units. */
  private static Network network() {
    Activation tanh = new Activation.Tanh();
    return Network.of(
        List.of(
            new Conv2d(CHANNELS, 3, 1, 1),
            tanh,
            new Pool2d.Max(),
            new Conv2d(6, 3, 1, 1),
            tanh,
            new Flatten(),
            new Dense(7),
            tanh,
            new Dense(5)),
        Shape.of(2, 6, 6),
        Toy.birth(new Toy.Normal(), Precision.FP64, 3));
  }

  private static List<Tensor> paths(String rule, Network network) {
    return Rules.ALL.parse(rule).attach(network, Seed.of(1)).paths().matrices();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dfa",
        "dfa:storage=regenerated",
        "dfa:form=channel",
        "dfa:form=channel,storage=regenerated",
        "dfa:form=kernel",
        "dfa:rank=1",
        "dfa:rank=3,law=normal",
        "dfa:rank=3,law=orthogonal,storage=regenerated",
        "sdfa:form=channel",
        "sdfa:form=channel,storage=regenerated",
        "optical-dfa:form=channel",
        "optical-dfa:storage=regenerated",
        "drtp:form=channel",
        "drtp:form=channel,storage=regenerated",
        "udfa:storage=regenerated",
        "sparse-dfa:connections=0,rank=3",
        "sparse-dfa:connections=2,rank=3"
      })
  void whatArrivesIsTheProductWithTheWholeMatrix(String value) {
    Network network = network();
    LearningRule rule = Rules.ALL.parse(value);
    Training training = Training.of(network, rule, new Sgd(0.05), Seed.of(1));
    Identities.require(
        Rules.ALL.nameOf(rule),
        rule,
        training,
        training.tell(Toy.batch(network, Precision.FP64), 0));
  }

  /** Real targets take another way than labels. */
  @Test
  void realTargetsArriveAChannelToo() {
    Network network = network();
    Training training =
        Training.of(network, Rules.ALL.parse("drtp:form=channel"), new Sgd(0.1), Seed.of(1));
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Toy.Batch real = new Toy.Batch(batch.inputs(), batch.targets().plus(0.25));
    Training.Told told = training.tell(real, 0);
    Tensor b = training.feedback().paths().matrices().getFirst();
    requireClose(
        "signal 1",
        ((Signal.Told) told.signals().getFirst()).gradient().reshaped(Toy.ROWS, -1),
        real.targets().scaled(-1.0 / Toy.ROWS).matmul(b),
        1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dfa", "sdfa", "optical-dfa", "drtp"})
  void aChannelHearsTheSameAtAllItsPlaces(String rule) {
    Network network = network();
    Feedback feedback = Rules.ALL.parse(rule + ":form=channel").attach(network, Seed.of(1));
    int width = CHANNELS * PLACES;
    Tensor kept = named(feedback.state(), "feedback.1");
    assertThat(kept.shape()).isEqualTo(Shape.of(5, CHANNELS));
    assertThat(named(feedback.state(), "feedback.2").shape()).isEqualTo(Shape.of(5, 6));
    double[] b = feedback.paths().matrices().getFirst().toDoubles();
    double[] columns = kept.toDoubles();
    for (int output = 0; output < 5; output++) {
      for (int j = 0; j < width; j++) {
        assertThat(b[output * width + j]).isEqualTo(columns[output * CHANNELS + j / PLACES]);
      }
    }
    assertThat(columns).doesNotHaveDuplicates();
  }

  /**
   * √((C + n_l)/(C + c)) times as large under Xavier's scale, else alike; rows of numbers alike.
   */
  @Test
  void aKernelsColumnsHaveTheSizeOfItsChannels() {
    Network network = network();
    String law = ":law=uniform,scale=sum,gain=2.4495,form=";
    var channel = Rules.ALL.parse("dfa" + law + "channel").attach(network, Seed.of(1)).state();
    var kernel = Rules.ALL.parse("dfa" + law + "kernel").attach(network, Seed.of(1)).state();
    double larger = Math.sqrt((5.0 + CHANNELS * PLACES) / (5 + CHANNELS));
    requireClose(
        "block 1", named(kernel, "feedback.1"), named(channel, "feedback.1").scaled(larger), 1e-6);
    double bound = Math.sqrt(6.0 / (5 + CHANNELS));
    for (double entry : named(kernel, "feedback.1").toDoubles()) {
      assertThat(Math.abs(entry)).isLessThan(bound * 1.001);
    }
    assertThat(bits(named(kernel, "feedback.3"))).isEqualTo(bits(named(channel, "feedback.3")));
    assertThatThrownBy(() -> Rules.ALL.parse("dfa:form=kernel,rank=2"))
        .hasMessage("rank must be 0 where form is kernel, but is 2; use rank=0 or form=full");
  }

  @Test
  void ofRowsOfNumbersAChannelIsAUnitAndTheFormTheFullOne() {
    Network network = Toy.tanhNet(Precision.FP64);
    var full = Rules.ALL.parse("dfa").attach(network, Seed.of(1)).state();
    var channel = Rules.ALL.parse("dfa:form=channel").attach(network, Seed.of(1)).state();
    assertThat(bits(channel)).isEqualTo(bits(full));
    Network images = network();
    full = Rules.ALL.parse("dfa").attach(images, Seed.of(1)).state();
    channel = Rules.ALL.parse("dfa:form=channel").attach(images, Seed.of(1)).state();
    assertThat(bits(named(channel, "feedback.3"))).isEqualTo(bits(named(full, "feedback.3")));
  }

  private static Network wide() {
    return Network.of(
        List.of(new Conv2d(300, 1, 1, 0), new Activation.Tanh(), new Flatten(), new Dense(10)),
        Shape.of(1, 4, 4),
        Toy.birth(new Toy.Normal(), Precision.FP32, 3));
  }

  /** n_l = 4800, though a column a channel is only [10, 300], and the factors have other axes. */
  @ParameterizedTest
  @CsvSource({
    "'form=channel,law=uniform'", "'form=channel,law=normal'", "'form=channel,law=orthogonal'",
    "'rank=4,law=uniform'", "'rank=4,law=normal'", "'rank=4,law=orthogonal'",
    "'rank=1,law=uniform'", "'form=channel,scale=both'", "'rank=2,scale=outputs,gain=3'"
  })
  void everyFormHasEntriesOfTheSizeOfTheLaw(String settings) {
    String law = settings.replaceFirst("(form=channel|rank=[0-9]),", "");
    Tensor full = paths("dfa:" + law, wide()).getFirst();
    Tensor form = paths("dfa:" + settings, wide()).getFirst();
    assertThat(form.shape()).isEqualTo(full.shape());
    assertThat(form.norm().item()).isCloseTo(full.norm().item(), Percentage.withPercentage(3));
  }

  @Test
  void lowRankIsKeptAsTwoFactors() {
    Network network = network();
    Feedback feedback = Rules.ALL.parse("dfa:rank=2").attach(network, Seed.of(1));
    Map<String, Tensor> state = feedback.state();
    assertThat(state.keySet())
        .containsExactly(
            "feedback.1.left",
            "feedback.1.right",
            "feedback.2.left",
            "feedback.2.right",
            "feedback.3.left",
            "feedback.3.right");
    Tensor u = named(state, "feedback.2.left");
    Tensor w = named(state, "feedback.2.right");
    assertThat(u.shape()).isEqualTo(Shape.of(5, 2));
    assertThat(w.shape()).isEqualTo(Shape.of(2, 54));
    requireClose("B", feedback.paths().matrices().get(1), u.matmul(w), 1e-15);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dfa:form=channel", "dfa:rank=2", "sdfa:form=channel"})
  void drawnAnewItIsTheSameAndOnlyASeedIsKept(String rule) {
    Network network = network();
    Feedback drawn = Rules.ALL.parse(rule + ",storage=regenerated").attach(network, Seed.of(1));
    List<Tensor> kept = paths(rule, network);
    for (int i = 0; i < kept.size(); i++) {
      assertThat(bits(drawn.paths().matrices().get(i))).isEqualTo(bits(kept.get(i)));
    }
    assertThat(drawn.state().keySet()).containsExactly("seed");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("dfa:form=channel,rank=2"))
        .hasMessage("rank must be 0 where form is channel, but is 2; use rank=0 or form=full");
    assertThatThrownBy(() -> Rules.ALL.parse("dfa:align=0.5,rank=2"))
        .hasMessage(
            "align needs a matrix of its own for every place, but rank is 2; use align=0 or the full form");
    assertThatThrownBy(() -> Rules.ALL.parse("dfa:align=0.5,form=channel"))
        .hasMessageContaining("but form is channel");
    assertThatThrownBy(() -> Rules.ALL.parse("dfa:rank=-1")).hasMessageContaining("at least 0");
    assertThatThrownBy(() -> Rules.ALL.parse("dfa:rank=6").attach(network(), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule dfa:rank=6 needs as many outputs, but block 4 (dense 7→5) has 5; use at most that, or rank=0 for all");
  }

  // ---- the table of docs/feedback-laws.md

  record Row(String rule, long image, long launay) {}

  static Stream<Row> rows() throws IOException {
    return Files.readAllLines(Path.of("..", "docs", "feedback-laws.md")).stream()
        .filter(line -> line.startsWith("| `"))
        .map(line -> List.of(line.replace("`", "").split(" *\\| *")))
        .map(cells -> new Row(cells.get(1), whole(cells.get(2)), whole(cells.get(3))));
  }

  private static long whole(String number) {
    return Long.parseLong(number.replace(",", ""));
  }

  @Test
  void theTableOfMemoryIsRead() throws IOException {
    assertThat(rows().map(Row::rule)).contains("dfa", "dfa:form=channel", "dfa:rank=4");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void keepsTheBytesOfTheTable(Row row) {
    List<Layer> one =
        List.of(new Conv2d(64, 3, 1, 1), new Activation.Tanh(), new Flatten(), new Dense(10));
    assertThat(bytes(row.rule, one)).isEqualTo(row.image);
    List<Layer> launay = Architecture.ALL.parse("launay-cnn").layers(Shape.of(3, 32, 32), 10);
    assertThat(bytes(row.rule, launay)).isEqualTo(row.launay);
  }

  private static long bytes(String rule, List<Layer> layers) {
    Network network = Network.of(layers, Shape.of(3, 32, 32), Layer.Birth.of(Seed.of(1)));
    return Rules.ALL.parse(rule).attach(network, Seed.of(2)).state().values().stream()
        .mapToLong(t -> t.size() * t.precision().bytes())
        .sum();
  }
}
