package org.plumbline.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.plumbline.report.Report;
import org.plumbline.run.Durable;
import org.plumbline.run.Storage;

/** {@code report.html} in a run folder: one page made of the rest of it. */
final class ReportFile {
  static final String NAME = "report.html";

  private ReportFile() {}

  /** Makes it, in place of the one before. */
  static void write(Path run) {
    String page = Report.render(run);
    new Durable(Storage.disk())
        .write(run.resolve(NAME), sink -> sink.accept(StandardCharsets.UTF_8.encode(page)));
  }
}
