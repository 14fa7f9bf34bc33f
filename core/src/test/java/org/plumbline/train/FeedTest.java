package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.data.Standardisation;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/** The batches of a training, made beside it or not, are functions of the step. */
@ExtendWith(InScope.class)
class FeedTest {
  private static final String[] DIGITS = {
    "data=digits", "test-fraction=0.9", "batch=32", "epochs=3", "checkpoint-every=1000"
  };
  private static final String AUGMENT = "augment=crop:padding=1+flip";

  private static Experiment experiment(String... changes) {
    return Runs.changed(Runs.changed(Configuration.defaults(), DIGITS).configuration(), changes);
  }

  private static Dataset rows(Experiment experiment) {
    return Datasets.open(experiment.data()).train();
  }

  private static List<Thread> helpers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(Feed.THREAD))
        .toList();
  }

  private static void requireSame(Batch batch, Batch expected) {
    assertThat(batch.inputs().shape()).isEqualTo(expected.inputs().shape());
    assertThat(batch.inputs().toFloats()).containsExactly(expected.inputs().toFloats());
    assertThat(batch.targets().toFloats()).containsExactly(expected.targets().toFloats());
    assertThat(batch.labels()).containsExactly(expected.labels());
  }

  /** Without augmentation every batch is what its rows say, gathered here or beside. */
  @ParameterizedTest
  @CsvSource({
    "shuffled, kept, none",
    "stored, dropped, none",
    "shuffled, dropped, flip+flip+none",
  })
  void batchesAreTheRowsOfTheEpoch(String order, String last, String augment) {
    Experiment experiment = experiment("order=" + order, "last-batch=" + last);
    Dataset rows = rows(experiment);
    int size = rows.size();
    int stepsPerEpoch = last.equals("kept") ? Math.ceilDiv(size, 32) : size / 32;
    assertThat(size % 32).as("an incomplete batch").isPositive();
    Experiment fed = augment.equals("none") ? experiment : withTwinFlips(experiment);
    try (Feed feed = new Feed(fed, rows)) {
      for (int step = 0; step < 3 * stepsPerEpoch; step++) {
        int[] expected =
            order.equals("stored")
                ? IntStream.range(0, size).toArray()
                : experiment.seed().child("order").child(step / stepsPerEpoch).permutation(size);
        int from = step % stepsPerEpoch * 32;
        int count = Math.min(32, size - from);
        requireSame(
            feed.batch(step), Batch.of(rows, expected, from, count, Precision.FP32, Device.CPU));
      }
    }
  }

  /** Makes batches on the other thread without changing them. */
  private static Experiment withTwinFlips(Experiment experiment) {
    return Runs.changed(experiment.configuration(), "augment=none+none");
  }

  @Test
  void aJumpGivesWhatAStraightWayGives() {
    Experiment experiment = experiment(AUGMENT, "order=stored");
    Dataset rows = rows(experiment);
    assertThat(Math.ceilDiv(rows.size(), 32)).isEqualTo(6);
    List<Batch> straight = new ArrayList<>();
    try (Feed feed = new Feed(experiment, rows)) {
      for (int step = 0; step < 18; step++) {
        straight.add(feed.batch(step));
      }
    }
    assertThat(straight.get(7).inputs().toFloats())
        .as("the same rows an epoch later, other draws")
        .isNotEqualTo(straight.get(1).inputs().toFloats());
    try (Feed feed = new Feed(experiment, rows)) {
      for (int step : new int[] {5, 6, 2, 3, 3, 11, 0, 17, 17, 16}) {
        requireSame(feed.batch(step), straight.get(step));
      }
    }
  }

  @Test
  void augmentationChangesPixelsButNotLabels() {
    Experiment plain = experiment();
    Experiment augmented = experiment(AUGMENT);
    Dataset rows = rows(plain);
    try (Feed a = new Feed(plain, rows);
        Feed b = new Feed(augmented, rows)) {
      Batch as = a.batch(0);
      Batch changed = b.batch(0);
      assertThat(changed.labels()).containsExactly(as.labels());
      assertThat(changed.targets().toFloats()).containsExactly(as.targets().toFloats());
      float[] before = as.inputs().toFloats();
      float[] after = changed.inputs().toFloats();
      long others =
          IntStream.range(0, 32)
              .filter(i ->
                  !Arrays.equals(
                      Arrays.copyOfRange(before, 64 * i, 64 * i + 64),
                      Arrays.copyOfRange(after, 64 * i, 64 * i + 64)))
              .count();
      assertThat(others).isGreaterThan(25); // 17 in 18 images are changed
      assertThat(before).as("the data set itself").containsExactly(a.batch(0).inputs().toFloats());
    }
  }

  /** Rows of which one cannot be read. */
  private record Broken(Dataset rows, int row, AtomicBoolean mended) implements Dataset {
    @Override
    public void copyInput(int i, float[] into, int at) {
      if (i == row && !mended.get()) {
        throw new BadInput("row " + i + " is gone");
      }
      rows.copyInput(i, into, at);
    }

    @Override
    public String name() {
      return rows.name();
    }

    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public Shape shape() {
      return rows.shape();
    }

    @Override
    public List<String> classes() {
      return rows.classes();
    }

    @Override
    public int label(int row) {
      return rows.label(row);
    }

    @Override
    public void copyOriginal(int row, float[] into, int at) {
      rows.copyOriginal(row, into, at);
    }

    @Override
    public List<String> featureNames() {
      return rows.featureNames();
    }

    @Override
    public Standardisation standardisation() {
      return rows.standardisation();
    }

    @Override
    public String sha256() {
      return rows.sha256();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "none+none"}) // here, and on the other thread
  void whatGoesWrongIsThrownAtTheStepThatNeedsIt(String augment) {
    Experiment experiment = experiment("order=stored", "augment=" + augment);
    Broken rows = new Broken(rows(experiment), 2 * 32 + 5, new AtomicBoolean());
    try (Feed feed = new Feed(experiment, rows)) {
      feed.batch(0);
      feed.batch(1);
      assertThatThrownBy(() -> feed.batch(2))
          .isInstanceOf(BadInput.class)
          .hasMessage("row 69 is gone");
      assertThatThrownBy(() -> feed.batch(2)).isInstanceOf(BadInput.class);
      feed.batch(1); // and a failure of a step that is not wanted is none
      feed.batch(4);
      rows.mended.set(true);
      int[] order = IntStream.range(0, rows.size()).toArray();
      requireSame(feed.batch(2), Batch.of(rows.rows, order, 64, 32, Precision.FP32, Device.CPU));
    }
    assertThat(helpers()).isEmpty();
  }

  @Test
  void anInterruptedThreadGetsItsBatchAndStaysInterrupted() {
    Experiment experiment = experiment(AUGMENT);
    try (Feed feed = new Feed(experiment, rows(experiment))) {
      feed.batch(0);
      Thread.currentThread().interrupt();
      feed.batch(1);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void theThreadKeepsNoJvmAliveAndEndsWithTheFeed() {
    Experiment experiment = experiment(AUGMENT);
    try (Feed feed = new Feed(experiment, rows(experiment))) {
      feed.batch(0);
      assertThat(helpers()).singleElement().matches(Thread::isDaemon);
    }
    assertThat(helpers()).isEmpty();
  }

  @Test
  void aDroppedBatchMustLeaveOne() {
    assertThatThrownBy(
            () -> {
              Experiment experiment = experiment("batch=400", "last-batch=dropped");
              experiment.presentation().check(rows(experiment), experiment.batch());
            })
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("last-batch dropped leaves no step: a batch has 400 rows")
        .hasMessageContaining("--last-batch kept");
  }
}
