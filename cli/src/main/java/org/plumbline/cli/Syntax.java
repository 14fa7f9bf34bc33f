package org.plumbline.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.plumbline.train.Configuration;
import org.plumbline.train.Options;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** What may be written after {@code plumbline}. */
final class Syntax {
  static final String JSON = "--json";
  static final String QUIET = "--quiet";
  static final String DEBUG = "--debug";
  private static final String PLUGINS = "--" + Options.PLUGINS.key();

  private Syntax() {}

  /** All commands, in the order in which a newcomer meets them. */
  private static List<Command> commands() {
    return List.of(
        new Train(),
        new Compare(),
        new Sweep(),
        new Resume(),
        new Evaluate(),
        new Predict(),
        new Inspect(),
        new Reproduce(),
        new Edge(),
        new Benchmark(),
        new ListRules(),
        new ListDatasets(),
        new ListPresets(),
        new Validate(),
        new Completion());
  }

  /** The parser. */
  static CommandLine line() {
    CommandSpec root = new Overview().spec();
    root.addOption(everywhere("print one JSON object on stdout and nothing else there", JSON))
        .addOption(everywhere("no progress and no messages; warnings and errors only", QUIET))
        .addOption(everywhere("show the stack trace of an error", DEBUG))
        .addOption(
            OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .description("show this help")
                .build())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .type(boolean.class)
                .versionHelp(true)
                .description("show the version")
                .build());
    for (Command command : commands()) {
      CommandSpec spec = command.spec();
      root.addSubcommand(spec.name(), spec);
    }
    return new CommandLine(root)
        .setExpandAtFiles(false)
        .setPosixClusteredShortOptionsAllowed(false)
        .setUsageHelpAutoWidth(false)
        .setUsageHelpLongOptionsMaxWidth(30);
  }

  /** The description of a command, to which arguments are added. */
  static CommandSpec command(Command command, String name, String... about) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name(name);
    spec.usageMessage().description(about).abbreviateSynopsis(true).sortOptions(false).width(100);
    return spec;
  }

  /** An argument that is a path. */
  static PositionalParamSpec path(String label, String about) {
    return argument(label, about).type(Path.class).build();
  }

  /** An argument that must be given. */
  static PositionalParamSpec.Builder argument(String label, String about) {
    return optional(label, about).arity("1").required(true);
  }

  /** An argument that may be given. */
  static PositionalParamSpec.Builder optional(String label, String about) {
    return PositionalParamSpec.builder()
        .paramLabel(label)
        .type(String.class)
        .arity("0..1")
        .description(escaped(about));
  }

  /** A flag with a value. */
  static OptionSpec.Builder option(String name, String argument, String about) {
    return OptionSpec.builder(name)
        .paramLabel(argument)
        .type(String.class)
        .arity("1")
        .description(escaped(about));
  }

  /** The flag of commands that read a run or a configuration, which may name another folder. */
  static OptionSpec plugins() {
    return option(PLUGINS, Options.PLUGINS.argument(), Options.PLUGINS.about())
        .type(Path.class)
        .build();
  }

  /** Its value, where it was given. */
  static Optional<Path> plugins(ParseResult given) {
    return given.hasMatchedOption(PLUGINS)
        ? Optional.of(given.matchedOptionValue(PLUGINS, Path.of("")))
        : Optional.empty();
  }

  /** The configuration of a file, given as an argument, with the jars that were named. */
  static Configuration configuration(ParseResult given, int position) {
    Configuration file = Configuration.read(path(given, position));
    return plugins(given).map(folder -> file.with(Options.PLUGINS, folder.toString())).orElse(file);
  }

  private static OptionSpec everywhere(String about, String name) {
    return OptionSpec.builder(name)
        .type(boolean.class)
        .scopeType(ScopeType.INHERIT)
        .description(about)
        .build();
  }

  /** Picocli formats descriptions. */
  private static String escaped(String about) {
    return about.replace("%", "%%");
  }

  /** Whether a flag was given, before or after the command's name. */
  static boolean has(ParseResult all, String flag) {
    return all.hasMatchedOption(flag) || (all.hasSubcommand() && has(all.subcommand(), flag));
  }

  /** What was written after the last command's name. */
  static ParseResult innermost(ParseResult all) {
    return all.hasSubcommand() ? innermost(all.subcommand()) : all;
  }

  /** The path given as an argument, counted from 0. */
  static Path path(ParseResult given, int position) {
    return given.matchedPositionalValue(position, Path.of(""));
  }

  /** The run folder given as a command's first argument, whole, so that an answer can name it. */
  static Path run(ParseResult given) {
    return path(given, 0).toAbsolutePath().normalize();
  }

  /** How help is coloured. */
  static ColorScheme colours(Console console) {
    return CommandLine.Help.defaultColorScheme(
        console.outLook() == Look.COLOURED ? Ansi.ON : Ansi.OFF);
  }
}
