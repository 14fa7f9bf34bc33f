package org.plumbline.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times contenders in turns, so that whatever disturbs the machine disturbs all of them alike. A
 * turn is some ten milliseconds long; its first step brings the contender's tensors back into the
 * caches and is not counted, unless a step is so long that this is nothing. Every round begins with
 * another contender.
 */
final class Rounds {
  private static final double WARM_UP = 0.25;
  private static final long TURN = 10_000_000;
  private static final long LONG_STEP = 50_000_000;
  private static final int MOST_A_TURN = 256;
  private static final int LEAST_ROUNDS = 3;

  private final List<? extends Contender> contenders;
  private final LongSupplier nanos;

  private Rounds(List<? extends Contender> contenders, LongSupplier nanos) {
    this.contenders = contenders;
    this.nanos = nanos;
  }

  /**
   * Times them.
   *
   * @param contenders at least one
   * @param seconds for all of them, a quarter of it to warm up; each has at least three rounds
   *     however long they are
   * @return the times of each
   */
  static List<Samples> of(List<? extends Contender> contenders, double seconds) {
    return of(contenders, seconds, System::nanoTime);
  }

  static List<Samples> of(
      List<? extends Contender> contenders, double seconds, LongSupplier nanos) {
    return new Rounds(contenders, nanos).run((long) (seconds * 1e9));
  }

  private List<Samples> run(long budget) {
    long begin = nanos.getAsLong();
    long[] typical = warmUp(begin + (long) (WARM_UP * budget));
    List<Samples> samples = new ArrayList<>();
    contenders.forEach(_ -> samples.add(new Samples()));
    for (int round = 0; round < LEAST_ROUNDS || nanos.getAsLong() - begin < budget; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        int who = (i + round) % contenders.size();
        turn(contenders.get(who), typical[who], samples.get(who));
      }
    }
    return samples;
  }

  private void turn(Contender contender, long typical, Samples into) {
    if (typical < LONG_STEP) {
      contender.step();
    }
    int steps = steps(typical);
    for (int k = 0; k < steps; k++) {
      into.add(time(contender));
    }
  }

  private long time(Contender contender) {
    long from = nanos.getAsLong();
    contender.step();
    return Math.max(1, nanos.getAsLong() - from);
  }

  private static int steps(long typical) {
    return Math.clamp(TURN / typical, 1, MOST_A_TURN);
  }

  /** Steps of all in turns until a moment; the shortest time of each. */
  private long[] warmUp(long until) {
    long[] shortest = new long[contenders.size()];
    do {
      for (int i = 0; i < shortest.length; i++) {
        int steps = shortest[i] == 0 ? 1 : steps(shortest[i]);
        for (int k = 0; k < steps; k++) {
          long time = time(contenders.get(i));
          shortest[i] = shortest[i] == 0 ? time : Math.min(shortest[i], time);
        }
      }
    } while (nanos.getAsLong() < until);
    return shortest;
  }
}
