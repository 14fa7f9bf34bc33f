package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.BadInput;

class SentencesTest extends DatasetContract {
  private static final List<String> WORDS = List.of("dry", "\"wet", "Füße", "a", "b'c", "of", "it");

  @TempDir Path dir;

  @Override
  Division division() {
    return Division.PUBLISHED;
  }

  @Override
  Split open(long seed) {
    write("train.tsv", rows(60, 0));
    write("dev.tsv", rows(20, 60));
    return open("sentences:task=cola,context=12", seed);
  }

  private Split open(String data, long seed) {
    return Datasets.open(new DataRequest(data, Optional.of(dir), Optional.empty(), 0.2, seed));
  }

  private void write(String name, String text) {
    try {
      Files.writeString(dir.resolve(name), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String rows(int count, int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < from + count; i++) {
      text.append("x\t%d\t*\t%s %s %d\n".formatted(i % 2, WORDS.get(i % 7), WORDS.get(i % 5), i));
    }
    return text.toString();
  }

  private static String bytes(Dataset rows, int row) {
    float[] tokens = input(rows, row);
    StringBuilder text = new StringBuilder();
    for (float token : tokens) {
      text.append(token == 0 ? '_' : token == 257 ? '|' : (char) (token - 1));
    }
    return text.toString();
  }

  @Test
  void tokensAreBytesAndPaddingIsZero() {
    Split split = open(1);
    assertThat(bytes(split.train(), 0)).isEqualTo("dry dry 0___");
    assertThat(bytes(split.train(), 1)).isEqualTo("\"wet \"wet 1_"); // a quotation mark is a byte
    assertThat(input(split.train(), 2)).startsWith('F' + 1, 0xC3 + 1, 0xBC + 1); // ü in UTF-8
    assertThat(split.train().label(1)).isEqualTo(1);
    assertThat(split.train().labels()).isEqualTo(1);
    assertThat(split.train().size()).isEqualTo(60);
    assertThat(split.test().size()).isEqualTo(20);
  }

  @Test
  void pairsHaveAMarkBetweenAndTheLongerIsCut() {
    String header = "index\tsentence1\tsentence2\tlabel\r\n";
    write(
        "train.tsv",
        "\uFEFF" + header + "0\tab\tcd\tentailment\r\n1\tabcdefghijkl\tcd\tnot_entailment\r\n");
    write("dev.tsv", header + "0\tab\tabcdefghijkl\tentailment\n1\tabcdefgh\tabcdefgh\tentailment");
    Split split = open("sentences:task=rte,context=9", 1);
    assertThat(bytes(split.train(), 0)).isEqualTo("ab|cd____");
    assertThat(bytes(split.train(), 1)).isEqualTo("abcdef|cd");
    assertThat(split.train().label(1)).isEqualTo(1);
    assertThat(bytes(split.test(), 0)).isEqualTo("ab|abcdef");
    assertThat(bytes(split.test(), 1)).isEqualTo("abcd|abcd");
    Text text = new Sentences(Sentences.Task.RTE, 9);
    assertThat(text.question("ab\tcd", List.of()).tokens()).isEqualTo(input(split.train(), 0));
    assertThatThrownBy(() -> text.question("ab", List.of()))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("two sentences");
  }

  @Test
  void badRowsAreRefusedWithTheirLine() {
    refused("sst2", "sentence\tlabel\nfine\t1\nbroken\n", "train.tsv, line 3: expected 2 columns");
    refused(
        "sst2",
        "sentence\tlabel\nfine\t2\n",
        "line 2, column 2: expected a label, 0 or 1, found '2'");
    refused("sst2", "fine\t1\n", "line 1: expected a header that begins with sentence");
    refused("sst2", "sentence\tlabel\n", "expected at least one row, found none");
    refused("cola", "x\t1\t\tyes\n\nx\t1\t\tno\n", "line 2: expected 4 columns between tabs");
    refused("mrpc", "Quality\tA\tB\tC\tD\n1\t2\t3\tx\ty\tz\n", "line 2: expected 5 columns");
    assertThatThrownBy(() -> open("sentences:task=wnli", 1)).isInstanceOf(BadInput.class);
  }

  private void refused(String task, String train, String message) {
    write("train.tsv", train);
    write("dev.tsv", train);
    assertThatThrownBy(() -> open("sentences:context=8,task=" + task, 1))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message);
  }

  @Test
  void glueAsItIsPublished() {
    Path place = Path.of(Map.copyOf(System.getenv()).getOrDefault("PLUMBLINE_DATA", "unset"));
    assumeTrue(Files.isDirectory(place.resolve("glue")), "skipped: PLUMBLINE_DATA must hold glue");
    Map<String, int[]> counts =
        Map.of(
            "cola", new int[] {2528, 6023, 322, 721},
            "sst2", new int[] {29780, 37569, 428, 444},
            "rte", new int[] {1249, 1241, 146, 131},
            "mrpc", new int[] {1194, 2474, 129, 279});
    counts.forEach((task, expected) -> {
      Split split =
          Datasets.open(
              new DataRequest(
                  "sentences:task=" + task, Optional.of(place), Optional.empty(), 0.2, 0));
      int[] train = Stratified.counts(split.train());
      int[] test = Stratified.counts(split.test());
      assertThat(new int[] {train[0], train[1], test[0], test[1]}).as(task).isEqualTo(expected);
    });
    assertThat("ü".getBytes(StandardCharsets.UTF_8)).hasSize(2);
  }
}
