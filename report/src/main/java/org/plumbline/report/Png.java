package org.plumbline.report;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Writes pictures of 8-bit grey or red-green-blue pixels as PNG. */
final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private Png() {}

  /**
   * A picture as an address that needs no file.
   *
   * @param pixels one byte a channel, channels side by side, row by row
   * @param channels 1 for grey, 3 for red, green, blue
   */
  static String dataUri(byte[] pixels, int width, int height, int channels) {
    return "data:image/png;base64,"
        + Base64.getEncoder().encodeToString(encode(pixels, width, height, channels));
  }

  static byte[] encode(byte[] pixels, int width, int height, int channels) {
    var file = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(file)) {
      out.write(SIGNATURE);
      var header = new ByteArrayOutputStream();
      try (var fields = new DataOutputStream(header)) {
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[] {8, (byte) (channels == 1 ? 0 : 2), 0, 0, 0});
      }
      chunk(out, "IHDR", header.toByteArray());
      var packed = new ByteArrayOutputStream();
      try (var deflater = new DeflaterOutputStream(packed, new Deflater(9))) {
        for (int row = 0; row < height; row++) {
          deflater.write(0);
          deflater.write(pixels, row * width * channels, width * channels);
        }
      }
      chunk(out, "IDAT", packed.toByteArray());
      chunk(out, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
    var name = type.getBytes(StandardCharsets.US_ASCII);
    var sum = new CRC32();
    sum.update(name);
    sum.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) sum.getValue());
  }
}
