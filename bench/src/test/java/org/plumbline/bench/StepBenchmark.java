package org.plumbline.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.plumbline.nn.Activation;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;

/**
 * One step under JMH, each contender in a JVM of its own; how to run it stands in docs/bench.md.
 * For ratios take {@code plumbline bench}, which interleaves.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector"})
@SuppressWarnings("NullAway.Init") // by JMH
public class StepBenchmark {
  /** Who steps: the products, libtorch, or a rule. */
  @Param({"floor", "libtorch", "dfa", "bp"})
  public String who;

  /** The optimizer. */
  @Param({"sgd", "adam"})
  public String optimizer;

  private Scope scope;
  private Contender contender;

  /** Makes the contender, in a scope of the thread that steps. */
  @Setup(Level.Trial)
  public void make() {
    Libtorch.threads(1);
    scope = Scope.open();
    Start start = Start.of(Workload.parse(Plan.MAIN, new Activation.Tanh()));
    Method method = Method.parse(optimizer);
    contender =
        switch (who) {
          case "floor" -> new Floor(start, Format.FP32, Layout.CHANNELS_FIRST);
          case "libtorch" -> new Peer(start, method, Format.FP32, Layout.CHANNELS_FIRST);
          default -> new Ours(start, Rules.ALL.parse(who), method, Precision.FP32);
        };
  }

  /** Frees it. */
  @TearDown(Level.Trial)
  public void free() {
    scope.close();
  }

  /** One step. */
  @Benchmark
  public void step() {
    contender.step();
  }
}
