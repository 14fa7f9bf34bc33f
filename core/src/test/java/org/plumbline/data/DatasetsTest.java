package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.BadInput;

class DatasetsTest {
  @TempDir Path dir;

  private static DataRequest request(String data, Path dataDir) {
    return new DataRequest(data, Optional.of(dataDir), Optional.empty(), 0.2, 0);
  }

  private static void refused(DataRequest request, String message) {
    assertThatThrownBy(() -> Datasets.check(request))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message);
    assertThatThrownBy(() -> Datasets.open(request)).hasMessageContaining(message);
  }

  @Test
  void checksCheaply() {
    assertThatCode(() -> Datasets.check(DataRequest.of("digits"))).doesNotThrowAnyException();
    assertThatCode(() -> Datasets.check(DataRequest.of(" two-moons:noise=0.3 ")))
        .doesNotThrowAnyException();
    refused(
        DataRequest.of("minst"),
        "unknown data set 'minst'; did you mean 'mnist'? known: digits, mnist, fashion-mnist, cifar10, two-moons, teacher-student, characters, sentences, or the path of a CSV file");
    refused(DataRequest.of("digits:x=1"), "has no parameters");
    refused(DataRequest.of("two-moons:x=1"), "unknown parameter 'x'");
    refused(DataRequest.of(""), "unknown data set ''");
    refused(DataRequest.of("a\0b"), "'a?b' cannot be a path");
    refused(DataRequest.of("absent.csv"), "absent.csv does not exist");
    refused(DataRequest.of("absent/table"), "absent/table does not exist");
    refused(DataRequest.of(dir.toString()), "is a folder, but must be a file");
    refused(
        new DataRequest("digits", Optional.empty(), Optional.of("k"), 0.2, 0),
        "label-column is for CSV files");
    for (double fraction : new double[] {0, 1, -1, Double.NaN}) {
      assertThatThrownBy(
              () -> new DataRequest("digits", Optional.empty(), Optional.empty(), fraction, 0))
          .isInstanceOf(BadInput.class)
          .hasMessageStartingWith("test-fraction must be above 0 and below 1");
    }
  }

  @Test
  void saysWhichFilesBelongWhere() throws IOException {
    refused(
        request("mnist", dir),
        "mnist is not here: put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz into "
            + dir.resolve("mnist")
            + " or run 'plumbline datasets fetch mnist' (looked in "
            + dir.resolve("mnist")
            + ", "
            + dir
            + ")");
    IdxTest.writeTo(dir.resolve("mnist"));
    assertThatCode(() -> Datasets.check(request("mnist", dir))).doesNotThrowAnyException();
    assertThatCode(() -> Datasets.check(request("mnist", dir.resolve("mnist"))))
        .doesNotThrowAnyException();
    Files.delete(dir.resolve("mnist/t10k-labels-idx1-ubyte"));
    refused(request("mnist", dir), dir.resolve("mnist") + " lacks t10k-labels-idx1-ubyte.gz");
    Path file = Files.writeString(dir.resolve("file"), "x");
    refused(request("mnist", file), "data-dir must be a folder");
  }

  @Test
  void looksInTheGivenFolderOnlyOrInTheUsualOnes() {
    Map<String, String> environment = Map.of("PLUMBLINE_DATA", "/d", "XDG_CACHE_HOME", "/c");
    assertThat(Places.of(Optional.of(dir), environment).of("mnist"))
        .containsExactly(dir.resolve("mnist"), dir);
    assertThat(Places.of(Optional.empty(), environment).of("fashion-mnist"))
        .containsExactly(
            Path.of("/d/fashion-mnist"),
            Path.of("/c/plumbline/fashion-mnist"),
            Path.of("/usr/share/datasets/fashion-mnist"));
    assertThat(Places.cache(Map.of()))
        .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "plumbline"));
  }

  @Test
  void listsEverySetAndWhetherItIsHere() throws IOException {
    IdxTest.writeTo(dir);
    assertThat(Datasets.list(Optional.of(dir)))
        .extracting(Description::name)
        .containsExactly(
            "digits",
            "mnist",
            "fashion-mnist",
            "cifar10",
            "two-moons",
            "teacher-student",
            "characters",
            "sentences");
    assertThat(Datasets.list(Optional.of(dir)))
        .allSatisfy(set -> {
          assertThat(set.what()).isNotBlank();
          assertThat(set.licence()).isNotBlank();
          assertThat(set.ready())
              .isEqualTo(!List.of("cifar10", "characters", "sentences").contains(set.name()));
        });
    assertThat(Datasets.list(Optional.of(dir)).get(1).found()).contains(dir);
  }

  @Test
  void everyListedSetIsKnown() {
    for (Description set : Datasets.list(Optional.of(dir))) {
      if (set.ready()) {
        assertThatCode(() -> Datasets.check(DataRequest.of(set.name()))).doesNotThrowAnyException();
      } else {
        boolean text = Text.catalogue().names().contains(set.name());
        refused(
            request(set.name(), dir),
            text ? "name its folder with --data-dir" : "plumbline datasets fetch " + set.name());
      }
    }
  }

  @Test
  void subsetsOutOfRangeAreAnErrorOfTheProgram() {
    Dataset digits = Digits.read();
    assertThatThrownBy(() -> Datasets.subset(digits, new int[] {1797}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row must be 0…1796 of digits, but is 1797");
  }
}
