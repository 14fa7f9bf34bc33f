package org.plumbline.optim;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;

/**
 * How the learning rate changes: a factor, a function of where training is, so that a resumed run
 * finds it again.
 */
public interface Schedule {
  /** The schedules by name. */
  Catalogue<Schedule> ALL =
      new Catalogue<Schedule>("schedule")
          .with("constant", Constant.class)
          .with("step", Stairs.class)
          .with("at", At.class)
          .with("exponential", Exponential.class)
          .with("cosine", Cosine.class)
          .with("cooldown", Cooldown.class)
          .with("warmup", Warmup.class);

  /**
   * The factor on the learning rate.
   *
   * @param step from 0
   * @param stepsPerEpoch at least 1
   * @param epochs planned
   * @return at least 0
   */
  double factor(long step, long stepsPerEpoch, long epochs);

  /**
   * Reads a schedule, or several joined by {@code +}, whose factors multiply: {@code
   * warmup:steps=100+cosine}.
   *
   * @param text as a user writes it
   * @return the schedule
   */
  static Schedule parse(String text) {
    List<Schedule> parts =
        Arrays.stream(text.split("\\+(?![0-9])")).map(String::strip).map(ALL::parse).toList();
    return parts.size() == 1 ? parts.getFirst() : new Product(parts);
  }

  /**
   * Prints a schedule as it parses.
   *
   * @param schedule any
   * @return its text
   */
  static String print(Schedule schedule) {
    return joined(schedule, ALL::print);
  }

  /**
   * Prints a schedule with all its parameters.
   *
   * @param schedule any
   * @return its text
   */
  static String printAll(Schedule schedule) {
    return joined(schedule, ALL::printAll);
  }

  private static String joined(Schedule schedule, Function<Schedule, String> print) {
    return schedule instanceof Product product
        ? product.parts.stream().map(print).collect(Collectors.joining("+"))
        : print.apply(schedule);
  }

  /** Always 1. */
  @About("the rate stays")
  record Constant() implements Schedule {
    @Override
    public double factor(long step, long stepsPerEpoch, long epochs) {
      return 1;
    }
  }

  /**
   * Times {@code by} every so many epochs.
   *
   * @param every epochs
   * @param by the factor of each stair
   */
  @About("times a factor every so many epochs")
  record Stairs(@About("epochs between stairs") int every, @About("factor of a stair") double by)
      implements Schedule {
    /**
     * Checks the numbers.
     *
     * @param every at least 1
     * @param by above 0
     */
    public Stairs {
      Check.atLeast("every", 1, every);
      Check.positive("by", by);
    }

    /** A tenth every 30 epochs. */
    public Stairs() {
      this(30, 0.1);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, long epochs) {
      long stairs = step / stepsPerEpoch / every;
      return Math.pow(by, (double) stairs);
    }
  }

  /**
   * Times {@code by} behind each of some epochs.
   *
   * @param epochs how many are done when the rate changes, in order: {@code 50/75/89/94}
   * @param by the factor of each change
   */
  @About("times a factor behind each of some epochs")
  record At(
      @About("how many are done, separated by /: 50/75/89/94") String epochs,
      @About("factor of each") double by)
      implements Schedule {
    /**
     * Checks the numbers.
     *
     * @param epochs whole numbers that grow, from 1
     * @param by above 0
     */
    public At {
      Check.positive("by", by);
      numbers(epochs);
    }

    /** A tenth behind epochs 60 and 90. */
    public At() {
      this("60/90", 0.1);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, long planned) {
      long done = step / stepsPerEpoch;
      long changes = Arrays.stream(numbers(epochs)).filter(epoch -> epoch <= done).count();
      return Math.pow(by, (double) changes);
    }

    private static int[] numbers(String epochs) {
      int[] numbers = new int[0];
      for (String part : epochs.split("/", -1)) {
        int before = numbers.length == 0 ? 0 : numbers[numbers.length - 1];
        if (!part.strip().matches("\\d{1,7}") || Integer.parseInt(part.strip()) <= before) {
          throw new BadInput(
              "epochs of schedule 'at' must be growing numbers from 1, like 50/75/89, but are '%s'"
                  .formatted(epochs));
        }
        numbers = Arrays.copyOf(numbers, numbers.length + 1);
        numbers[numbers.length - 1] = Integer.parseInt(part.strip());
      }
      return numbers;
    }
  }

  /**
   * Falls to 0 in a straight line at the end.
   *
   * @param from the share of the epochs behind which it falls
   */
  @About("falls to 0 in a straight line at the end")
  record Cooldown(@About("share of the epochs before it falls") double from) implements Schedule {
    /**
     * Checks the share.
     *
     * @param from in [0, 1)
     */
    public Cooldown {
      Check.fraction("from", from);
    }

    /** Over the second half. */
    public Cooldown() {
      this(0.5);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, long epochs) {
      double share = step / ((double) stepsPerEpoch * epochs);
      return share <= from ? 1 : Math.max(0, (1 - share) / (1 - from));
    }
  }

  /**
   * Times {@code by} every epoch.
   *
   * @param by the factor of each epoch
   */
  @About("times a factor every epoch")
  record Exponential(@About("factor of an epoch") double by) implements Schedule {
    /**
     * Checks the factor.
     *
     * @param by above 0
     */
    public Exponential {
      Check.positive("by", by);
    }

    /** 0.98 an epoch. */
    public Exponential() {
      this(0.98);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, long epochs) {
      long epochsDone = step / stepsPerEpoch;
      return Math.pow(by, (double) epochsDone);
    }
  }

  /**
   * Half a cosine from 1 down to a floor over the whole run; Loshchilov, Hutter 2017.
   *
   * @param floor the factor at the end
   */
  @About("half a cosine over the whole run")
  record Cosine(@About("factor at the end") double floor) implements Schedule {
    /**
     * Checks the floor.
     *
     * @param floor in [0, 1)
     */
    public Cosine {
      Check.fraction("floor", floor);
    }

    /** Down to 0. */
    public Cosine() {
      this(0);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, long epochs) {
      double done = Math.min(1, (double) step / (stepsPerEpoch * epochs));
      return floor + (1 - floor) * (1 + StrictMath.cos(Math.PI * done)) / 2;
    }
  }

  /**
   * Rises evenly to 1 over the first steps.
   *
   * @param steps how many
   */
  @About("rises evenly over the first steps")
  record Warmup(@About("how many steps") int steps) implements Schedule {
    /**
     * Checks the steps.
     *
     * @param steps at least 1
     */
    public Warmup {
      Check.atLeast("steps", 1, steps);
    }

    /** 100 steps. */
    public Warmup() {
      this(100);
    }

    @Override
    public double factor(long step, long stepsPerEpoch, long epochs) {
      return Math.min(1, (step + 1.0) / steps);
    }
  }

  /**
   * Several schedules at once.
   *
   * @param parts their factors multiply
   */
  record Product(List<Schedule> parts) implements Schedule {
    @Override
    public double factor(long step, long stepsPerEpoch, long epochs) {
      double factor = 1;
      for (Schedule part : parts) {
        factor *= part.factor(step, stepsPerEpoch, epochs);
      }
      return factor;
    }
  }
}
