package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.tensor.Seed;
import org.plumbline.value.BadInput;

class CsvTest extends DatasetContract {
  @TempDir Path dir;

  @Override
  Split open(long seed) {
    StringBuilder text = new StringBuilder("a,b,constant,kind\n");
    for (int i = 0; i < 90; i++) {
      double a = Seed.of(9).normal(2L * i);
      double b = 1e6 + 1000 * Seed.of(9).normal(2L * i + 1);
      text.append(a).append(',').append(b).append(",7,").append(i % 3 == 0 ? "cat" : "dog");
      text.append('\n');
    }
    return split(text.toString(), Optional.empty(), seed);
  }

  private Split split(String text, Optional<String> label, long seed) {
    try {
      Path file = Files.writeString(dir.resolve("t.csv"), text);
      return Datasets.open(new DataRequest(file.toString(), Optional.empty(), label, 0.2, seed));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Rows read(byte[] content, String label) {
    try (Source in = Source.of(Path.of("f"), content)) {
      return Csv.read(in, Optional.of(label), 64 << 20);
    }
  }

  private static Rows read(String text) {
    return read(text, "-1");
  }

  private static Rows read(String text, String label) {
    return read(text.getBytes(StandardCharsets.UTF_8), label);
  }

  private static float[] original(Dataset rows, int row) {
    float[] x = new float[(int) rows.shape().size()];
    rows.copyOriginal(row, x, 0);
    return x;
  }

  @Test
  void standardisesByTheTrainingRowsOnly() {
    Split split = open(5);
    double[] sum = new double[3];
    double[] squares = new double[3];
    for (int i = 0; i < split.train().size(); i++) {
      float[] x = input(split.train(), i);
      for (int k = 0; k < 3; k++) {
        sum[k] += x[k];
        squares[k] += x[k] * x[k];
      }
      assertThat(x[2]).isZero();
    }
    int n = split.train().size();
    for (int k = 0; k < 2; k++) {
      assertThat(sum[k] / n).isBetween(-1e-5, 1e-5);
      assertThat(squares[k] / n).isBetween(1 - 1e-4, 1 + 1e-4);
    }
    assertThat(split.test().standardisation()).isEqualTo(split.train().standardisation());
    assertThat(split.train().featureNames()).containsExactly("a", "b", "constant");
    assertThat(split.train().classes()).containsExactly("cat", "dog");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2,x\n3,4.5,y\n",
        "1;2;x\n3;4.5;y\n",
        "1\t2\tx\n3\t4.5\ty\n",
        "1,2,x\r\n3,4.5,y\r\n",
        "1,2,x\r3,4.5,y",
        "\uFEFF1,2,x\n3,4.5,y",
        "\n 1 , 2 ,\tx \n\n3,  4.5,y\n  \n",
        "\"1\",\"2\",\"x\"\n\"3\" , \"4.5\",\" y \"\n",
        "p,q,label\n1,2,x\n3,4.5,y\n",
        "\uFEFF\"p\",\"q\",\"label\"\r\n1,2,x\r\n3,4.5,y\r\n",
        "+1,2.,x\n3e0,0.45E1,y\n",
        "1.0000000000000000000000,2,x\n3,4.49999999999999999,y\n"
      })
  void readsTheSameTableFromManyDialects(String text) {
    for (byte[] content :
        new byte[][] {
          text.getBytes(StandardCharsets.UTF_8),
          SourceTest.gzip(text.getBytes(StandardCharsets.UTF_8))
        }) {
      Rows rows = read(content, "-1");
      assertThat(rows.classes()).containsExactly("x", "y");
      assertThat(original(rows, 0)).containsExactly(1, 2);
      assertThat(original(rows, 1)).containsExactly(3, 4.5f);
      assertThat(rows.label(1)).isEqualTo(1);
    }
  }

  @Test
  void findsTheLabelByNameOrNumber() {
    String text = "id,kind,x\n1,b,5\n2,a,6\n";
    for (String column : new String[] {"kind", "1"}) {
      Rows rows = read(text, column);
      assertThat(rows.featureNames()).containsExactly("id", "x");
      assertThat(rows.classes()).containsExactly("a", "b");
      assertThat(rows.label(0)).isEqualTo(1);
      assertThat(original(rows, 1)).containsExactly(2, 6);
    }
    assertThat(read("0,1,kind\n1,2,a\n2,3,b\n", "kind").size()).isEqualTo(2);
    assertThatThrownBy(() -> read(text, "kidn"))
        .isInstanceOf(BadInput.class)
        .hasMessage("f: no column is called 'kidn'; did you mean 'kind'? known: id, kind, x");
    assertThatThrownBy(() -> read(text, "3"))
        .hasMessage("f: label-column must be −1 (the last) or 0 to 2, but is 3");
    assertThatThrownBy(() -> read("x,k,k\n1,2,3\n", "k")).hasMessageContaining("twice");
  }

  @Test
  void sortsIntegerClassesByValueAndOthersByText() {
    assertThat(read("1,10\n2,9\n3,-1\n").classes()).containsExactly("-1", "9", "10");
    assertThat(read("1,10\n2,9\n3,b\n").classes()).containsExactly("10", "9", "b");
    assertThat(read("1,été\n2,\"a \"\"b\"\", c\"\n").classes())
        .containsExactly("a \"b\", c", "été");
  }

  @Test
  void readsNumbersAsJavaDoes() {
    for (int i = 0; i < 2000; i++) {
      double x = Seed.of(1).normal(i) * Math.pow(10, i % 40 - 20);
      String text =
          i % 2 == 0 ? Double.toString(x) : String.format(java.util.Locale.ROOT, "%.7f", x);
      float expected = (float) Double.parseDouble(text);
      Rows rows = read("1," + text + ",a\n2," + text + ",b\n");
      assertThat(original(rows, 0)[1]).as(text).isEqualTo(expected);
    }
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .as(text.substring(0, Math.min(60, text.length())))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesCellsThatAreNoNumbers() {
    refused("a,k\n1,x\nNaN,y\n", "f, line 3, column 0 ('a'): expected a number in every cell");
    refused("a,k\n1,x\n,y\n", "line 3, column 0 ('a'): expected a number in every cell");
    refused("1,x\n-inf,y\n", "line 2, column 0: expected a number in every cell");
    refused("nan,x\n2,y\n", "line 1, column 0: expected a number in every cell");
    refused("1,x\n1e39,y\n", "line 2, column 0: expected a finite number, found '1e39'");
    refused("1,x\n1e999,y\n", "expected a finite number, found '1e999'");
    refused("1,x\n0x10,y\n", "found '0x10'");
    refused("1,x\n1d,y\n", "found '1d'");
    refused("1;x\n1,5;y\n", "expected a number with a decimal point, found '1,5'");
    refused("1,x\n--1,y\n", "found '--1'");
    refused("1,x\n1e,y\n", "found '1e'");
    refused("1,x\n.,y\n", "found '.'");
    refused("1,x\nabc\u0007" + "d".repeat(100) + ",y\n", "found 'abc?ddd");
  }

  @Test
  void refusesTablesOfTheWrongForm() {
    refused("1,2,x\n1,y\n", "line 2: expected 3 columns, as in the lines before, found 2");
    refused("1,2,x\n1,2,3,y\n", "found 4 (divided by comma)");
    refused("1\n2\n", "expected features and a label");
    refused("a,k\n", "expected rows below the header, found the end");
    refused("\n \n", "holds no rows");
    refused("1,\"x\n2,y\"\n", "line 1, column 1: expected a closing quote on the same line");
    refused("1,\"x\"z\n", "expected a comma after the closing quote");
    refused("1,x\n2,x\n", "at least two classes are needed");
    refused(
        "1,x\n2,\n", "line 2, column 1: expected a label of 1 to 256 characters, found nothing");
    refused("1,x\n2," + "y".repeat(257) + "\n", "found 257 characters");
    refused("1," + "y".repeat(1 << 20) + "\n", "line 1: expected at most 1048576 bytes a line");
    refused("1,".repeat(100_000) + "x\n", "expected at most 100000 columns");
    refused("100000000,x\n100000001,y\n", "values that differ within seven digits");
    assertThatThrownBy(() -> read(new byte[] {-1, -2, 49, 0, 44, 0}, "-1"))
        .hasMessageContaining("UTF-16");
    assertThatThrownBy(() -> read(new byte[] {49, 44, (byte) 0xC3, 10}, "-1"))
        .hasMessageContaining("expected UTF-8 text");
  }

  @Test
  void refusesRealNumbersAsClasses() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= Csv.MAX_CLASSES; i++) {
      text.append("1,").append(i / 7.0).append('\n');
    }
    refused(text.toString(), "at most 10000 classes");
    assertThatThrownBy(() -> split("1,0.5\n2,0.25\n3,0.5\n", Optional.empty(), 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("every class needs 2 rows")
        .hasMessageContaining("a column of real numbers cannot be the label");
    assertThatThrownBy(() -> split("1,a\n2,b\n3,a\n", Optional.empty(), 0))
        .hasMessageContaining("class 'b' of 2 has 1; add rows");
  }

  @Test
  void refusesTablesThatMemoryCannotHold() {
    byte[] text = "1,2,3,4,x\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> {
              try (Source in = Source.of(Path.of("f"), text)) {
                Csv.read(in, Optional.empty(), 10_000);
              }
            })
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("take fewer rows or give Java more");
  }

  @Test
  void outliersInTheTestPartStayFinite() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      text.append(i % 2 == 0 ? "1e-30" : "2e-30").append(',').append(i % 4 < 2 ? 'a' : 'b');
      text.append('\n');
    }
    for (int held = 0; held < 40; held++) {
      String[] lines = text.toString().split("\n", -1);
      lines[held] = "3e38," + (held % 4 < 2 ? 'a' : 'b');
      Split split = split(String.join("\n", lines), Optional.empty(), 0);
      for (Dataset part : new Dataset[] {split.train(), split.test()}) {
        for (int i = 0; i < part.size(); i++) {
          assertThat(Math.abs(input(part, i)[0])).isLessThanOrEqualTo(1e6f);
        }
      }
    }
  }
}
