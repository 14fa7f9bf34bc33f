package org.plumbline.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/**
 * Reads what a network is to judge: an image (.png, .jpg, .jpeg, .gif, .bmp), an IDX file (with
 * {@code idx} or {@code ubyte} in its name) or a table without a label (.csv, .tsv, .txt), gzip or
 * not.
 *
 * <p>Pixels become 0…1. A colour image for a grey network is converted to luminance; an image of
 * another size or a grey one for a colour network is refused. A table for a network on images holds
 * one image a line, pixels 0…1.
 */
public final class Inputs {
  private Inputs() {}

  /**
   * Reads all inputs of a file.
   *
   * @param file an image, an IDX file or a table
   * @param form what the network takes
   * @return at least one row of {@code form.shape().size()} finite numbers, as training sees them
   * @throws BadInput if the file is malformed or does not fit, stating both sizes
   */
  public static List<float[]> read(Path file, InputForm form) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (Stream.of(".png", ".jpg", ".jpeg", ".gif", ".bmp").anyMatch(name::endsWith)) {
      Source.check(file);
      return List.of(Images.read(file, form.shape()));
    }
    List<float[]> rows;
    try (Source in = Source.open(file)) {
      if (Stream.of(".csv", ".tsv", ".txt").anyMatch(plain::endsWith)) {
        rows = table(in, form);
      } else if (plain.contains("idx") || plain.contains("ubyte")) {
        rows = idx(in, form.shape());
      } else {
        throw new BadInput(
            file
                + ": the name of an input ends in .png, .jpg, .gif, .bmp, .csv, .tsv or .txt, or contains idx for an IDX file");
      }
    }
    rows.forEach(row -> form.standardisation().apply(row, 0));
    return rows;
  }

  /**
   * Reads the lines of a text.
   *
   * @param file in UTF-8, gzip or not
   * @return at least one, without their ends
   * @throws BadInput if it cannot be read or has none
   */
  public static List<String> lines(Path file) {
    return new String(TextFiles.bytes(file, 8), StandardCharsets.UTF_8).lines().toList();
  }

  private static List<float[]> table(Source in, InputForm form) {
    int width = Math.toIntExact(form.shape().size());
    List<float[]> rows = Csv.inputs(in, width, form.featureNames(), Memory.limit());
    if (form.shape().rank() == 3) {
      for (int i = 0; i < rows.size(); i++) {
        for (int k = 0; k < width; k++) {
          float pixel = rows.get(i)[k];
          if (!(pixel >= 0 && pixel <= 1)) {
            throw BadInput.inFile(
                in.file(), "row " + i + ", column " + k, "a pixel of 0 to 1", "" + pixel);
          }
        }
      }
    }
    return rows;
  }

  /** One input if the axes are those of the shape, otherwise one per step of the first axis. */
  private static List<float[]> idx(Source in, Shape shape) {
    Idx idx = Idx.read(in);
    int width = Math.toIntExact(shape.size());
    if (!fits(idx, 0, shape) && !fits(idx, 1, shape)) {
      throw BadInput.inFile(
          in.file(), "header", "inputs of shape " + shape + ", one or many", idx.print());
    }
    int count = idx.bytes().length / width;
    Memory.expect(in.file(), 4L * idx.bytes().length);
    List<float[]> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      float[] row = new float[width];
      for (int k = 0; k < width; k++) {
        row[k] = (idx.bytes()[i * width + k] & 0xFF) / 255f;
      }
      rows.add(row);
    }
    return rows;
  }

  /** Whether the axes from one on are those of the shape; one channel may go without saying. */
  private static boolean fits(Idx idx, int from, Shape shape) {
    List<Long> axes = new ArrayList<>();
    for (int i = from; i < idx.rank(); i++) {
      axes.add((long) idx.axis(i));
    }
    return axes.equals(shape.axes())
        || (shape.rank() == 3 && shape.axis(0) == 1 && axes.equals(shape.axes().subList(1, 3)));
  }
}
