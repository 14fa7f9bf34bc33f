package org.plumbline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.nn.Activation;
import org.plumbline.value.BadInput;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** Tiny networks through every section. No time is asserted. */
final class BenchTest {
  private static final Activation TANH = new Activation.Tanh();
  private static final Machine MACHINE =
      new Machine(
          "2026-01-02T03:04:05Z",
          "abc",
          "0.1.0",
          "25",
          "2.10.0",
          "Linux 6 amd64",
          "A \"fast\" processor, 3 GHz",
          2,
          1);

  @TempDir Path folder;

  private static Plan plan(Set<Plan.Section> sections, String shapes, String rules, int times) {
    return new Plan(
        sections,
        Workload.parseAll(shapes, TANH),
        List.of(Method.SGD, Method.ADAM),
        List.of(Format.FP32),
        List.of(rules.split(",", -1)),
        TANH,
        0.01,
        times,
        1,
        List.of("false"));
  }

  @Test
  void the_table_has_a_row_for_every_rule_cell_and_repetition() {
    List<String> begun = new ArrayList<>();
    List<Integer> repeated = new ArrayList<>();
    Plan plan = plan(Set.of(Plan.Section.STEP), "6-5-4@3,launay-cnn@1", "dfa,bp", 2);
    Result result =
        Bench.run(
            plan,
            new Bench.Listener() {
              @Override
              public void begins(double share, String words) {
                assertThat(share).isBetween(0.0, 1.0);
                begun.add(words);
              }

              @Override
              public void repeated(Result soFar) {
                repeated.add(soFar.rows().size());
              }
            });
    assertThat(begun).hasSize(8).first().isEqualTo("6-5-4@3 sgd fp32, repetition 1 of 2");
    assertThat(repeated).containsExactly(8, 16);
    assertThat(result.notes()).isEmpty();
    assertThat(result.rows())
        .allSatisfy(row -> {
          assertThat(row.msMin()).isPositive().isLessThanOrEqualTo(row.msMedian());
          assertThat(row.floorMs()).isPositive().isLessThanOrEqualTo(row.floorMedian());
          assertThat(row.peerMs()).isPositive().isLessThanOrEqualTo(row.peerMedian());
          assertThat(row.ratioToPeer()).isEqualTo(row.peerMs() / row.msMin());
          assertThat(row.shareOfFloor()).isEqualTo(row.floorMs() / row.msMin());
          assertThat(row.ratioLow()).isPositive().isLessThanOrEqualTo(row.ratioHigh());
          assertThat(row.steps()).isGreaterThanOrEqualTo(3);
        });
    assertThat(result.floorSpread().orElseThrow()).isGreaterThanOrEqualTo(1);
    assertThat(result.quietness()).hasSize(1);
  }

  @Test
  void repetitions_are_joined_by_their_least_times() {
    Row one = row(1, "dfa", 2, 4, 1, 3);
    Row two = row(2, "dfa", 1.5, 5, 0.9, 3.3);
    Row other = row(1, "bp", 3, 4, 1, 3);
    List<Line> lines = Line.of(List.of(one, other, two));
    assertThat(lines).extracting(line -> line.best().rule()).containsExactly("dfa", "bp");
    Line dfa = lines.getFirst();
    assertThat(dfa.best().msMin()).isEqualTo(1.5);
    assertThat(dfa.best().msMedian()).isEqualTo(4.5);
    assertThat(dfa.best().floorMs()).isEqualTo(0.9);
    assertThat(dfa.best().repetition()).isEqualTo(2);
    assertThat(dfa.ratioLow()).isEqualTo(1.5);
    assertThat(dfa.ratioHigh()).isCloseTo(2.2, within(1e-12));
    assertThat(lines.getLast().ratioLow()).isEqualTo(0.8); // of the thirds of its only repetition
    assertThat(lines.getLast().ratioHigh()).isEqualTo(1.2);
  }

  private static Row row(
      int repetition, String rule, double least, double median, double floor, double peer) {
    return new Row(
        repetition,
        "8-4,2",
        3,
        "sgd",
        "fp32",
        rule,
        least,
        median,
        floor,
        1.0625 * floor,
        peer,
        1.125 * peer,
        0.8,
        1.2,
        30);
  }

  private static Result result(List<Row> rows) {
    return new Result(
        MACHINE,
        rows,
        Optional.of(new Result.ProbeCost("784-800-800-10@64", "dfa", 2, 3, 50)),
        Optional.of(new Result.Epoch("train", 9, 10, 15)),
        List.of(new Result.StartTime("--help", "the end", 0.4, 0.5)),
        Activations.of(List.of("dfa")),
        List.of("something left out: it was <too> long"));
  }

  @Test
  void the_csv_says_what_was_measured_and_can_be_read_back() {
    List<Row> rows =
        List.of(
            row(1, "dfa:gain=2,law=normal", 2, 4, 1, 3), row(2, "bp", 1.25, 5, 0.5, Double.NaN));
    String csv = Csv.print(result(rows));
    List<Csv.Entry> read = Csv.read("bench.csv", csv);
    assertThat(read).extracting(Csv.Entry::row).isEqualTo(rows);
    assertThat(read).extracting(Csv.Entry::machine).containsOnly(MACHINE);
    assertThat(csv.lines().findFirst().orElseThrow())
        .startsWith("repetition,shape,batch,optimizer,precision,rule,ms_min,ms_median,floor_ms,")
        .contains("peer_ms", "ratio_to_peer", "share_of_floor", "date,commit", "cpu,cores,threads");
    assertThatThrownBy(() -> Csv.read("bench.csv", csv.replace(",batch,", ",bunch,")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("bench.csv, line 2: column 'batch' is missing");
    assertThatThrownBy(() -> Csv.read("bench.csv", csv.replace(",1.25,", ",fast,")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("line 3: ms_min must be a number, but is 'fast'");
    assertThatThrownBy(() -> Csv.read("bench.csv", "")).isInstanceOf(BadInput.class);
  }

  @Test
  void the_folder_holds_table_plot_and_page() throws Exception {
    Path out = folder.resolve("new/bench");
    Pages.check(out);
    Pages.write(
        out,
        result(
            List.of(
                row(1, "dfa", 2, 4, 1, 3),
                row(1, "<bp>", 4, 5, 1, 3),
                row(2, "dfa", 1.8, 4, 1, 3))));
    assertThat(Files.readString(out.resolve("bench.csv")).lines()).hasSize(4);
    assertThat(Files.readString(out.resolve("bench.md")))
        .contains(
            "| 8-4,2 | 3 | sgd | fp32 | dfa | 1.80 | 4.00 | 1.00 | 3.00 | 1.67 | 1.50–1.67 | 0.56 |")
        .contains("A \"fast\" processor, 3 GHz, 2 cores, 1 thread", "commit abc", "![](bench.svg)")
        .contains(
            "1.0 % of the steps between", "90.0 % of the epoch's 10.00 s", "60.0 % of the whole")
        .contains("`--help`, until the end: 0.400 s", "a quiet machine", "Something left out");
    Document plot =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(Files.readString(out.resolve("bench.svg")))));
    assertThat(plot.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(plot.getDocumentElement().getTextContent())
        .contains("dfa", "<bp>", "8-4,2, batch 3", "sgd, fp32", "1 = libtorch", "products alone");
    assertThatThrownBy(() -> Pages.check(out))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("holds a benchmark");
  }

  @Test
  void without_libtorchs_time_there_is_no_plot_but_a_table() throws IOException {
    Pages.check(folder);
    Pages.write(folder, result(List.of(row(1, "dfa", 2, 4, 1, Double.NaN))));
    assertThat(folder.resolve("bench.svg")).doesNotExist();
    assertThat(Files.readString(folder.resolve("bench.md")))
        .contains("| 1.00 |  |  | 0.80–1.20 | 0.50 |");
  }

  @Test
  void what_cannot_be_built_is_left_out_with_its_reason() {
    Result result =
        Bench.run(
            plan(Set.of(Plan.Section.STEP), "resnet20:channels=2@1", "dfa,drtp", 1), (_, _) -> {});
    assertThat(result.notes())
        .anySatisfy(note ->
            assertThat(note).startsWith("resnet20:channels=2@1 sgd fp32: libtorch left out: "));
    assertThat(result.rows()).isNotEmpty().allSatisfy(row -> assertThat(row.peerMs()).isNaN());
  }

  @Test
  void the_probe_is_timed_beside_the_same_step_without_it() {
    Result result = Bench.run(plan(Set.of(Plan.Section.PROBE), "6-5-4", "dfa", 1), (_, _) -> {});
    Result.ProbeCost probe = result.probe().orElseThrow();
    assertThat(probe.rule()).isEqualTo("dfa");
    assertThat(probe.shape()).isEqualTo("784-800-800-10@64");
    assertThat(probe.share())
        .isEqualTo((probe.probedMs() - probe.stepMs()) / (50 * probe.stepMs()));
    assertThat(result.rows()).isEmpty();
    assertThat(result.floorSpread()).isEmpty();
  }

  @Test
  void memory_of_drtp_does_not_grow_with_depth() {
    Result result =
        Bench.run(plan(Set.of(Plan.Section.MEMORY), "6-5-4", "dfa,drtp", 1), (_, _) -> {});
    List<Result.Memory> drtp =
        result.memory().stream().filter(one -> one.rule().equals("drtp")).toList();
    List<Result.Memory> dfa =
        result.memory().stream().filter(one -> one.rule().equals("dfa")).toList();
    assertThat(MemoryPlot.svg(result.memory()))
        .contains(">drtp</text>", ">dfa</text>", ">100</text>");
    assertThat(drtp).extracting(Result.Memory::layers).containsExactly(10, 25, 50, 100);
    assertThat(drtp).extracting(Result.Memory::peakBytes).containsOnly(drtp.get(0).peakBytes());
    assertThat(dfa.getLast().peakBytes()).isGreaterThan(8 * dfa.getFirst().peakBytes());
  }

  @Test
  void bad_plans_are_refused() {
    assertThatThrownBy(() -> plan(Set.of(Plan.Section.STEP), "6-5-4", "dfaa", 1))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("did you mean 'dfa'");
    assertThatThrownBy(() -> plan(Set.of(Plan.Section.STEP), "6-5-4", "dfa", 0))
        .isInstanceOf(BadInput.class);
    assertThatThrownBy(() -> Plan.Section.parseAll("step,prob"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("did you mean 'probe'");
    assertThatThrownBy(() -> Method.parse("rmsprop")).isInstanceOf(BadInput.class);
    assertThatThrownBy(() -> Format.parse("fp16")).isInstanceOf(BadInput.class);
  }

  @Test
  void the_estimate_counts_what_was_asked_for() {
    assertThat(plan(Set.of(Plan.Section.STEP), "6-5-4,7-6-5", "dfa", 3).estimate())
        .isCloseTo(0.01 * 4 * 3, within(1e-9));
    assertThat(plan(Set.of(Plan.Section.MEMORY), "6-5-4", "dfa", 3).estimate()).isZero();
  }
}
