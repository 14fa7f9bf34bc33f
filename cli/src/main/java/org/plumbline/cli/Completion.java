package org.plumbline.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline completion [bash|zsh]}. */
final class Completion implements Command {
  private static final List<String> SHELLS = List.of("bash", "zsh");

  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "completion",
            "Prints a script that completes commands and flags; for bash and zsh alike:",
            "  source <(plumbline completion)",
            "")
        .addPositional(
            Syntax.optional("SHELL", "bash or zsh (default: bash)")
                .completionCandidates(SHELLS)
                .build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    String shell = given.matchedPositionalValue(0, SHELLS.getFirst());
    if (!SHELLS.contains(shell)) {
      throw new BadInput("unknown shell '%s'; %s".formatted(shell, Nearest.hint(shell, SHELLS)));
    }
    // Picocli's script finds out itself which of the two runs it.
    String script = AutoComplete.bash("plumbline", Syntax.line());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("shell", shell);
    answer.put("script", script);
    console.answer(answer, script.lines().toList());
  }
}
