package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.nn.Network;
import org.plumbline.run.Entry;
import org.plumbline.run.NonFinite;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * Weights that come from a finished run: of all its blocks, or of some, by number.
 *
 * @param run the run folder
 * @param blocks which; none for all
 */
public record Transfer(Path run, BlockNumbers blocks) {
  private static final String NTK = "ntk";
  private static final Pattern WITH_BLOCKS = Pattern.compile("(.+):([0-9,\\- ]+)");

  /**
   * Reads {@code RUN} or {@code RUN:BLOCKS}.
   *
   * @param text as a user wrote it
   * @return with an absolute path
   * @throws BadInput if it is neither
   */
  static Transfer parse(String text) {
    Matcher some = WITH_BLOCKS.matcher(text);
    String folder = some.matches() ? some.group(1) : text;
    String blocks = some.matches() ? some.group(2) : "";
    try {
      return new Transfer(
          Path.of(folder).toAbsolutePath().normalize(),
          BlockNumbers.parse(Options.INIT_FROM.key(), blocks));
    } catch (InvalidPathException e) {
      throw new BadInput("init-from is not a path: " + e.getMessage(), e);
    }
  }

  /**
   * Copies the weights and running statistics into a network.
   *
   * @param network live; the blocks must be there and alike
   * @throws BadInput if there is no model, or a block is missing or of another shape
   */
  void into(Network network) {
    Path model = model();
    try (SafetensorsFile file = Safetensors.open(model)) {
      Map<String, Entry> taken = new LinkedHashMap<>();
      file.entries(NonFinite.REFUSE)
          .forEach((name, entry) -> {
            if (isWanted(name)) {
              taken.put(name, entry);
            }
          });
      Map<String, Tensor> targets = new LinkedHashMap<>();
      network
          .state()
          .forEach((name, tensor) -> {
            if (isWanted(name)) {
              targets.put(name, tensor);
            }
          });
      for (int number : blocks.numbers()) {
        require(number, taken, model.toString());
        require(number, targets, "the network");
      }
      try {
        Tensors.restore(model.toString(), taken, targets);
      } catch (BadInput refused) {
        throw new BadInput(
            "init-from: %s; name the blocks that are alike in both, as in init-from %s:1-2, and use the precision of that run"
                .formatted(refused.getMessage(), run),
            refused);
      }
    }
  }

  /**
   * Where the weights are.
   *
   * @return the file
   * @throws BadInput if the run has none
   */
  Path model() {
    Path model = run.resolve(Results.MODEL);
    if (!Files.isRegularFile(model)) {
      throw new BadInput(
          Files.isDirectory(run)
              ? "init-from needs a finished run, but %s has no model; finish it with: ./plumbline resume %s"
                  .formatted(run, run)
              : "init-from needs the folder of a finished run, but there is none at %s"
                  .formatted(run));
    }
    return model;
  }

  /**
   * What the weights were, for the provenance of a run.
   *
   * @return the SHA-256 of the model; empty if it is no longer there
   */
  String fingerprint() {
    Path model = run.resolve(Results.MODEL);
    return Files.isRegularFile(model) ? Results.sha256(model) : "";
  }

  /**
   * What is wrong if the blocks taken were trained on inputs prepared in another way.
   *
   * @param here the configuration of the run that takes them
   * @return a warning, if there is reason for one
   * @throws BadInput if the layers here do something else with the same weights
   */
  Optional<String> otherwisePrepared(Configuration here) {
    Configuration there;
    try (SafetensorsFile file = Safetensors.open(model())) {
      String yaml = file.metadata().getOrDefault("configuration", "");
      there = Configuration.parse(model(), yaml);
    } catch (BadInput unreadable) { // of another version, perhaps: then nothing is known
      return Optional.empty();
    }
    if (there.get(Options.INIT).equals(NTK) != here.get(Options.INIT).equals(NTK)) {
      throw new BadInput(
          "init-from: the layers of %s have init '%s', but here it is '%s', and the same weights are another function; use --init %s"
              .formatted(
                  run, there.get(Options.INIT), here.get(Options.INIT), there.get(Options.INIT)));
    }
    String theirs = there.get(Options.PREPARE);
    String ours = here.get(Options.PREPARE);
    return theirs.equals(ours)
        ? Optional.empty()
        : Optional.of(
            "init-from: the blocks of %s were trained on inputs prepared by '%s', but here it is '%s'; use --prepare %s"
                .formatted(run, theirs, ours, theirs));
  }

  private boolean isWanted(String name) {
    int dot = name.indexOf('.');
    String number = dot < 0 ? "" : name.substring(0, dot);
    return number.matches("\\d{1,6}")
        && (blocks.numbers().isEmpty() || blocks.numbers().contains(Integer.valueOf(number)));
  }

  private static void require(int number, Map<String, ?> tensors, String where) {
    if (tensors.keySet().stream().noneMatch(name -> name.startsWith(number + "."))) {
      throw new BadInput("init-from names block %d, which %s has not".formatted(number, where));
    }
  }

  /** As it is read. */
  @Override
  public String toString() {
    return blocks.numbers().isEmpty() ? run.toString() : run + ":" + blocks;
  }
}
