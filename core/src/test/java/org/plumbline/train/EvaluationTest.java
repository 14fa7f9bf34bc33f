package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Architecture;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Network;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;

@ExtendWith(InScope.class)
class EvaluationTest {
  private static int rows(String arch) {
    Shape image = Shape.of(3, 32, 32);
    return Evaluation.rows(
        Network.of(
            Architecture.ALL.parse(arch).layers(image, 10), image, Layer.Birth.of(Seed.of(1))));
  }

  /** A pass of vgg8b keeps about 2.2 million numbers a row, one of lenet some thousand. */
  @Test
  void fewerRowsPassAtOnceWhereEachNeedsMore() {
    assertThat(rows("lenet")).isEqualTo(500);
    assertThat(rows("vgg8b")).isBetween(10, 60);
    assertThat(rows("vgg8b:width=2")).isLessThan(rows("vgg8b"));
  }
}
