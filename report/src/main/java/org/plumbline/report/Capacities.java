package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.report.ComparisonData.Rule;

/** Norms, margins and the capacity bound by rule, where the runs read them; tangent kernels too. */
final class Capacities {
  private static final int MOST_BLOCKS = 50;

  private Capacities() {}

  /** Nothing where no run recorded the probe capacity or kernel. */
  static Optional<Section> of(ComparisonData all) {
    var content = new ArrayList<Node>();
    var note = new ArrayList<Node>();
    var capacity = having(all, "capacity_rows");
    if (!capacity.isEmpty()) {
      content.add(tag("h3", "Margins and capacity"));
      content.add(table("Margins and capacity by rule", capacity, margins(capacity)));
      content.add(tag("h3", "Norms"));
      content.add(table("Norms by rule", capacity, norms(capacity)));
      note.add(
          tag(
              "p",
              "Norms of every unit’s incoming weights with its bias: the greatest sum (1,∞) and length "
                  + "(2,∞). Margins are the output of the right class above the greatest other, at the "
                  + "last reading; R bounds the Rademacher complexity of all dense ReLU networks with "
                  + "such norms on the rows of one batch."));
      note.add(
          tag(
              "p",
              "The norms of a trained network are no constants: compare rules by them, and take R over "
                  + "the margin for an indicator. Where a function, a norm or a kernel stands between, "
                  + "there is no R."));
    }
    var kernel = having(all, "kernel_drift");
    if (!kernel.isEmpty()) {
      content.add(tag("h3", "Tangent kernel"));
      var columns = new LinkedHashMap<String, String>();
      columns.put("Drift", "kernel_drift");
      columns.put("Hidden share", "kernel_hidden_share");
      columns.put("Hidden share of the rule", "kernel_rule_hidden_share");
      columns.put("Hidden cosine, rule and model", "kernel_rule_hidden_cosine");
      content.add(table("Tangent kernel by rule", kernel, columns));
      note.add(
          tag(
              "p",
              "Drift is how far the model’s tangent kernel has moved since the first reading: 0 is "
                  + "learning by the first linearisation alone."));
    }
    return content.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("capacity", "Norms, margins, kernel", note, content));
  }

  private static List<Rule> having(ComparisonData all, String figure) {
    return all.ranked().stream().filter(rule -> !rule.spread(figure).isEmpty()).toList();
  }

  private static Map<String, String> margins(List<Rule> rules) {
    var columns = new LinkedHashMap<String, String>();
    for (int share : new int[] {10, 50, 90}) {
      put(columns, rules, "Margin, " + share + " %", "capacity_margin_" + share);
    }
    put(columns, rules, "R (1,∞)", "capacity_r_1_inf");
    put(columns, rules, "R (2,∞)", "capacity_r_2_inf");
    put(columns, rules, "R (2,2)", "capacity_r_2_2");
    return columns;
  }

  private static Map<String, String> norms(List<Rule> rules) {
    var columns = new LinkedHashMap<String, String>();
    IntStream.rangeClosed(1, MOST_BLOCKS)
        .forEach(l -> {
          put(columns, rules, "Block %d (1,∞)".formatted(l), "capacity_%d_1_inf".formatted(l));
          put(columns, rules, "(2,∞) of %d".formatted(l), "capacity_%d_2_inf".formatted(l));
        });
    return columns;
  }

  private static void put(
      Map<String, String> columns, List<Rule> rules, String head, String figure) {
    if (rules.stream().anyMatch(rule -> !rule.spread(figure).isEmpty())) {
      columns.put(head, figure);
    }
  }

  private static Node table(String caption, List<Rule> rules, Map<String, String> columns) {
    var head = new ArrayList<>(List.of("Rule"));
    head.addAll(columns.keySet());
    var rows = new ArrayList<List<Node>>();
    for (var rule : rules) {
      var row = new ArrayList<Node>();
      row.add(ComparisonData.label(rule));
      columns.values().forEach(figure -> row.add(text(said(rule.spread(figure)))));
      rows.add(row);
    }
    return Node.table(caption, head, rows, 0);
  }

  private static String said(Spread spread) {
    return spread.isEmpty()
        ? Numbers.NONE
        : Numbers.of(spread.mean()) + (spread.isSingle() ? "" : " ± " + Numbers.of(spread.std()));
  }
}
