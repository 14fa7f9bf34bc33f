package org.plumbline.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Renders every sample run, to be looked at: run {@code main} with the test class path; the pages
 * are in {@code target/gallery}.
 */
final class Gallery {
  private Gallery() {}

  static void main() throws IOException {
    var parent = Files.createDirectories(Path.of("target", "gallery"));
    for (var run :
        List.of(
            SampleRuns.digits(parent),
            SampleRuns.mnist(parent),
            SampleRuns.cifar(parent),
            SampleRuns.table(parent),
            SampleRuns.manyClasses(parent, 30),
            SampleRuns.manyClasses(parent, 100),
            SampleRuns.unfinished(parent),
            SampleRuns.minimal(parent))) {
      Files.writeString(run.resolve("report.html"), Report.render(run));
    }
    for (var comparison :
        List.of(SampleComparisons.full(parent), SampleComparisons.many(parent, 28))) {
      Files.writeString(comparison.resolve("comparison.html"), ComparisonReport.render(comparison));
    }
  }
}
