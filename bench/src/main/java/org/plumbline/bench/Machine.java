package org.plumbline.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.plumbline.run.Provenance;
import org.plumbline.tensor.Libtorch;

/**
 * What was measured, where and when.
 *
 * @param date to the second, UTC
 * @param commit of the source
 * @param plumbline the version of this program
 * @param java the version of the JVM
 * @param libtorch its version
 * @param os name, version and architecture
 * @param cpu the model
 * @param cores how many processors the JVM sees
 * @param threads of one operation
 */
public record Machine(
    String date,
    String commit,
    String plumbline,
    String java,
    String libtorch,
    String os,
    String cpu,
    int cores,
    int threads) {
  /** Asks this machine. */
  static Machine here(int threads) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Provenance here =
        Provenance.gather(
            Libtorch.version(),
            new Provenance.Setting(threads, "cpu", "", 0, List.of(), "", List.of()),
            new Provenance.Data("", "", 0, 0, 0),
            now,
            Provenance.Steps.LIBTORCH); // of no run
    return new Machine(
        now.toString(),
        here.commit(),
        here.plumbline(),
        here.java(),
        here.libtorch(),
        here.os(),
        here.cpu(),
        here.cores(),
        threads);
  }
}
