package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One clear line for everything a user can get wrong, and no run left behind. */
final class BadInputTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rule=dfq | unknown rule 'dfq'; did you mean 'dfa'?",
        "--rule=dfa:gian=2 | unknown parameter 'gian' of rule 'dfa'; did you mean 'gain'?",
        "--rule=dfa:gain=-2 | gain must be above 0, but is -2",
        "--epochs=-3 | epochs must be at least 1, but is -3",
        "--epochs=many | epochs must be a whole number of at least 1, but is 'many'",
        "--batch=0 | batch must be at least 1, but is 0",
        "--data=mnits | unknown data set 'mnits'; did you mean 'mnist'?",
        "--net=12,a | net must be widths like 800,800",
        "--optimizer=adma | unknown optimizer 'adma'; did you mean 'adam'?",
        "--device=cud | unknown device 'cud'; did you mean 'cuda'?",
        "--dropout=1 | dropout must be at least 0 and below 1, but is 1",
        "--rule=bp --init=zero | init zero cannot be learned by rule bp",
        "--data=nowhere.csv | nowhere.csv does not exist",
      })
  void refuses_what_a_flag_cannot_be(String flags, String said) {
    assertThat(trained(flags.split(" "))).contains(said);
  }

  @Test
  void refuses_an_unknown_key_of_a_file_with_the_nearest() throws IOException {
    Path config = file("c.yaml", "epohcs: 3\n");
    assertThat(trained(config.toString()))
        .contains("c.yaml: unknown key 'epohcs'; did you mean 'epochs'?");
    assertThat(Said.by("validate", config.toString()).refusal()).contains("'epohcs'");
    assertThat(Said.by("inspect", config.toString()).refusal()).contains("'epohcs'");
  }

  @Test
  void refuses_a_file_that_is_no_yaml_or_not_there() throws IOException {
    assertThat(trained(file("c.yaml", "a: [").toString())).contains("c.yaml, line 1, column");
    assertThat(trained(folder.resolve("no.yaml").toString())).contains("no.yaml: no such file");
    assertThat(trained(folder.toString())).contains("is a folder");
  }

  @Test
  void refuses_a_flag_that_contradicts_the_blocks_of_a_file() throws IOException {
    Path config = file("c.yaml", "blocks:\n  - flatten\n  - dense:width=10\n");
    assertThat(trained(config.toString(), "--net", "3"))
        .contains("'--net' and 'blocks' exclude each other");
  }

  @Test
  void validate_looks_at_the_rows_where_they_matter() throws IOException {
    assertThat(Said.by("validate", file("a.yaml", "arch: lenet\n").toString()).refusal())
        .contains("conv2d with kernel 5");
    Path table = file("b.yaml", "data: two-moons\naugment: flip\n");
    assertThat(Said.by("validate", table.toString()).refusal()).contains("augment");
    Path batch = file("c.yaml", "batch: 5000\nlast-batch: dropped\n");
    assertThat(Said.by("validate", batch.toString()).refusal()).contains("leaves no step");
  }

  @Test
  void validate_tells_blocks_that_do_not_fit_the_data() throws IOException {
    Path config = file("c.yaml", "blocks:\n  - flatten\n  - dense:width=11\n");
    assertThat(Said.by("validate", config.toString()).refusal()).contains("[10]", "[11]");
  }

  @Test
  void says_which_files_are_missing_and_where_they_go() throws IOException {
    assertThat(trained("--data", "mnist", "--data-dir", folder.toString()))
        .contains("mnist is not here: put train-images-idx3-ubyte.gz", folder.toString())
        .contains("plumbline datasets fetch mnist");
    Path config = file("c.yaml", "data: mnist\ndata-dir: " + folder + "\n");
    assertThat(Said.by("validate", config.toString()).refusal()).contains("mnist is not here");
  }

  @Test
  void refuses_tables_with_file_line_and_cure() throws IOException {
    assertThat(trained("--data", file("ragged.csv", "1,2,a\n3,4,b\n5,b\n").toString()))
        .contains("ragged.csv, line 3");
    assertThat(trained("--data", file("nan.csv", "1,2,a\n3,NaN,b\n5,6,b\n").toString()))
        .contains("nan.csv, line 2", "NaN");
  }

  @Test
  void refuses_a_truncated_archive_and_a_wrong_magic_number() throws IOException {
    byte[] table = gzip("1,2,a\n3,4,b\n5,6,a\n7,8,b\n".repeat(100));
    Path half = folder.resolve("half.csv.gz");
    Files.write(half, Arrays.copyOf(table, table.length / 2));
    assertThat(trained("--data", half.toString())).contains("half.csv.gz");
    for (String name :
        new String[] {
          "train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"
        }) {
      file(name + "-ubyte", "no IDX file at all");
    }
    assertThat(trained("--data", "mnist", "--data-dir", folder.toString()))
        .contains("idx", "-ubyte, ", "expected", "found");
  }

  @Test
  void refuses_folders_that_cannot_be_written() throws IOException {
    Path file = file("file", "in the way");
    assertThat(Said.by("train", "--out", file.resolve("run").toString()).refusal())
        .contains(file.toString());
    assertThat(Said.by("train", "--out", "/proc/nowhere/run").refusal())
        .contains("/proc/nowhere/run", "--out");
  }

  @Test
  void refuses_folders_that_are_no_run() throws IOException {
    for (String command : new String[] {"resume", "evaluate", "inspect"}) {
      assertThat(Said.by(command, folder.toString()).refusal())
          .contains(folder + " holds no run: config.yaml is missing");
    }
    file("config.yaml", "epochs: 1\n");
    assertThat(Said.by("resume", folder.toString()).refusal()).contains("is incomplete");
  }

  /** The refusal of a training, which must leave no folder. */
  private String trained(String... arguments) {
    Path run = folder.resolve("run");
    String[] all = new String[arguments.length + 3];
    all[0] = "train";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--out";
    all[arguments.length + 2] = run.toString();
    String refusal = Said.by(all).refusal();
    assertThat(run).doesNotExist();
    return refusal;
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
