package org.plumbline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.train.Cached;
import org.plumbline.train.Options;
import org.plumbline.train.TrainedModel;

/** What {@code evaluate --cache} found in runs, and its means over runs of a rule. */
final class CacheAnswer {
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final Map<List<String>, List<Cached>> rules = new LinkedHashMap<>();
  private final Table table =
      new Table()
          .row(
              "run",
              "rule",
              "layers",
              "network",
              "cache",
              "mixture",
              "gain",
              "theta",
              "lambda",
              "loss",
              "calibrated",
              "cache",
              "mixture");

  /** Takes in what a run said. */
  void add(Path run, TrainedModel model, List<Cached> found) {
    for (Cached at : found) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("run", run);
      row.put("rule", model.rule());
      row.put("data", model.configuration().get(Options.DATA));
      row.put("seed", Long.parseLong(model.configuration().get(Options.SEED)));
      row.put("layers", at.layers());
      row.put("names", at.names());
      row.put("width", at.width());
      row.put("keys", at.keys());
      row.put("theta", at.theta());
      row.put("lambda", at.lambda());
      row.put("temperature", at.temperature());
      row.put("network", Json.fields(at.network()));
      row.put("calibrated", Json.fields(at.calibrated()));
      row.put("cache", Json.fields(at.cache()));
      row.put("mixture", Json.fields(at.mixture()));
      row.put("gain", at.gain());
      rows.add(row);
      rules.computeIfAbsent(List.of(model.rule(), at.layers()), _ -> new ArrayList<>()).add(at);
      table.row(
          Words.path(run),
          model.rule(),
          at.layers(),
          Words.percent(at.network().accuracy()),
          Words.percent(at.cache().accuracy()),
          Words.percent(at.mixture().accuracy()),
          points(at.gain()),
          Words.number(at.theta()),
          Words.number(at.lambda()),
          Words.number(at.network().loss()),
          Words.number(at.calibrated().loss()),
          Words.number(at.cache().loss()),
          Words.number(at.mixture().loss()));
    }
  }

  /** For programs. */
  Map<String, Object> object() {
    List<Map<String, Object>> means = new ArrayList<>();
    rules.forEach((key, found) -> {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("rule", key.get(0));
      row.put("layers", key.get(1));
      row.put("runs", found.size());
      row.put("network_mean", mean(found.stream().map(c -> c.network().accuracy()).toList()));
      row.put("cache_mean", mean(found.stream().map(c -> c.cache().accuracy()).toList()));
      row.put("mixture_mean", mean(found.stream().map(c -> c.mixture().accuracy()).toList()));
      List<Double> gains = found.stream().map(Cached::gain).toList();
      row.put("gain_mean", mean(gains));
      row.put("gain_std", std(gains));
      means.add(row);
    });
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rows", rows);
    object.put("means", means);
    return object;
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(table.lines());
    if (rules.values().stream().anyMatch(found -> found.size() > 1)) {
      Table means = new Table().row("rule", "layers", "runs", "network", "cache", "gain", "± std");
      rules.forEach((key, found) -> {
        List<Double> gains = found.stream().map(Cached::gain).toList();
        means.row(
            key.get(0),
            key.get(1),
            "" + found.size(),
            Words.percent(mean(found.stream().map(c -> c.network().accuracy()).toList())),
            Words.percent(mean(found.stream().map(c -> c.cache().accuracy()).toList())),
            points(mean(gains)),
            points(std(gains)));
      });
      lines.add("");
      lines.addAll(means.lines());
    }
    lines.add("");
    lines.add(
        "test rows; gain: of network and cache together over the network, in points; what each column is: docs/lenses.md");
    return lines;
  }

  private static String points(double share) {
    return Double.isFinite(share) ? "%.2f".formatted(100 * share) : "–";
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
  }

  /** The sample standard deviation, with n − 1; not a number for one. */
  private static double std(List<Double> values) {
    double mean = mean(values);
    double squares = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return values.size() < 2 ? Double.NaN : Math.sqrt(squares / (values.size() - 1));
  }
}
