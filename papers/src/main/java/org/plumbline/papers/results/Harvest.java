package org.plumbline.papers.results;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.papers.Column;
import org.plumbline.papers.Paper;
import org.plumbline.run.Event;
import org.plumbline.run.Events;
import org.plumbline.run.Provenance;
import org.plumbline.run.RunFolder;
import org.plumbline.train.CellResult;
import org.plumbline.train.Configuration;
import org.plumbline.train.Options;
import org.plumbline.train.Study;
import org.plumbline.value.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the folder of a run that has ended holds for the results.
 *
 * @param row its line
 * @param curves the text of its file of curves
 */
record Harvest(Row row, String curves) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int POINTS = 100;
  private static final Pattern AT = Pattern.compile("([^@]+)@([0-9]+)");
  private static final String ON_TEST = "test/";
  private static final Pattern COSINE = Pattern.compile("alignment/\\d+");
  private static final Pattern DRAWN =
      Pattern.compile("(alignment|weights|local_delta_angle|update)/[a-z0-9.]+(/null|/null_std)?");

  /** Reads a run that has ended. */
  static Harvest of(Paper.Place place, Path run) {
    Configuration configuration =
        Configuration.parse(run.resolve(RunFolder.CONFIG), RunFolder.configOf(run));
    CellResult found = CellResult.found(new Study.Cell(place.id(), configuration), run);
    List<Event> events =
        Events.read(run.resolve(Events.NAME)).events().stream().map(Event.At::event).toList();
    Provenance made = Provenance.read(run);
    boolean finished = found.state() == CellResult.State.FINISHED;
    long epochs = 0;
    double seconds = 0;
    String ended = Row.DIVERGED;
    for (Event event : events) {
      if (event instanceof Event.Epoch epoch) {
        epochs = epoch.epoch();
        seconds = epoch.seconds();
      } else if (event instanceof Event.Finished last && finished) {
        seconds = last.seconds();
        ended = last.reason();
      }
    }
    Row row =
        new Row(
            place.id(),
            Long.parseLong(configuration.get(Options.SEED)),
            epochs,
            error(found, "test_accuracy"),
            error(found, "train_accuracy"),
            seconds,
            made.commit(),
            made.cpu(),
            made.setting().threads(),
            finished ? model(run) : "",
            Long.parseLong(configuration.get(Options.EPOCHS)),
            ended,
            RecipeHash.of(configuration),
            found.reason(),
            figures(place, events));
    return new Harvest(row, curves(events));
  }

  private static double error(CellResult found, String accuracy) {
    return 100 * (1 - found.figures().getOrDefault(accuracy, Double.NaN));
  }

  private static String model(Path run) {
    Path file = run.resolve("evaluation.json");
    try {
      return JSON.readTree(file).path("model_sha256").asString("");
    } catch (JacksonException e) {
      throw new BadInput(
          "%s is damaged; delete it, then: ./plumbline resume %s".formatted(file, run), e);
    }
  }

  /** The columns of the cell, and the cosine of every run that has one. */
  private static Map<String, Double> figures(Paper.Place place, List<Event> events) {
    Map<String, Double> last = new LinkedHashMap<>();
    for (Event event : events) {
      if (event instanceof Event.Probe probe) {
        last.putAll(probe.readings());
      }
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    for (Column column : place.cell().columns()) {
      put(figures, column.figure(), value(column.figure(), last, events));
    }
    List<String> blocks =
        last.keySet().stream()
            .filter(name -> COSINE.matcher(name).matches())
            .filter(name -> last.getOrDefault(name + "/comparable", 1.0) != 0)
            .toList();
    put(figures, ResultsFile.COSINE, mean(blocks, "", last));
    put(figures, ResultsFile.NULL, mean(blocks, "/null", last));
    put(figures, ResultsFile.NULL_SPREAD, mean(blocks, "/null_std", last));
    return figures;
  }

  private static double mean(List<String> blocks, String suffix, Map<String, Double> readings) {
    return blocks.stream()
        .filter(block -> readings.containsKey(block + suffix))
        .mapToDouble(block -> readings.getOrDefault(block + suffix, Double.NaN))
        .average()
        .orElse(Double.NaN);
  }

  private static double value(String figure, Map<String, Double> last, List<Event> events) {
    Matcher at = AT.matcher(figure);
    boolean dated = at.matches();
    String name = dated ? at.group(1) : figure;
    long epoch = dated ? Long.parseLong(at.group(2)) : 0;
    boolean onTest = name.startsWith(ON_TEST);
    if (!dated && !onTest) {
      return last.getOrDefault(name, Double.NaN);
    }
    double value = Double.NaN;
    for (Event event : events) {
      double reading =
          switch (event) {
            case Event.Tested tested when !dated || tested.epoch() == epoch ->
                onTest
                    ? tested.readings().getOrDefault(name.substring(ON_TEST.length()), Double.NaN)
                    : ofTest(name, tested);
            case Event.Probe probe
                when !onTest && (epoch == 0 ? probe.step() == 1 : probe.epoch() == epoch) ->
                probe.readings().getOrDefault(name, Double.NaN);
            default -> Double.NaN;
          };
      value = Double.isFinite(reading) ? reading : value;
    }
    return value;
  }

  private static double ofTest(String name, Event.Tested tested) {
    return switch (name) {
      case "test_accuracy" -> 100 * tested.accuracy();
      case "test_error" -> 100 * (1 - tested.accuracy());
      default -> Double.NaN;
    };
  }

  private static void put(Map<String, Double> figures, String name, double value) {
    if (Double.isFinite(value)) {
      figures.put(name, value);
    }
  }

  /**
   * At most a hundred points of the epochs and a hundred of the probes, a line a step: what is left
   * of a run when its folder is gone.
   */
  private static String curves(List<Event> events) {
    List<Event.Epoch> epochs = new ArrayList<>();
    List<Event.Probe> probes = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Epoch epoch) {
        epochs.add(epoch);
      } else if (event instanceof Event.Probe probe) {
        probes.add(probe);
      }
    }
    Map<Long, Map<String, Double>> lines = new TreeMap<>();
    Set<String> names = new LinkedHashSet<>(List.of("train_loss", "train_error"));
    for (Event.Epoch epoch : thinned(epochs)) {
      Map<String, Double> line = lines.computeIfAbsent(epoch.step(), _ -> new LinkedHashMap<>());
      line.put("epoch", (double) epoch.epoch());
      line.put("train_loss", epoch.trainLoss());
      line.put("train_error", 100 * (1 - epoch.trainAccuracy()));
      if (Double.isFinite(epoch.validationAccuracy())) {
        names.add("validation_error");
        line.put("validation_error", 100 * (1 - epoch.validationAccuracy()));
      }
    }
    for (Event event : events) {
      if (event instanceof Event.Tested tested) {
        names.add("test_error");
        lines
            .computeIfAbsent(tested.step(), _ -> new LinkedHashMap<>())
            .put("test_error", 100 * (1 - tested.accuracy()));
      }
    }
    for (Event.Probe probe : thinned(probes)) {
      Map<String, Double> line = lines.computeIfAbsent(probe.step(), _ -> new LinkedHashMap<>());
      line.putIfAbsent("epoch", (double) probe.epoch());
      probe
          .readings()
          .forEach((name, value) -> {
            if (DRAWN.matcher(name).matches()) {
              names.add(name);
              line.put(name, value);
            }
          });
    }
    StringBuilder csv = new StringBuilder("step,epoch,").append(String.join(",", names));
    lines.forEach((step, line) -> {
      csv.append('\n').append(step).append(',');
      csv.append(ResultsFile.number(line.getOrDefault("epoch", Double.NaN)));
      for (String name : names) {
        csv.append(',').append(ResultsFile.number(line.getOrDefault(name, Double.NaN)));
      }
    });
    return csv.append('\n').toString();
  }

  /** The first, the last, and evenly in between. */
  private static <T> List<T> thinned(List<T> all) {
    if (all.size() <= POINTS) {
      return all;
    }
    List<T> some = new ArrayList<>();
    for (int i = 0; i < POINTS; i++) {
      some.add(all.get((int) Math.round(i * (all.size() - 1.0) / (POINTS - 1))));
    }
    return some;
  }
}
