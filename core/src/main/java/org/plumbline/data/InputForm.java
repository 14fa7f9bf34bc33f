package org.plumbline.data;

import java.util.List;
import org.plumbline.tensor.Shape;

/**
 * What a trained network takes, kept with its model so that a later input is treated like the rows
 * it learned from.
 *
 * @param shape of one input, {@code [features]} or {@code [channels, height, width]}
 * @param featureNames one per feature; empty for images or if unknown
 * @param standardisation turns originals into inputs
 */
public record InputForm(Shape shape, List<String> featureNames, Standardisation standardisation) {
  /**
   * Copies.
   *
   * @param shape of one input
   * @param featureNames one per feature, or empty
   * @param standardisation turns originals into inputs
   */
  public InputForm {
    featureNames = List.copyOf(featureNames);
  }

  /**
   * The form of the rows of a data set.
   *
   * @param rows that a network learns from
   * @return their form
   */
  public static InputForm of(Dataset rows) {
    return new InputForm(rows.shape(), rows.featureNames(), rows.standardisation());
  }
}
