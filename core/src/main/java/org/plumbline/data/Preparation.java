package org.plumbline.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;

/**
 * What is done to every input before a network sees it: in effect a fixed first layer. It is fitted
 * to the training rows alone, and saved with the model.
 *
 * <p>A channel is the first axis of a row: a colour plane of an image, a feature of a table, which
 * is {@linkplain Standardisation standardised} already.
 */
public interface Preparation {
  /** The preparations by name. */
  Catalogue<Preparation> ALL =
      new Catalogue<Preparation>("preparation")
          .with("none", None.class)
          .with("standardise", Standardise.class)
          .with("scale", Scale.class)
          .with("zca", Zca.class);

  /**
   * Becomes live, not yet fitted.
   *
   * @param row the shape of one input, {@code [channels, height, width]} or {@code [features]}
   * @param precision of the inputs
   * @param device where they are
   * @return to be fitted, or to take the tensors of a model; they are in the open scope
   * @throws BadInput if it cannot serve such rows
   */
  Prepared attach(Shape row, Precision precision, Device device);

  /** Inputs as the data set gives them. */
  @About("inputs as the data set gives them")
  record None() implements Preparation {
    @Override
    public Prepared attach(Shape row, Precision precision, Device device) {
      return Prepared.NOTHING;
    }
  }

  /**
   * Mean 0 and deviation 1 for every channel, measured over all training rows and all places.
   *
   * <pre>  x' = (x − mean_c) / deviation_c     the deviation of all numbers, divided by their count
   * </pre>
   *
   * <p>A channel that never changes has deviation 1 here, so that it becomes 0.
   */
  @About("mean 0 and deviation 1 for every channel, measured on the training rows")
  record Standardise() implements Preparation {
    @Override
    public Prepared attach(Shape row, Precision precision, Device device) {
      return ByChannel.measured(row, precision, device);
    }
  }

  /**
   * Means and deviations that a recipe gives.
   *
   * <pre>  x' = (x − mean_c) / deviation_c  </pre>
   *
   * @param mean a number, or one a channel, separated by {@code /}
   * @param deviation a number above 0, or one a channel, separated by {@code /}
   */
  @About("given means and deviations: (x - mean) / deviation")
  record Scale(
      @About("a number, or one a channel: 0.49/0.48/0.45") String mean,
      @About("a number above 0, or one a channel: 0.25/0.24/0.26") String deviation)
      implements Preparation {
    /**
     * Checks the numbers and brings them to one form.
     *
     * @param mean one or more, separated by {@code /}
     * @param deviation one or more above 0, separated by {@code /}
     */
    public Scale {
      mean = printed(numbers("mean", mean));
      List<Double> deviations = numbers("deviation", deviation);
      deviations.forEach(number -> Check.positive("deviation of scale", number));
      deviation = printed(deviations);
    }

    /** From 0…1 to −1…1. */
    public Scale() {
      this("0.5", "0.5");
    }

    @Override
    public Prepared attach(Shape row, Precision precision, Device device) {
      int channels = Math.toIntExact(row.axis(0));
      return ByChannel.given(
          row,
          spread("mean", numbers("mean", mean), channels),
          spread("deviation", numbers("deviation", deviation), channels),
          precision,
          device);
    }

    private static double[] spread(String name, List<Double> numbers, int channels) {
      if (numbers.size() != 1 && numbers.size() != channels) {
        throw new BadInput(
            "preparation 'scale': %s must be one number or one a channel, of which the inputs have %d, but it is %d numbers"
                .formatted(name, channels, numbers.size()));
      }
      double[] spread = new double[channels];
      for (int c = 0; c < channels; c++) {
        spread[c] = numbers.get(numbers.size() == 1 ? 0 : c);
      }
      return spread;
    }

    private static List<Double> numbers(String name, String text) {
      List<Double> numbers = new ArrayList<>();
      for (String part : text.split("/", -1)) {
        try {
          numbers.add(Double.parseDouble(part.strip()));
        } catch (NumberFormatException e) {
          throw malformed(name, text, e);
        }
        if (!(Math.abs(numbers.getLast()) <= Float.MAX_VALUE)) {
          throw malformed(name, text, new ArithmeticException(part + " is not finite"));
        }
      }
      return numbers;
    }

    private static BadInput malformed(String name, String text, Exception cause) {
      return new BadInput(
          "preparation 'scale': %s must be a number, or one a channel separated by '/' like 0.49/0.48/0.45, but is '%s'"
              .formatted(name, text),
          cause);
    }

    private static String printed(List<Double> numbers) {
      return numbers.stream()
          .map(number -> Double.toString(number).replaceAll("\\.0(?=E|$)", "").replace('E', 'e'))
          .collect(Collectors.joining("/"));
    }
  }

  /**
   * ZCA whitening: all numbers of a row decorrelated and brought to one variance, and turned so
   * that the image stays as like itself as it can.
   *
   * <pre>
   *   x' = (x − m) W       m: [pixels], the mean row      W = U diag(1 / √(λ + ε)) Uᵀ
   *   U diag(λ) Uᵀ = 1/N Σ_n (x_n − m)ᵀ (x_n − m)         over all N training rows, in FP64
   * </pre>
   *
   * <p>Bell, Sejnowski 1997; Krizhevsky 2009 for CIFAR-10. ε is added to the variances λ of pixels
   * of 0…1 (of standardised features, in a table): other codes that add it to the variances of
   * pixels of 0…255 mean ε times 65,025, those that divide by N − 1 nearly the same W. Where there
   * are fewer rows than pixels some λ are 0, and such a direction is multiplied by 1/√ε, which is
   * nothing on the training rows, but not on others: take a larger ε.
   *
   * @param epsilon ε
   */
  @About("ZCA whitening: pixels decorrelated, with the covariance of the training rows")
  record Zca(@About("added to the variances of pixels of 0 to 1") double epsilon)
      implements Preparation {
    /**
     * Checks the number.
     *
     * @param epsilon above 0
     */
    public Zca {
      Check.positive("epsilon of zca", epsilon);
    }

    /** ε = 1e-5. */
    public Zca() {
      this(1e-5);
    }

    @Override
    public Prepared attach(Shape row, Precision precision, Device device) {
      return Whitened.of(row, epsilon, precision, device);
    }
  }

  /** A preparation at work. Its tensors are made once and changed in place. */
  interface Prepared {
    /** Changes nothing. */
    Prepared NOTHING =
        new Prepared() {
          @Override
          public void fit(Dataset rows) {}

          @Override
          public Tensor apply(Tensor inputs) {
            return inputs;
          }

          @Override
          public Tensor carry(Tensor signal) {
            return signal;
          }

          @Override
          public Map<String, Tensor> state() {
            return Map.of();
          }
        };

    /**
     * Measures training rows. The same rows give the same numbers.
     *
     * @param rows at least one
     */
    void fit(Dataset rows);

    /**
     * Inputs as the network sees them.
     *
     * @param inputs {@code [batch, in…]}, which stay as they are
     * @return shaped like the inputs
     */
    Tensor apply(Tensor inputs);

    /**
     * What a signal at the prepared inputs is at the inputs: the exact gradient of {@link #apply}.
     *
     * @param signal shaped like the inputs
     * @return shaped like the inputs
     */
    Tensor carry(Tensor signal);

    /**
     * All that it learned from the rows.
     *
     * @return live tensors by name, in order
     */
    Map<String, Tensor> state();
  }
}
