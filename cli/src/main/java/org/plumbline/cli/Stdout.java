package org.plumbline.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.plumbline.value.Failure;

/** Stdout. A reader that has had enough is no error, as in {@code | head}; a full disk is. */
final class Stdout extends OutputStream {
  private final OutputStream to =
      new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
  private boolean closed;

  private interface Write {
    void run() throws IOException;
  }

  @Override
  public void write(int value) {
    attempt(() -> to.write(value));
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    attempt(() -> to.write(bytes, from, length));
  }

  @Override
  public void flush() {
    attempt(to::flush);
  }

  private void attempt(Write write) {
    if (closed) {
      return;
    }
    try {
      write.run();
    } catch (IOException e) {
      closed = true;
      String reason = String.valueOf(e.getMessage());
      if (!reason.contains("Broken pipe")) {
        throw new Failure("cannot write the answer to stdout: " + reason, e);
      }
    }
  }
}
