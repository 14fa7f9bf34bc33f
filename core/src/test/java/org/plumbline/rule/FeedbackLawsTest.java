package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

/** Reads the table of docs/feedback-laws.md and measures what every rule in it draws. */
@ExtendWith(InScope.class)
class FeedbackLawsTest {
  private static final Path TABLE = Path.of("..", "docs", "feedback-laws.md");
  private static final Percentage THREE = Percentage.withPercentage(3);

  record Row(String codeBase, String rule, double std, double gain) {
    @Override
    public String toString() {
      return rule + " (" + codeBase + ")";
    }
  }

  static Stream<Row> rows() throws IOException {
    return Files.readAllLines(TABLE).stream()
        .filter(line -> line.matches("\\|.*\\| `.*") && !line.contains("`--rule`"))
        .map(line -> List.of(line.split("\\|")).stream().map(String::strip).toList())
        .map(cells ->
            new Row(
                cells.get(1),
                cells.get(3).replace("`", ""),
                Double.parseDouble(cells.get(4)),
                Double.parseDouble(cells.get(5))));
  }

  @Test
  void theTableIsRead() throws IOException {
    assertThat(rows()).hasSizeGreaterThanOrEqualTo(14);
    assertThat(rows().map(Row::rule)).contains("dfa", "fa:law=normal,scale=sum");
  }

  /** A hidden block of 800 units and 10 outputs: B_1 of dfa and V_2 of fa are both [10, 800]. */
  @ParameterizedTest
  @MethodSource("rows")
  void drawsTheStdAndTheGainOfTheTable(Row row) {
    Network network =
        Toy.net(
            List.of(20L, 800L, 10L),
            new Activation.Tanh(),
            new Initialiser.Uniform(),
            Precision.FP32);
    Feedback feedback = Rules.ALL.parse(row.rule).attach(network, Seed.of(61));
    Tensor b = feedback.state().values().iterator().next().to(Precision.FP64);
    assertThat(b.shape().axes()).containsExactly(10L, 800L);
    assertThat(b.squared().mean().sqrt().item()).isCloseTo(row.std, THREE);
    Tensor e = Seed.of(62).normal(1, 500, 10).to(Precision.FP64);
    Tensor ratios = e.matmul(b).squared().sum(1).over(e.squared().sum(1));
    assertThat(ratios.mean().sqrt().item()).isCloseTo(row.gain, THREE);
  }

  @Test
  void orthogonalFeedbackScalesEveryErrorAlike() {
    Tensor b = new FeedbackLaw(2, Law.ORTHOGONAL, Scale.WIDTH).draw(Seed.of(1), 10, 800, 800);
    Tensor e = Seed.of(62).normal(1, 50, 10);
    Tensor ratios = e.matmul(b).squared().sum(1).over(e.squared().sum(1)).sqrt();
    for (double ratio : ratios.toDoubles()) {
      assertThat(ratio).isCloseTo(2, Percentage.withPercentage(0.001));
    }
  }
}
