package org.plumbline.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.bench.Bench;
import org.plumbline.bench.Method;
import org.plumbline.bench.Row;
import org.plumbline.bench.Workload;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Layers;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.Libtorch;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline bench}. */
final class BenchSteps implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "bench",
            "Times training steps beside their matrix products and beside libtorch's own back-propagation.",
            "")
        .addOption(Syntax.option("--shapes", "LIST", "networks (default: 784-800-800-10)").build())
        .addOption(Syntax.option("--rules", "LIST", "rules (default: dfa,bp)").build())
        .addOption(Syntax.option("--optimizers", "LIST", "sgd,adam (default: both)").build())
        .addOption(Syntax.option("--activation", "NAME", "of hidden layers (default: tanh)").build())
        .addOption(Syntax.option("--threads", "N", "of one operation (default: 1)").build())
        .addOption(Syntax.option("--seconds", "S", "for each cell (default: 10)").build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Activation activation =
        Layers.ACTIVATIONS.parse(given.matchedOptionValue("--activation", "tanh"));
    List<Workload> workloads =
        Workload.parseAll(given.matchedOptionValue("--shapes", "784-800-800-10"), activation);
    List<String> rules = Rules.ALL.split(given.matchedOptionValue("--rules", "dfa,bp"));
    rules.forEach(Rules.ALL::parse);
    List<Method> methods =
        Arrays.stream(given.matchedOptionValue("--optimizers", "sgd,adam").split(",", -1))
            .map(Method::parse)
            .toList();
    double seconds = number("--seconds", given.matchedOptionValue("--seconds", "10"));
    console.beforeLibtorch();
    Libtorch.threads((int) number("--threads", given.matchedOptionValue("--threads", "1")));
    List<Row> rows = Bench.steps(workloads, methods, rules, seconds, console::say);
    List<Map<String, Object>> objects = new ArrayList<>();
    Table table =
        new Table()
            .row("shape", "batch", "optimizer", "rule", "ms", "median", "floor", "libtorch bp", "x faster", "of floor");
    for (Row row : rows) {
      Map<String, Object> object = new LinkedHashMap<>(Json.fields(row));
      object.put("ratio_to_peer", row.ratioToPeer());
      object.put("share_of_floor", row.shareOfFloor());
      objects.add(object);
      table.row(
          row.shape(),
          "" + row.batch(),
          row.optimizer(),
          row.rule(),
          Words.number(row.msMin()),
          Words.number(row.msMedian()),
          Words.number(row.floorMs()),
          Words.number(row.peerMs()),
          "%.2f".formatted(row.ratioToPeer()),
          "%.2f".formatted(row.shareOfFloor()));
    }
    console.answer(Map.of("rows", objects), table.lines());
  }

  private static double number(String flag, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new BadInput(flag + " must be a number, but is '" + text + "'", e);
    }
  }
}
