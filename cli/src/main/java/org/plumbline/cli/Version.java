package org.plumbline.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.plumbline.run.RunFolder;

/** What this program is, as the build wrote it down. */
final class Version {
  private Version() {}

  /** The same that {@code provenance.json} records. */
  static String number() {
    Properties written = new Properties();
    try (InputStream in = RunFolder.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        written.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return written.getProperty("version", "unknown");
  }
}
