package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trainings: they learn, whatever the number of threads and however often they are stopped. */
final class CourseTest {
  private static final Samples ROWS = Cases.stripes(310, 40, 4, 1);
  private static final Samples UNSEEN = Cases.stripes(200, 40, 4, 2);

  /** The kinds of training. */
  enum Kind {
    POCKETNN,
    TIFED,
    FULL,
    SINGLE_LAYER
  }

  private static Network born(Kind kind) {
    Arithmetic arithmetic = kind == Kind.POCKETNN ? Arithmetic.POCKETNN : Arithmetic.TIFED;
    return new Network(new Plan(arithmetic, Curve.TANH, List.of(40, 16, 12, 4), 5));
  }

  private static Course course(
      Kind kind, Network network, Progress progress, Mode mode, Crew crew) {
    return switch (kind) {
      case POCKETNN, TIFED ->
          new Training(
              network, new Training.Settings(6, 20, new Rate(1000, 2)), ROWS, progress, mode, crew);
      case FULL, SINGLE_LAYER ->
          new Federation(
              network,
              new Federation.Settings(
                  6, Federation.Share.valueOf(kind.name()), 10, 3, 5, 2, new Rate(1000, 0)),
              ROWS,
              progress,
              mode,
              crew);
    };
  }

  private static byte[] trained(Kind kind, Mode mode, int threads) {
    try (Crew crew = Crew.of(threads)) {
      Course course = course(kind, born(kind), Progress.NONE, mode, crew);
      while (course.advance(7) > 0) {}
      return model(course).bytes();
    }
  }

  private static Model model(Course course) {
    return new Model(
        course.network(), course.progress(), Map.of("data", "stripes"), Optional.empty());
  }

  @ParameterizedTest
  @EnumSource
  void it_learns(Kind kind) {
    Model model = Model.parse(trained(kind, Mode.FAST, 1));
    Predictor.Score score = new Predictor(model.network(), Mode.FAST, Crew.of(1)).judge(UNSEEN);
    assertThat(score.right()).isGreaterThan(190);
    assertThat(score.rows()).isEqualTo(200);
    Predictor.Score before = new Predictor(born(kind), Mode.FAST, Crew.of(1)).judge(UNSEEN);
    assertThat(before.right()).isLessThan(100);
    assertThat(before.squaredError()).isEqualTo(200L * (kind == Kind.POCKETNN ? 225 : 256));
  }

  @ParameterizedTest
  @EnumSource
  void any_number_of_threads_and_the_checked_mode_give_the_same_bytes(Kind kind) {
    byte[] one = trained(kind, Mode.FAST, 1);
    assertThat(trained(kind, Mode.FAST, 2)).isEqualTo(one);
    assertThat(trained(kind, Mode.FAST, 5)).isEqualTo(one);
    assertThat(trained(kind, Mode.CHECKED, 3)).isEqualTo(one);
  }

  @ParameterizedTest
  @EnumSource
  void stopped_after_any_step_and_resumed_it_ends_with_the_same_bytes(
      Kind kind, @TempDir Path folder) throws Exception {
    byte[] unbroken = trained(kind, Mode.FAST, 1);
    Path file = folder.resolve("model.edge");
    try (Crew crew = Crew.of(1)) {
      model(course(kind, born(kind), Progress.NONE, Mode.FAST, crew)).write(file);
      int stops = 0;
      while (true) {
        Model saved = Model.read(file); // all that is left of the process before
        Course course = course(kind, saved.network(), saved.progress(), Mode.FAST, crew);
        if (course.advance(1 + stops % 3) == 0) {
          break;
        }
        stops++;
        model(course).write(file);
      }
      assertThat(stops).isGreaterThan(5);
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(unbroken);
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void another_seed_is_another_training() {
    Plan plan = new Plan(Arithmetic.TIFED, Curve.TANH, List.of(40, 16, 4), 6);
    Network a = new Network(plan);
    Network b = new Network(new Plan(plan.arithmetic(), plan.curve(), plan.sizes(), 7));
    for (Network network : List.of(a, b)) {
      Course course =
          new Training(
              network,
              new Training.Settings(1, 20, new Rate(1000, 0)),
              ROWS,
              Progress.NONE,
              Mode.FAST,
              Crew.of(1));
      while (course.advance(100) > 0) {}
    }
    assertThat(a.weights(0)).isNotEqualTo(b.weights(0));
  }

  @Test
  void a_stream_learns_and_a_buffer_of_one_learns_at_once() {
    for (int capacity : new int[] {1, 30}) {
      Network network = born(Kind.POCKETNN);
      Learner learner = new Learner(network, Math.min(10, capacity), Mode.FAST, Crew.of(1));
      Stream stream = new Stream(learner, capacity, Math.min(10, capacity), 3, 1000);
      for (int row = 0; row < ROWS.size(); row++) {
        stream.observe(ROWS.inputs(), row * ROWS.width(), ROWS.label(row));
        if (row == 0) {
          assertThat(network.largestWeight() > 0).isEqualTo(capacity == 1);
        }
      }
      Predictor predictor = new Predictor(network, Mode.FAST, Crew.of(1));
      assertThat(predictor.judge(UNSEEN).right()).isGreaterThan(180);
      byte[] row = java.util.Arrays.copyOf(UNSEEN.inputs(), UNSEEN.width());
      int best = predictor.classify(row);
      int[] scores = predictor.scores(row);
      for (int c = 0; c < scores.length; c++) {
        assertThat(scores[c]).isLessThanOrEqualTo(scores[best]);
        assertThat(c < best && scores[c] == scores[best]).isFalse(); // the first of equals
      }
      assertThatThrownBy(() -> stream.observe(ROWS.inputs(), 0, 4)).isInstanceOf(Refused.class);
    }
  }

  @Test
  void the_average_truncates_and_is_a_value() {
    Plan plan = new Plan(Arithmetic.TIFED, Curve.TANH, List.of(1, 2), 0);
    List<Update> updates = new ArrayList<>();
    List<Integer> all = List.of(0);
    int[][] weights = {{7, -7}, {8, -8}, {8, -8}};
    for (int[] pair : weights) {
      Network worker = new Network(plan);
      worker.weights(0)[0] = (short) pair[0];
      worker.weights(0)[1] = (short) pair[1];
      updates.add(Update.of(worker, all));
      worker.weights(0)[0] = 1000; // the update does not see it
    }
    Network server = new Network(plan);
    Update sum = Update.sum(List.of(Update.sum(updates.subList(0, 2)), updates.get(2)));
    sum.averageInto(server);
    assertThat(sum.count(0)).isEqualTo(3);
    assertThat(server.weight(0, 0, 0)).isEqualTo(7); // 23 / 3
    assertThat(server.weight(0, 0, 1)).isEqualTo(-7); // floor would give −8
  }

  @ParameterizedTest
  @EnumSource
  void a_round_is_the_average_of_workers_that_trained_apart(Federation.Share share) {
    Plan plan = born(Kind.FULL).plan();
    Network server = Cases.network(plan, Cases.Fill.SPARSE, new Random(1));
    Network begun = server.copy();
    Federation.Settings settings = new Federation.Settings(6, share, 10, 1, 5, 1, new Rate(700, 0));
    new Federation(server, settings, ROWS, Progress.NONE, Mode.FAST, Crew.of(1)).advance(1);
    int[] order = new int[ROWS.size()];
    Draws.shuffle(order, Draws.child(plan.seed(), 1L << 33));
    List<Update> updates = new ArrayList<>();
    for (int k = 0; k < 6; k++) {
      List<Integer> layers = share == Federation.Share.FULL ? List.of(0, 1, 2) : List.of(k / 2);
      Network worker = begun.copy();
      Learner learner = new Learner(worker, 5, Mode.CHECKED, Crew.of(1), layers);
      int shard = ROWS.size() / 6 * k;
      learner.step(ROWS, order, shard, 5, 700);
      learner.step(ROWS, order, shard + 5, 5, 700);
      updates.add(Update.of(worker, layers));
    }
    Network expected = begun.copy();
    Update.sum(updates).averageInto(expected);
    assertThat(Cases.bytes(server))
        .isEqualTo(Cases.bytes(expected))
        .isNotEqualTo(Cases.bytes(begun));
  }

  @Test
  void workers_do_not_share_weights() {
    Network server = born(Kind.FULL);
    Network copy = server.copy();
    new Learner(copy, 5, Mode.FAST, Crew.of(1)).step(ROWS, Cases.order(5), 0, 5, 1);
    assertThat(copy.largestWeight()).isPositive();
    assertThat(server.largestWeight()).isZero();
  }

  @Test
  void a_worker_of_one_layer_leaves_the_others_alone() {
    Network network = born(Kind.FULL);
    new Learner(network, 5, Mode.FAST, Crew.of(1), List.of(1)).step(ROWS, Cases.order(5), 0, 5, 1);
    assertThat(network.weights(0)).containsOnly(0);
    assertThat(network.weights(2)).containsOnly(0);
    assertThat(network.biases(1)).isNotEqualTo(new short[12]);
  }

  /** Rows as they are stored: by hand, as a training, and as the one worker of a federation. */
  @Test
  void the_stored_order_is_that_of_the_rows() {
    int rows = ROWS.size() / 10 * 10;
    Network hand = born(Kind.FULL);
    Network alone = born(Kind.FULL);
    Network server = born(Kind.FULL);
    Network drawn = born(Kind.FULL);
    Rate rate = new Rate(700, 0);
    try (Crew crew = Crew.of(1)) {
      Learner learner = new Learner(hand, 5, Mode.FAST, crew);
      int[] order = Cases.order(ROWS.size());
      for (int at = 0; at < rows; at += 5) {
        learner.step(ROWS, order, at, 5, 700);
      }
      for (Order by : Order.values()) {
        Network network = by == Order.STORED ? alone : drawn;
        Course course =
            new Training(
                network,
                new Training.Settings(1, 5, rate, by),
                ROWS,
                Progress.NONE,
                Mode.FAST,
                crew);
        while (course.advance(3) > 0) {}
      }
      Course federation =
          new Federation(
              server,
              new Federation.Settings(1, Federation.Share.FULL, 10, 1, 5, 1, rate, Order.STORED),
              ROWS,
              Progress.NONE,
              Mode.FAST,
              crew);
      while (federation.advance(3) > 0) {}
    }
    assertThat(rows).isEqualTo(ROWS.size());
    for (int l = 0; l < 3; l++) {
      assertThat(alone.weights(l)).isEqualTo(hand.weights(l));
      assertThat(server.weights(l)).isEqualTo(hand.weights(l));
    }
    assertThat(drawn.weights(0)).isNotEqualTo(hand.weights(0));
  }

  @Test
  void what_cannot_be_is_refused_in_one_line() {
    Crew crew = Crew.of(1);
    Federation.Settings few =
        new Federation.Settings(2, Federation.Share.SINGLE_LAYER, 10, 1, 5, 1, new Rate(1, 0));
    assertThatThrownBy(
            () -> new Federation(born(Kind.FULL), few, ROWS, Progress.NONE, Mode.FAST, crew))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("2 workers")
        .hasMessageContaining("3 layers");
    Federation.Settings many =
        new Federation.Settings(100, Federation.Share.FULL, 10, 1, 5, 1, new Rate(1, 0));
    assertThatThrownBy(
            () -> new Federation(born(Kind.FULL), many, ROWS, Progress.NONE, Mode.FAST, crew))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("are 3 each");
    assertThatThrownBy(() -> Samples.of(new byte[4], new byte[] {9}, 4, 3))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("is 9");
    assertThatThrownBy(() ->
            new Learner(born(Kind.FULL), 5, Mode.FAST, crew)
                .step(Cases.stripes(5, 39, 4, 1), Cases.order(5), 0, 5, 1))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("40 inputs")
        .hasMessageContaining("39");
  }

  @Test
  void the_rate_doubles() {
    Rate rate = new Rate(1000, 10);
    assertThat(rate.at(9)).isEqualTo(1000);
    assertThat(rate.at(10)).isEqualTo(2000);
    assertThat(rate.at(100_000)).isEqualTo(1 << 30);
    assertThat(new Rate(1000, 0).at(100_000)).isEqualTo(1000);
  }
}
