package org.plumbline.data;

import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Normal inputs that a fixed random network, the teacher, has labelled.
 *
 * <pre>
 *   x ~ N(0, 1)^inputs    h = tanh(A x)    label = argmax B h
 *   A: [hidden, inputs] ~ N(0, 1/inputs)   B: [classes, hidden] ~ N(0, 1/hidden)
 * </pre>
 *
 * <p>Classes come out unequal, as the teacher has it. Computed in doubles with the same bits on
 * every JVM.
 *
 * @param examples rows
 * @param inputs features of a row
 * @param hidden tanh units of the teacher
 * @param classes outputs of the teacher
 * @param seed draws teacher and rows; the run's own seed only divides them
 */
@About("normal inputs labelled by a random tanh network")
public record TeacherStudent(
    @About("rows") int examples,
    @About("features of a row") int inputs,
    @About("tanh units of the teacher") int hidden,
    @About("outputs of the teacher") int classes,
    @About("draws teacher and rows") long seed)
    implements Synthetic {
  private static final double MOST_WORK = 1e11;

  /** 5,000 rows of 20 features, 30 hidden units, 5 classes. */
  public TeacherStudent() {
    this(5000, 20, 30, 5, 0);
  }

  /**
   * Checks the sizes.
   *
   * @param examples at least 10
   * @param inputs at least 1
   * @param hidden at least 1
   * @param classes at least 2
   * @param seed any
   */
  public TeacherStudent {
    Check.atLeast("examples", 10, examples);
    Check.atLeast("inputs", 1, inputs);
    Check.atLeast("hidden", 1, hidden);
    Check.atLeast("classes", 2, classes);
    double bytes = 4.0 * examples * inputs + 8.0 * hidden * ((double) inputs + classes);
    if (1.0 * examples * hidden * ((double) inputs + classes) > MOST_WORK
        || bytes > Memory.limit()) {
      throw new BadInput(
          "teacher-student of %d examples, %d inputs, %d hidden units and %d classes is too large for this machine; take fewer"
              .formatted(examples, inputs, hidden, classes));
    }
  }

  @Override
  public Rows draw(String name) {
    Seed draws = Seed.of(seed).child("teacher");
    double[][] a = matrix(draws.child("A"), hidden, inputs);
    double[][] b = matrix(draws.child("B"), classes, hidden);
    Seed features = draws.child("x");
    FloatStore.Builder rows = new FloatStore.Builder(inputs);
    int[] labels = new int[examples];
    for (int i = 0; i < examples; i++) {
      float[] piece = rows.piece();
      int at = rows.at();
      for (int j = 0; j < inputs; j++) {
        piece[at + j] = (float) features.normal((long) i * inputs + j);
      }
      labels[i] = label(a, b, piece, at);
      rows.added();
    }
    List<String> names = IntStream.range(0, inputs).mapToObj(j -> "x" + j).toList();
    List<String> classNames = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    return Rows.of(name, Shape.of(inputs), classNames, names, rows.build(labels));
  }

  private int label(double[][] a, double[][] b, float[] x, int at) {
    double[] h = new double[hidden];
    for (int k = 0; k < hidden; k++) {
      for (int j = 0; j < inputs; j++) {
        h[k] += a[k][j] * x[at + j];
      }
      h[k] = StrictMath.tanh(h[k]);
    }
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      double output = 0;
      for (int k = 0; k < hidden; k++) {
        output += b[c][k] * h[k];
      }
      if (output > most) {
        most = output;
        best = c;
      }
    }
    return best;
  }

  private static double[][] matrix(Seed seed, int rows, int columns) {
    double[][] m = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        m[i][j] = seed.normal((long) i * columns + j) / Math.sqrt(columns);
      }
    }
    return m;
  }
}
