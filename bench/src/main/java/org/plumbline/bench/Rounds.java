package org.plumbline.bench;

import java.util.ArrayList;
import java.util.List;

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

  private Rounds() {}

  /**
   * Times them.
   *
   * @param contenders at least one
   * @param seconds for all of them, warming up included; each takes at least three steps however
   *     long they are
   * @return the times of each
   */
  static List<Samples> of(List<? extends Contender> contenders, double seconds) {
    long budget = (long) (seconds * 1e9);
    long begin = System.nanoTime();
    long[] typical = warmUp(contenders, begin + (long) (WARM_UP * budget));
    List<Samples> samples = new ArrayList<>();
    contenders.forEach(_ -> samples.add(new Samples()));
    for (int round = 0; round < LEAST_ROUNDS || System.nanoTime() - begin < budget; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        int who = (i + round) % contenders.size();
        turn(contenders.get(who), typical[who], samples.get(who));
      }
    }
    return samples;
  }

  private static void turn(Contender contender, long typical, Samples into) {
    if (typical < LONG_STEP) {
      contender.step();
    }
    int steps = steps(typical);
    for (int k = 0; k < steps; k++) {
      long from = System.nanoTime();
      contender.step();
      into.add(System.nanoTime() - from);
    }
  }

  private static int steps(long typical) {
    return Math.clamp(TURN / Math.max(1, typical), 1, MOST_A_TURN);
  }

  /** Steps of all in turns until a moment; the shortest time of each. */
  private static long[] warmUp(List<? extends Contender> contenders, long until) {
    long[] shortest = new long[contenders.size()];
    do {
      for (int i = 0; i < shortest.length; i++) {
        int steps = shortest[i] == 0 ? 1 : steps(shortest[i]);
        for (int k = 0; k < steps; k++) {
          long from = System.nanoTime();
          contenders.get(i).step();
          long time = Math.max(1, System.nanoTime() - from);
          shortest[i] = shortest[i] == 0 ? time : Math.min(shortest[i], time);
        }
      }
    } while (System.nanoTime() < until);
    return shortest;
  }
}
