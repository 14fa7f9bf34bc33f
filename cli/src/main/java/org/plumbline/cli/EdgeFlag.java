package org.plumbline.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** What {@code edge train} can be told; a model file keeps it as notes. */
enum EdgeFlag {
  DATA("digits", "NAME|FILE", "data set of 'plumbline datasets' with inputs of 0 to 1"),
  DATA_DIR("", "DIR", "folder of the data set's files; then the only place tried"),
  NET("100,50", "WIDTHS", "widths of the hidden layers"),
  ARITHMETIC("pocketnn", "NAME", "pocketnn: divisions truncate; tifed: they floor"),
  CURVE("tanh", "NAME", "activation: tanh, sigmoid, relu8"),
  INVERSE_RATE("1000", "N", "what the sum over a batch is divided by"),
  DOUBLE_EVERY("10", "EPOCHS", "the inverse rate doubles every so many epochs; 0: never"),
  BATCH("20", "N", "rows a step"),
  EPOCHS("3", "N", "passes over the training data"),
  WORKERS("0", "N", "TIFeD's workers, each with rows and weights of its own; 0: none"),
  MODE("full", "NAME", "what a worker trains: full, single-layer"),
  BUFFER("50", "N", "rows of a worker's buffer"),
  BUFFER_EPOCHS("5", "N", "epochs over a full buffer; the server averages after each"),
  ORDER("shuffled", "NAME", "rows by the seed, or as they are stored: shuffled, stored"),
  SEED("1", "N", "source of all randomness"),
  THREADS("1", "N", "threads; the bits are the same for any number");

  private final String fallback;
  private final String argument;
  private final String about;

  EdgeFlag(String fallback, String argument, String about) {
    this.fallback = fallback;
    this.argument = argument;
    this.about = about;
  }

  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String flag() {
    return "--" + key();
  }

  OptionSpec option() {
    return Syntax.option(
            flag(), argument, about + (fallback.isEmpty() ? "" : " (default: " + fallback + ")"))
        .build();
  }

  /** As given, or the default. */
  String text(ParseResult given) {
    return given.hasMatchedOption(flag()) ? given.matchedOptionValue(flag(), "") : fallback;
  }

  /** As a model file keeps it, or the default. */
  String text(Map<String, String> notes) {
    return notes.getOrDefault(key(), fallback);
  }

  /** A whole number. */
  int number(String text, int least) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new BadInput(rule(least, text), e);
    }
    throw new BadInput(rule(least, text));
  }

  private String rule(int least, String text) {
    return "%s must be a whole number of at least %d, but is '%s'".formatted(key(), least, text);
  }

  /** One of a few names. */
  String oneOf(String text, List<String> names) {
    if (!names.contains(text)) {
      throw new BadInput("unknown %s '%s'; %s".formatted(key(), text, Nearest.hint(text, names)));
    }
    return text;
  }
}
