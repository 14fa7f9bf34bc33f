package org.plumbline.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;
import org.plumbline.tensor.Precision;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;

/** The numbers that the products are made of. */
public enum Format {
  /** IEEE 754 single. */
  FP32,
  /** Sixteen bits with the exponent of single: products only, weights are kept in single. */
  BF16;

  /**
   * Reads a name.
   *
   * @param text as a user writes it
   * @return the format
   * @throws BadInput if it is unknown, or Plumbline cannot train with it
   */
  public static Format parse(String text) {
    List<String> names = Arrays.stream(values()).map(Format::word).toList();
    if (!names.contains(text.strip())) {
      throw new BadInput(
          "unknown precision '%s' of bench; %s".formatted(text.strip(), Nearest.hint(text, names)));
    }
    Format format = values()[names.indexOf(text.strip())];
    if (format.ours().isEmpty()) {
      throw new BadInput(
          "precision %s cannot be trained with in this version; use --precisions fp32"
              .formatted(format.word()));
    }
    return format;
  }

  /**
   * All that Plumbline can train with.
   *
   * @return at least fp32
   */
  public static List<Format> available() {
    return Arrays.stream(values()).filter(format -> format.ours().isPresent()).toList();
  }

  /**
   * Its name.
   *
   * @return as {@link #parse} reads it
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Optional<Precision> ours() {
    return Arrays.stream(Precision.values()).filter(p -> p.name().equals(name())).findFirst();
  }

  torch.ScalarType libtorch() {
    return switch (this) {
      case FP32 -> torch.ScalarType.Float;
      case BF16 -> torch.ScalarType.BFloat16;
    };
  }
}
