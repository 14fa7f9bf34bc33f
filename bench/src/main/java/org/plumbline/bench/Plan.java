package org.plumbline.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.plumbline.nn.Activation;
import org.plumbline.rule.Rules;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;
import org.plumbline.value.Nearest;

/**
 * What to measure.
 *
 * @param sections parts of the benchmark
 * @param workloads networks and batches
 * @param methods optimizers
 * @param formats of the products
 * @param rules as they are named
 * @param activation of hidden layers
 * @param seconds for each cell of the table
 * @param repetitions of the table
 * @param threads of one operation
 * @param launcher what starts the program: its words before the arguments
 */
public record Plan(
    Set<Section> sections,
    List<Workload> workloads,
    List<Method> methods,
    List<Format> formats,
    List<String> rules,
    Activation activation,
    double seconds,
    int repetitions,
    int threads,
    List<String> launcher) {
  /** The shapes of a whole table. */
  public static final String SHAPES =
      "784-800-800-10,784-800-800-10@1,784-800-800-10@16,784-800-800-10@512,7x240,3x2048,100x240,launay-cnn,vgg8b:width=0.25@32";

  /** The rules of a whole table. */
  public static final String RULES = "dfa,bp,drtp,sparse-dfa,fa,kp,shallow";

  /** The shape that everything else is told of. */
  static final String MAIN = "784-800-800-10";

  private static final double PROBE_SECONDS = 10;
  private static final double CHILD_SECONDS = 25;

  /** A part of the benchmark. */
  public enum Section {
    /** A training step beside its products and libtorch's. */
    STEP,
    /** What the alignment probe costs. */
    PROBE,
    /** How much of an epoch of the command line is steps. */
    EPOCH,
    /** How long the program takes to start. */
    START,
    /** What activations of a deep network need. */
    MEMORY;

    /**
     * Reads a list.
     *
     * @param text names separated by commas
     * @return at least one
     * @throws BadInput with the nearest name, if one is unknown
     */
    public static Set<Section> parseAll(String text) {
      List<String> names = Arrays.stream(values()).map(Section::word).toList();
      Set<Section> sections = EnumSet.noneOf(Section.class);
      for (String part : text.split(",", -1)) {
        if (!names.contains(part.strip())) {
          throw new BadInput(
              "unknown section '%s' of bench; %s"
                  .formatted(part.strip(), Nearest.hint(part.strip(), names)));
        }
        sections.add(values()[names.indexOf(part.strip())]);
      }
      return sections;
    }

    /**
     * Its name.
     *
     * @return in lower case
     */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Checks the rules' names and the numbers.
   *
   * @param sections parts of the benchmark
   * @param workloads networks and batches
   * @param methods optimizers
   * @param formats of the products
   * @param rules as they are named
   * @param activation of hidden layers
   * @param seconds above 0
   * @param repetitions at least 1
   * @param threads at least 1
   * @param launcher what starts the program
   */
  public Plan {
    rules.forEach(Rules.ALL::parse);
    sections = Set.copyOf(sections);
    workloads = List.copyOf(workloads);
    methods = List.copyOf(methods);
    formats = List.copyOf(formats);
    rules = List.copyOf(rules);
    launcher = List.copyOf(launcher);
    Check.positive("seconds", seconds);
    Check.atLeast("repetitions", 1, repetitions);
    Check.atLeast("threads", 1, threads);
  }

  /**
   * How many cells the table has.
   *
   * @return shapes times optimizers times precisions; none if it is not measured
   */
  public int size() {
    return sections.contains(Section.STEP) ? cells().size() : 0;
  }

  /** The table in the order in which it is measured. */
  List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Workload workload : workloads) {
      for (Format format : formats) {
        for (Method method : methods) {
          cells.add(new Cell(workload, method, format));
        }
      }
    }
    return cells;
  }

  /**
   * About how long it will take; networks whose step takes longer than a second need more.
   *
   * @return in seconds
   */
  public double estimate() {
    double sum = 0;
    for (Section section : sections) {
      sum +=
          switch (section) {
            case STEP -> repetitions * seconds * cells().size();
            case PROBE -> Math.min(PROBE_SECONDS, seconds);
            case EPOCH, START -> CHILD_SECONDS;
            case MEMORY -> 0;
          };
    }
    return sum;
  }
}
