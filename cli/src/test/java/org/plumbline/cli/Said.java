package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command said, run in this process, its streams being no terminals.
 *
 * @param code the exit code
 * @param out all of stdout
 * @param err all of stderr
 */
record Said(int code, String out, String err) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Said by(String... arguments) {
    return by(Look.PLAIN, arguments);
  }

  static Said by(Look look, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            Console.Answers.TEXT,
            Console.Volume.NORMAL,
            look,
            look);
    int code = Plumbline.run(List.of(arguments), console);
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** It went well. */
  Said done() {
    assertThat(this).extracting(Said::code).as(err).isEqualTo(Ending.DONE);
    return this;
  }

  /** It was refused: exit code 2, nothing on stdout, one line on stderr, which is returned. */
  String refusal() {
    assertThat(code).as(err).isEqualTo(Ending.BAD_INPUT);
    assertThat(out).isEmpty();
    assertThat(err.lines()).hasSize(1);
    assertThat(err).startsWith("plumbline: ").endsWith(System.lineSeparator());
    return err.strip();
  }

  /** The one object on stdout. */
  JsonNode json() {
    assertThat(out.lines()).hasSize(1);
    return JSON.readTree(out);
  }
}
