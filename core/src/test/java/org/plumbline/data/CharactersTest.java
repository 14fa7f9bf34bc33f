package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

@ExtendWith(InScope.class)
class CharactersTest {
  private static final String SENTENCE = "Der Fuß\tist 🌲 \\ nass.\n";

  @TempDir Path dir;

  private Path write(String text) {
    try {
      return Files.writeString(dir.resolve("input.txt"), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Split open(String data, Path place) {
    return Datasets.open(new DataRequest(data, Optional.of(place), Optional.empty(), 0.2, 0));
  }

  private static String text(Dataset rows, int row) {
    float[] tokens = DatasetContract.input(rows, row);
    StringBuilder text = new StringBuilder();
    for (float token : tokens) {
      text.append(plain(rows.classes().get((int) token)));
    }
    return text.toString();
  }

  private static String plain(String printed) {
    return Map.of("\\s", " ", "\\n", "\n", "\\t", "\t", "\\\\", "\\")
        .getOrDefault(printed, printed);
  }

  @Test
  void charactersComeBackAsTheyWere() {
    String whole = SENTENCE.repeat(40);
    Split split = open("characters:context=7", write(whole));
    int[] points = whole.codePoints().toArray();
    int cut = points.length - points.length / 10;
    StringBuilder train = new StringBuilder();
    for (int i = 0; i < split.train().size(); i++) {
      train.append(text(split.train(), i));
    }
    assertThat(train.codePoints().count()).isEqualTo((cut - 1) / 7 * 7L);
    assertThat(whole).startsWith(train.toString());
    String test = new String(points, cut, points.length - cut);
    assertThat(test).startsWith(text(split.test(), 0) + text(split.test(), 1));
    assertThat(split.train().shape()).isEqualTo(Shape.of(7));
    assertThat(split.train().featureNames()).hasSize(7);
    assertThat(split.train().name()).isEqualTo("characters:context=7");
    assertThat(split.test().classes()).isEqualTo(split.train().classes()).doesNotHaveDuplicates();
  }

  @Test
  void everyLabelIsTheNextToken() {
    Dataset rows = open("characters:context=5", write(SENTENCE.repeat(40))).train();
    assertThat(rows.labels()).isEqualTo(5);
    for (int row = 0; row + 1 < rows.size(); row++) {
      float[] tokens = DatasetContract.input(rows, row);
      for (int place = 0; place < 4; place++) {
        assertThat(rows.label(row, place)).isEqualTo((int) tokens[place + 1]);
      }
      int next = (int) DatasetContract.input(rows, row + 1)[0];
      assertThat(rows.label(row, 4)).isEqualTo(next);
      assertThat(rows.label(row)).isEqualTo(next);
    }
    Batch batch = Batch.of(rows, new int[] {3, 1}, 0, 2, Precision.FP32, Device.CPU);
    assertThat(batch.inputs().shape()).isEqualTo(Shape.of(2, 5));
    assertThat(batch.targets().shape()).isEqualTo(Shape.of(10, rows.classes().size()));
    assertThat(batch.labels()).hasSize(10);
    assertThat(batch.labels()[7]).isEqualTo(rows.label(1, 2));
    assertThat(batch.targets().argmax().toLongs())
        .containsExactly(IntStream.of(batch.labels()).asLongStream().toArray());
  }

  @Test
  void validationIsTheEndOfWhatIsLearnedFrom() {
    Dataset train = open("characters:context=5", write(SENTENCE.repeat(40))).train();
    Split held = Datasets.stratified(train, 0.25, Seed.of(1));
    int size = held.test().size();
    assertThat(size).isEqualTo(Math.round(0.25 * train.size()));
    assertThat(text(held.train(), 0)).isEqualTo(text(train, 0));
    assertThat(text(held.test(), 0)).isEqualTo(text(train, train.size() - size));
    assertThat(held.test().label(0, 2)).isEqualTo(train.label(train.size() - size, 2));
    assertThat(held.test().labels()).isEqualTo(5);
    assertThat(held.test().sha256()).isNotEqualTo(held.train().sha256());
  }

  @Test
  void refusesInALineThatNamesThePlace() throws IOException {
    String known = "abc".repeat(100);
    refused(known + "x", "character 301 (of the last tenth, the test set): expected one of the 3");
    refused("abc", "length: expected at least 60 characters");
    refused("a".repeat(300), "text of 2 to 4096 distinct characters, found 1");
    Files.write(dir.resolve("input.txt"), new byte[] {'a', 'b', (byte) 0xC3, 'b', 'a'});
    assertThatThrownBy(() -> open("characters:context=5", dir))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("byte 2: expected text in UTF-8, found 0xC3");
    refused("", "is empty");
    assertThatThrownBy(() -> open("characters:context=5", dir.resolve("nowhere")))
        .isInstanceOf(BadInput.class);
    assertThatThrownBy(() -> open("characters:context=0", dir))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("context must be at least 1");
    assertThatThrownBy(() -> open("characters:context=5000", dir))
        .hasMessageContaining("at most 4096");
    Files.delete(dir.resolve("input.txt"));
    assertThatThrownBy(() -> open("characters", dir))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("put input.txt into")
        .hasMessageContaining("--data-dir");
  }

  private void refused(String text, String message) {
    Path file = write(text);
    assertThatThrownBy(() -> open("characters:context=5", file))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message);
  }

  @Test
  void aQuestionEndsWhereItsAnswerBegins() {
    Text text = new Characters(4);
    List<String> classes = List.of("\\s", "a", "b");
    Text.Question short_ = text.question("ab", classes);
    assertThat(short_.tokens()).containsExactly(1, 2, 0, 0);
    assertThat(short_.place()).isEqualTo(1);
    Text.Question long_ = text.question("bbbab a", classes);
    assertThat(long_.tokens()).containsExactly(1, 2, 0, 1);
    assertThat(long_.place()).isEqualTo(3);
    assertThatThrownBy(() -> text.question("abx", classes))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("'x' is none of them");
    assertThatThrownBy(() -> text.question("", classes)).isInstanceOf(BadInput.class);
  }

  @Test
  void tinyShakespeare() {
    Path place =
        Path.of(Map.copyOf(System.getenv()).getOrDefault("PLUMBLINE_DATA", "unset"))
            .resolve("shakespeare");
    assumeTrue(Files.isDirectory(place), "skipped: PLUMBLINE_DATA must hold shakespeare");
    Split split = open("characters", place);
    assertThat(split.train().classes()).hasSize(65);
    assertThat(split.train().size()).isEqualTo(7842);
    assertThat(split.test().size()).isEqualTo(871);
    assertThat(text(split.train(), 0)).startsWith("First Citizen:\nBefore we proceed");
  }
}
