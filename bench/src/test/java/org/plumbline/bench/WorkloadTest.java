package org.plumbline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

final class WorkloadTest {
  private static final Activation TANH = new Activation.Tanh();

  @ParameterizedTest
  @CsvSource({
    "784-800-800-10,         784-800-800-10,   64,  3",
    "784-800-800-10@16,      784-800-800-10,   16,  3",
    "7x240,                  7x240,            64,  8",
    "3x2048,                 3x2048,           128, 4",
    "3x2048@32,              3x2048,           32,  4",
    "launay-cnn,             launay-cnn,       128, 5",
    "vgg8b:width=0.25@32,    vgg8b:width=0.25, 32,  8",
  })
  void is_read(String text, String shape, int batch, int products) {
    Workload read = Workload.parse(text, TANH);
    assertThat(read.shape()).isEqualTo(shape);
    assertThat(read.batch()).isEqualTo(batch);
    assertThat(read.toString()).isEqualTo(shape + "@" + batch);
    assertThat(
            read.placed().stream()
                .filter(p ->
                    p.layer() instanceof Dense || p.layer() instanceof org.plumbline.nn.Conv2d))
        .hasSize(products);
    assertThat(Workload.parse(read.toString(), TANH)).isEqualTo(read);
  }

  @Test
  void the_activation_is_that_of_all_hidden_layers() {
    for (String shape : List.of("20-9-8-3", "2x5", "launay-cnn", "vgg8b:width=0.1")) {
      Workload read = Workload.parse(shape, new Activation.Gelu());
      assertThat(read.layers()).as(shape).anyMatch(Activation.Gelu.class::isInstance);
      assertThat(read.layers()).as(shape).noneMatch(Activation.LeakyRelu.class::isInstance);
    }
    assertThat(Workload.parse("20-9-3", TANH).input()).isEqualTo(Shape.of(20));
  }

  @Test
  void a_list_keeps_the_parameters_of_an_architecture_together() {
    assertThat(Workload.parseAll("vgg8b:width=0.1,dropout=0.5@8, 7x240@2", TANH))
        .extracting(Workload::toString)
        .containsExactly("vgg8b:width=0.1,dropout=0.5@8", "7x240@2");
  }

  @ParameterizedTest
  @CsvSource({
    "launay,      unknown shape 'launay'; write widths as",
    "784-0-10,    a width must be a whole number from 1",
    "0x240,       a number of layers must be a whole number from 1",
    "7x240@0,     a batch must be a whole number from 1",
    "7x240@many,  a batch must be a whole number from 1",
    "784,         unknown shape '784'",
  })
  void what_cannot_be_is_refused(String text, String reason) {
    assertThatThrownBy(() -> Workload.parse(text, TANH))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }
}
