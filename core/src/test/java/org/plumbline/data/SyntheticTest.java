package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.plumbline.tensor.Seed;
import org.plumbline.value.BadInput;

class SyntheticTest {
  private static Split split(String data, long seed) {
    return Datasets.open(
        new DataRequest(data, Optional.empty(), Optional.empty(), DataRequest.TEST_FRACTION, seed));
  }

  @Nested
  class Moons extends DatasetContract {
    @Override
    Split open(long seed) {
      return split("two-moons:examples=400", seed);
    }
  }

  @Nested
  class Teacher extends DatasetContract {
    @Override
    Split open(long seed) {
      return split("teacher-student:examples=600,inputs=7,hidden=9,classes=3", seed);
    }
  }

  @Test
  void moonsWithoutNoiseLieOnTheirCircles() {
    Rows rows = new TwoMoons(300, 0, 5).draw("moons");
    float[] point = new float[2];
    for (int i = 0; i < rows.size(); i++) {
      rows.copyOriginal(i, point, 0);
      double x = rows.label(i) == 0 ? point[0] : point[0] - 1;
      double y = rows.label(i) == 0 ? point[1] : point[1] - 0.5;
      assertThat(Math.hypot(x, y)).isBetween(0.999999, 1.000001);
      assertThat(rows.label(i) == 0 ? y : -y).isGreaterThanOrEqualTo(-1e-6);
    }
  }

  @Test
  void theTeacherUsesEveryClass() {
    Rows rows = new TeacherStudent().draw("teacher");
    assertThat(rows.size()).isEqualTo(5000);
    for (int count : Stratified.counts(rows)) {
      assertThat(count).isGreaterThan(100);
    }
    assertThat(new TeacherStudent(5000, 20, 30, 5, 1).draw("teacher").sha256())
        .isNotEqualTo(rows.sha256());
  }

  @Test
  void theTeacherLabelsAsItsFormulaSays() {
    Rows rows = new TeacherStudent(300, 3, 4, 3, 8).draw("teacher");
    Seed seed = Seed.of(8).child("teacher");
    float[] x = new float[3];
    for (int i = 0; i < rows.size(); i++) {
      rows.copyOriginal(i, x, 0);
      double[] out = new double[3];
      for (int k = 0; k < 4; k++) {
        double h = 0;
        for (int j = 0; j < 3; j++) {
          h += seed.child("A").normal(3L * k + j) / Math.sqrt(3) * x[j];
        }
        for (int c = 0; c < 3; c++) {
          out[c] += seed.child("B").normal(4L * c + k) / 2 * Math.tanh(h);
        }
      }
      assertThat(out[rows.label(i)]).isEqualTo(Math.max(out[0], Math.max(out[1], out[2])));
    }
  }

  @Test
  void trainingInputsHaveMeanZeroAndDeviationOne() {
    Dataset train = split("two-moons", 0).train();
    double sum = 0;
    double squares = 0;
    float[] point = new float[2];
    for (int i = 0; i < train.size(); i++) {
      train.copyInput(i, point, 0);
      sum += point[1];
      squares += point[1] * point[1];
    }
    assertThat(sum / train.size()).isBetween(-1e-6, 1e-6);
    assertThat(squares / train.size()).isBetween(1 - 1e-5, 1 + 1e-5);
  }

  @Test
  void refusesSizesThatCannotBe() {
    assertThatThrownBy(() -> split("two-moons:examples=3", 0)).isInstanceOf(BadInput.class);
    assertThatThrownBy(() -> split("two-moons:noise=-1", 0)).isInstanceOf(BadInput.class);
    assertThatThrownBy(() -> split("two-moons:noice=1", 0)).hasMessageContaining("'noise'");
    assertThatThrownBy(
            () -> split("teacher-student:examples=2000000000,inputs=2000000000,hidden=1", 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("too large");
  }
}
