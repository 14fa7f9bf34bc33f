package org.plumbline.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/** Decodes one image whose size is known beforehand; nothing of another size is decoded. */
final class Images {
  private static final long MAX_FILE = 64 << 20;
  private static final long MAX_PIXELS = 50_000_000;
  private static final Set<String> FORMATS = Set.of("png", "jpeg", "gif", "bmp");

  private Images() {}

  /** Reads {@code [1 or 3, height, width]} as fractions 0…1. */
  static float[] read(Path file, Shape shape) {
    if (shape.rank() != 3 || (shape.axis(0) != 1 && shape.axis(0) != 3)) {
      throw new BadInput(
          file + " is an image, but the network takes inputs of shape " + shape + "; give a table");
    }
    try {
      if (Files.size(file) > MAX_FILE) {
        throw new BadInput(file + " is larger than " + (MAX_FILE >> 20) + " MiB");
      }
      return read(file, Files.readAllBytes(file), shape);
    } catch (IOException e) {
      throw damaged(file, e);
    }
  }

  static float[] read(Path file, byte[] content, Shape shape) {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      while (readers.hasNext()) {
        ImageReader reader = readers.next();
        if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
          return read(file, reader, in, shape);
        }
      }
      throw BadInput.inFile(file, "first bytes", "a PNG, JPEG, GIF or BMP image", "something else");
    } catch (IOException e) {
      throw damaged(file, e);
    }
  }

  private static float[] read(Path file, ImageReader reader, ImageInputStream in, Shape shape)
      throws IOException {
    try {
      reader.setInput(in, true, true);
      long width = reader.getWidth(0);
      long height = reader.getHeight(0);
      if (width * height > MAX_PIXELS || height != shape.axis(1) || width != shape.axis(2)) {
        throw BadInput.inFile(
            file,
            "header",
            "%d × %d pixels (width × height), as the network takes"
                .formatted(shape.axis(2), shape.axis(1)),
            width + " × " + height);
      }
      return pixels(file, reader.read(0), shape);
    } catch (BadInput e) {
      throw e;
    } catch (RuntimeException e) { // readers of the JDK throw many kinds at damaged files
      throw damaged(file, e);
    } finally {
      reader.dispose();
    }
  }

  private static float[] pixels(Path file, BufferedImage image, Shape shape) {
    ColorModel model = image.getColorModel();
    boolean grey = model.getNumColorComponents() == 1 && !(model instanceof IndexColorModel);
    if (grey && shape.axis(0) == 3) {
      throw BadInput.inFile(file, "header", "3 channels, as the network takes", "1 (grey)");
    }
    int width = image.getWidth();
    int height = image.getHeight();
    if (width != shape.axis(2) || height != shape.axis(1)) {
      throw BadInput.inFile(file, "pixels", "the size of the header", width + " × " + height);
    }
    float[] into = new float[Math.toIntExact(shape.size())];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int argb = image.getRGB(x, y);
        if (argb >>> 24 != 255) {
          throw BadInput.inFile(
              file,
              "pixel " + x + ", " + y,
              "an image without transparency",
              "a transparent pixel");
        }
        float red = (argb >> 16 & 0xFF) / 255f;
        float green = (argb >> 8 & 0xFF) / 255f;
        float blue = (argb & 0xFF) / 255f;
        int at = y * width + x;
        if (grey) {
          into[at] = grey(image.getRaster(), x, y);
        } else if (shape.axis(0) == 1) {
          into[at] = luminance(red, green, blue);
        } else {
          into[at] = red;
          into[at + width * height] = green;
          into[at + 2 * width * height] = blue;
        }
      }
    }
    return into;
  }

  /** The sample as stored: {@code getRGB} would take a grey one for linear light and change it. */
  private static float grey(Raster raster, int x, int y) {
    int most = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
    return (float) raster.getSample(x, y, 0) / most;
  }

  /** ITU-R BT.601, as usual for 8-bit images. */
  private static float luminance(float red, float green, float blue) {
    return red == green && green == blue ? red : 0.299f * red + 0.587f * green + 0.114f * blue;
  }

  private static BadInput damaged(Path file, Exception e) {
    return new BadInput(file + " cannot be read as an image: " + e.getMessage(), e);
  }
}
