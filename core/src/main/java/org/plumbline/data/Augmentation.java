package org.plumbline.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;

/**
 * Changes training images at random, anew every time they are seen, in ways that leave their class
 * as it is. Works on pixels of 0…1, before any {@link Preparation}; makes no tensors, so that any
 * thread may do it.
 */
public interface Augmentation {
  /** The augmentations by name. */
  Catalogue<Augmentation> ALL =
      new Catalogue<Augmentation>("augmentation")
          .with("none", None.class)
          .with("crop", Crop.class)
          .with("flip", Flip.class);

  /**
   * Refuses rows that it cannot change.
   *
   * @param row the shape of one input
   * @throws BadInput if they are no images, or too small
   */
  void check(Shape row);

  /**
   * Changes one image in place.
   *
   * @param pixels holds the image, {@code [channels, height, width]}, last axis fastest
   * @param at where its first pixel is
   * @param image its shape
   * @param draws of this image
   */
  void change(float[] pixels, int at, Shape image, Seed draws);

  /**
   * Reads an augmentation, or several joined by {@code +} that follow each other: {@code
   * crop:padding=4+flip}.
   *
   * @param text as a user writes it
   * @return the augmentation
   */
  static Augmentation parse(String text) {
    List<Augmentation> parts =
        Arrays.stream(text.split("\\+", -1)).map(String::strip).map(ALL::parse).toList();
    return parts.size() == 1 ? parts.getFirst() : new Chain(parts);
  }

  /**
   * Prints an augmentation as it parses.
   *
   * @param augmentation any
   * @return its text
   */
  static String print(Augmentation augmentation) {
    return joined(augmentation, ALL::print);
  }

  /**
   * Prints an augmentation with all its parameters.
   *
   * @param augmentation any
   * @return its text
   */
  static String printAll(Augmentation augmentation) {
    return joined(augmentation, ALL::printAll);
  }

  private static String joined(Augmentation augmentation, Function<Augmentation, String> print) {
    return augmentation instanceof Chain(List<Augmentation> parts)
        ? parts.stream().map(print).collect(Collectors.joining("+"))
        : print.apply(augmentation);
  }

  private static void requireImages(String name, Shape row) {
    if (row.rank() != 3) {
      throw new BadInput(
          "augmentation '%s' is for images [channels, height, width], but the rows are %s; use --augment none"
              .formatted(name, row));
    }
  }

  /** Images as they are. */
  @About("images as they are")
  record None() implements Augmentation {
    @Override
    public void check(Shape row) {}

    @Override
    public void change(float[] pixels, int at, Shape image, Seed draws) {}
  }

  /**
   * The image with a black margin on all sides, and of that a part of the image's size, all places
   * alike in chance: the image is moved by −padding…padding pixels both ways.
   *
   * @param padding width of the margin
   */
  @About("the image moved at random by up to so many pixels both ways, black behind it")
  record Crop(@About("greatest move, in pixels") int padding) implements Augmentation {
    /**
     * Checks the margin.
     *
     * @param padding at least 1
     */
    public Crop {
      Check.atLeast("padding of crop", 1, padding);
    }

    /** 4 pixels. */
    public Crop() {
      this(4);
    }

    @Override
    public void check(Shape row) {
      requireImages("crop", row);
      long side = Math.min(row.axis(1), row.axis(2));
      if (padding >= side) {
        throw new BadInput(
            "padding of crop must be below the side of the images, which is %d, but is %d"
                .formatted(side, padding));
      }
    }

    @Override
    public void change(float[] pixels, int at, Shape image, Seed draws) {
      int down = (int) (draws.uniform(0) * (2 * padding + 1)) - padding;
      int right = (int) (draws.uniform(1) * (2 * padding + 1)) - padding;
      int channels = (int) image.axis(0);
      int height = (int) image.axis(1);
      int width = (int) image.axis(2);
      for (int c = 0; c < channels; c++) {
        move(pixels, at + c * height * width, height, width, down, right);
      }
    }

    /** Moves one plane within itself; rows are taken in the order that reads before it writes. */
    private static void move(float[] pixels, int at, int height, int width, int down, int right) {
      int first = Math.max(0, right);
      int end = width + Math.min(0, right);
      for (int i = 0; i < height; i++) {
        int y = down > 0 ? height - 1 - i : i;
        int row = at + y * width;
        int from = y - down;
        if (from < 0 || from >= height) {
          Arrays.fill(pixels, row, row + width, 0);
        } else {
          System.arraycopy(
              pixels, at + from * width + first - right, pixels, row + first, end - first);
          Arrays.fill(pixels, row, row + first, 0);
          Arrays.fill(pixels, row + end, row + width, 0);
        }
      }
    }
  }

  /** Left and right exchanged for half of the images. */
  @About("left and right exchanged for half of the images")
  record Flip() implements Augmentation {
    @Override
    public void check(Shape row) {
      requireImages("flip", row);
    }

    @Override
    public void change(float[] pixels, int at, Shape image, Seed draws) {
      if (draws.uniform(0) < 0.5) {
        return;
      }
      int width = (int) image.axis(2);
      int end = at + (int) image.size();
      for (int row = at; row < end; row += width) {
        for (int left = row, right = row + width - 1; left < right; left++, right--) {
          float pixel = pixels[left];
          pixels[left] = pixels[right];
          pixels[right] = pixel;
        }
      }
    }
  }

  /**
   * Several, one after the other, with draws of their own.
   *
   * @param parts in order
   */
  record Chain(List<Augmentation> parts) implements Augmentation {
    /**
     * Copies the list.
     *
     * @param parts in order
     */
    public Chain {
      parts = List.copyOf(parts);
    }

    @Override
    public void check(Shape row) {
      parts.forEach(part -> part.check(row));
    }

    @Override
    public void change(float[] pixels, int at, Shape image, Seed draws) {
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).change(pixels, at, image, draws.child(i));
      }
    }
  }
}
