package org.plumbline.papers.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** States are computed from rows. */
class StandingTest {
  private static Standing of(String name, Row... rows) {
    return Standing.of(Tiny.place(name), List.of(rows));
  }

  @Test
  void withoutEnoughSeedsACellIsOpen() {
    assertThat(of("bp").state()).isEqualTo(State.OPEN);
    assertThat(of("bp", Tiny.row("bp", 1, 10), Tiny.row("bp", 2, 10)).state())
        .isEqualTo(State.OPEN);
    assertThat(of("shallow", Tiny.row("shallow", 1, 10)).state()).isEqualTo(State.OPEN);
    assertThat(of("bp").required()).isEqualTo(3);
  }

  @Test
  void aRunOfTenMinutesNeedsOneSeedAndWhatWasMeasuredCounts() {
    assertThat(of("long").required()).isEqualTo(1);
    assertThat(of("long").wished()).isEqualTo(3);
    Row slow =
        new Row(
            "moons-bp",
            1,
            4,
            10,
            1,
            3600,
            "c",
            "m",
            1,
            "h",
            4,
            "epochs",
            Tiny.row("bp", 1, 1).recipe(),
            "",
            Map.of());
    assertThat(of("bp", slow).required()).isEqualTo(3); // a busy machine makes it no easier
    Standing quick = of("long", Tiny.row("long", 1, 10)); // it took 12 s, not 40 minutes
    assertThat(quick.required()).isEqualTo(3);
    assertThat(quick.state()).isEqualTo(State.OPEN);
    assertThat(quick.minutes()).isEqualTo(0.2);
  }

  @Test
  void theMeanDecides() {
    Standing inside = of("bp", Tiny.row("bp", 1, 1), Tiny.row("bp", 2, 5), Tiny.row("bp", 3, 60));
    assertThat(inside.mean()).hasValue(100 - 22);
    assertThat(inside.std().orElseThrow()).isCloseTo(32.97, within(0.01));
    assertThat(inside.state()).isEqualTo(State.REPRODUCED);
    Standing edge = of("bp", Tiny.row("bp", 1, 30), Tiny.row("bp", 2, 30), Tiny.row("bp", 3, 30));
    assertThat(edge.state()).isEqualTo(State.REPRODUCED);
    Standing outside =
        of("bp", Tiny.row("bp", 1, 30), Tiny.row("bp", 2, 30), Tiny.row("bp", 3, 30.1));
    assertThat(outside.state()).isEqualTo(State.MISSED);
    assertThat(of("bp", Tiny.row("bp", 1, 30)).std()).isEmpty();
  }

  @Test
  void withoutAPublishedValueTheResultIsOurOwn() {
    Standing own =
        of(
            "shallow",
            Tiny.row("shallow", 1, 9),
            Tiny.row("shallow", 2, 9),
            Tiny.row("shallow", 3, 9));
    assertThat(own.state()).isEqualTo(State.OWN);
    assertThat(own.mean()).hasValue(9);
  }

  @Test
  void aRunThatDivergedIsAMiss() {
    Standing standing =
        of(
            "bp",
            Tiny.row("bp", 1, 10),
            Tiny.row("bp", 2, 10),
            Tiny.row("bp", 3, Double.NaN, 4, Row.DIVERGED));
    assertThat(standing.state()).isEqualTo(State.MISSED);
    assertThat(standing.mean()).hasValue(90);
  }

  @Test
  void fewerEpochsAreNeverReproduced() {
    Row[] rows = {
      Tiny.row("bp", 1, 10, 2, "epochs"),
      Tiny.row("bp", 2, 10, 3, "epochs"),
      Tiny.row("bp", 3, 10, 3, "epochs")
    };
    assertThat(of("bp", rows).state()).isEqualTo(State.REDUCED);
    assertThat(of("bp", rows).mean()).hasValue(90);
    rows[2] = Tiny.row("bp", 3, 20, 4, "epochs");
    assertThat(of("bp", rows).state()).isEqualTo(State.OPEN); // one of three is whole
    assertThat(of("bp", rows).mean()).hasValue(80);
  }

  @Test
  void stoppingEarlyIsPartOfTheRecipe() {
    Row early =
        new Row(
            "moons-long",
            1,
            2,
            10,
            1,
            700,
            "c",
            "m",
            1,
            "h",
            5,
            "training-error",
            Tiny.row("long", 1, 1).recipe(),
            "",
            Map.of());
    assertThat(of("long", early).state()).isEqualTo(State.REPRODUCED);
  }

  @Test
  void runsOfAnotherRecipeCountForNothing() {
    Row old = Tiny.row("bp", 1, 10);
    Row stale =
        new Row(
            old.cell(),
            1,
            4,
            10,
            1,
            700,
            "c",
            "m",
            1,
            "h",
            4,
            "epochs",
            "000000000000",
            "",
            Map.of());
    Standing standing = of("bp", stale);
    assertThat(standing.state()).isEqualTo(State.OPEN);
    assertThat(standing.stale()).containsExactly(stale);
    assertThat(standing.mean()).isEmpty();
  }
}
