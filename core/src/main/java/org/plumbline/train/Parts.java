package org.plumbline.train;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.data.Split;
import org.plumbline.value.BadInput;

/**
 * The data of a run.
 *
 * @param train what it learns from
 * @param validation what is held back of the training data; at most one part
 * @param test what it is judged by at the end
 */
record Parts(Dataset train, List<Dataset> validation, Dataset test) {
  static Parts of(Experiment experiment) {
    Split split = first(Datasets.open(experiment.data()), experiment.trainRows());
    if (experiment.validation() == 0) {
      return new Parts(split.train(), List.of(), split.test());
    }
    Split held =
        Datasets.stratified(
            split.train(), experiment.validation(), experiment.seed().child("validation"));
    return new Parts(held.train(), List.of(held.test()), split.test());
  }

  private static Split first(Split split, int rows) {
    if (rows == 0) {
      return split;
    }
    if (rows > split.train().size()) {
      throw new BadInput(
          "train-rows must be at most %d, the training rows of %s, but is %d; 0 takes all"
              .formatted(split.train().size(), split.train().name(), rows));
    }
    int[] first = IntStream.range(0, rows).toArray();
    return new Split(Datasets.subset(split.train(), first), split.test());
  }

  /** All that the numbers of a run depend on. */
  String hash() {
    return sha256(
        Stream.concat(Stream.of(train, test), validation.stream())
            .map(Dataset::sha256)
            .collect(Collectors.joining()));
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
