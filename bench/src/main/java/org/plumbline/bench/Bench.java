package org.plumbline.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.global.torch;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;

/** Goes through a table of shapes, optimizers and precisions. */
public final class Bench {
  private Bench() {}

  /**
   * Measures.
   *
   * @param workloads the shapes
   * @param methods the optimizers
   * @param rules by name
   * @param seconds for each cell
   * @param said hears what is being done
   * @return one row a rule and cell
   */
  public static List<Row> steps(
      List<Workload> workloads,
      List<Method> methods,
      List<String> rules,
      double seconds,
      Consumer<String> said) {
    List<Row> rows = new ArrayList<>();
    for (Workload workload : workloads) {
      for (Method method : methods) {
        said.accept(workload + " " + method.word());
        rows.addAll(cell(workload, method, rules, seconds));
      }
    }
    return rows;
  }

  private static List<Row> cell(
      Workload workload, Method method, List<String> rules, double seconds) {
    try (var _ = Scope.open()) {
      Start start = Start.of(workload);
      List<Contender> contenders = new ArrayList<>();
      contenders.add(new Floor(start, torch.ScalarType.Float));
      contenders.add(new Peer(start, method));
      for (String rule : rules) {
        contenders.add(new Ours(start, Rules.ALL.parse(rule), method, Precision.FP32));
      }
      List<Samples> times = Rounds.of(contenders, seconds);
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < rules.size(); i++) {
        rows.add(
            new Row(
                workload.shape(),
                workload.batch(),
                method.word(),
                "fp32",
                rules.get(i),
                times.get(i + 2).least(),
                times.get(i + 2).median(),
                times.get(0).least(),
                times.get(1).least()));
      }
      return rows;
    }
  }
}
