package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.train.Options;

/** What may be written, and what is said when something else is. */
final class UsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --epoch 3 | unknown flag '--epoch' of train; did you mean '--epochs'? see: plumbline train --help",
        "train --epoch=3 | unknown flag '--epoch' of train; did you mean '--epochs'? see: plumbline train --help",
        "rules --jsom | unknown flag '--jsom' of rules; did you mean '--json'? see: plumbline rules --help",
        "--bogus | unknown flag '--bogus' of plumbline; see: plumbline --help",
        "trian | unknown command 'trian' of plumbline; did you mean 'train'? known: train, compare, sweep, resume,",
        "datasets ftech mnist | unknown command 'ftech' of datasets; did you mean 'fetch'?",
        "evaluate | evaluate needs RUN; see: plumbline evaluate --help",
        "predict | predict needs RUN and INPUT; see: plumbline predict --help",
        "datasets fetch | datasets fetch needs NAME; see: plumbline datasets fetch --help",
        "evaluate a b | evaluate takes no argument 'b'; several runs are for --cache and --attack",
        "evaluate a --attack fgms | unknown attack 'fgms'; did you mean 'fgsm'? known: noise, fgsm, pgd, square",
        "evaluate a --attack fgsm:eps=-1 | eps of fgsm must be a number of at least 0, or several separated by '/' like 0/0.1/0.2, but is '-1'",
        "evaluate a --attack fgsm,fgsm:eps=1 | attack 'fgsm' is given twice; name each once",
        "evaluate a --attack-rows 5 | attack-rows is for attacks; add --attack fgsm,pgd,noise",
        "evaluate a --cache layer=1 | unknown parameter 'layer' of cache 'cache'; did you mean 'layers'?",
        "evaluate a --cache lambda=2 | lambda of the cache must be grid or a number of 0 to 1, but is '2'",
        "train --epochs | missing required parameter for option '--epochs' (N)",
        "train --epochs --batch 3 | '--epochs'",
        "train --epochs 1 --epochs 2 | option '--epochs' (N) should be specified only once",
        "completion fish | unknown shell 'fish'; did you mean 'bash'? known: bash, zsh",
        "presets a b | presets takes no argument 'b'; see: plumbline presets --help",
        "train --preset lanay | unknown preset 'lanay'; did you mean 'launay'?",
        "train a.yaml --preset dkp | --preset and a.yaml exclude each other; write 'preset: dkp' into the file",
        "train --preset dkp --net 30 | and arch 'dkp-cnn:feedback=before-pool' exclude each other; keep one",
        "train --arch lenet --net 30 | and arch 'lenet' exclude each other; keep one",
        "train --arch lennet | unknown architecture 'lennet'; did you mean 'lenet'?",
        "train --arch lenet --data two-moons | architecture lenet takes images [channels, height, width], but a row of the data is [2]; use --arch mlp",
        "train --arch lenet --data digits | conv2d with kernel 5",
        "train --arch vgg8b:width=1e9 --data digits | conv2d may have at most",
        "train --freeze first | freeze must be numbers of blocks, counted from 1, like 1-3 or 1,2,5, but is 'first'",
        "train --freeze 1-3 | freeze names all 3 blocks of the network, which leaves nothing to train; leave out the last",
        "train --init-from nowhere | init-from needs the folder of a finished run, but there is none at",
        "rules dfaa | unknown rule 'dfaa'; did you mean 'dfa'?",
      })
  void says_in_one_line_what_is_wrong(String arguments, String said) {
    assertThat(Said.by(arguments.split(" ")).refusal()).contains(said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json rules", "rules --json", "rules dfa --json"})
  void takes_global_flags_before_and_after_the_command(String arguments) {
    assertThat(Said.by(arguments.split(" ")).done().json().path("rules").isArray()).isTrue();
  }

  @Test
  void train_has_a_flag_for_every_key_of_a_configuration() {
    String help = Said.by("train", "--help").done().out();
    for (Options option : Options.values()) {
      assertThat(help).contains("--" + option.key() + "=" + option.argument());
      assertThat(Said.by("train", "--" + option.key()).refusal())
          .contains("'--" + option.key() + "' (" + option.argument() + ")");
    }
  }

  @Test
  void help_of_every_command_names_it_and_its_arguments() {
    String overview = Said.by().done().out();
    assertThat(Said.by("--help").done().out()).isEqualTo(overview);
    for (String command :
        new String[] {
          "train",
          "compare",
          "sweep",
          "resume",
          "evaluate",
          "predict",
          "inspect",
          "edge",
          "rules",
          "datasets",
          "validate",
          "completion"
        }) {
      assertThat(overview).contains("\n  " + command + " ");
      Said help = Said.by(command, "--help").done();
      assertThat(help.out()).startsWith("Usage: plumbline " + command).contains("--json");
      assertThat(help.err()).isEmpty();
    }
  }

  @Test
  void the_completion_script_knows_commands_and_flags() {
    String script = Said.by("completion", "zsh").done().out();
    assertThat(script).contains("complete -F", "bashcompinit", "train", "datasets", "fetch");
    for (Options option : Options.values()) {
      assertThat(script).contains("--" + option.key());
    }
    assertThat(Said.by("completion", "--json").json().path("script").asString())
        .isEqualTo(Said.by("completion").out());
  }

  @Test
  void an_argument_with_an_at_sign_is_not_a_file_of_arguments(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("arguments"), "--help");
    assertThat(Said.by("train", "@" + file).refusal()).contains("@" + file + ": no such file");
  }

  @Test
  void the_version_is_one_line() {
    assertThat(Said.by("--version").done().out().strip())
        .startsWith("plumbline ")
        .doesNotContain("\n");
  }
}
