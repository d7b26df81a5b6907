package dev.credence.cli;

import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.NearestName;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What is wrong with a command line, in our words: which argument, and what was expected instead.
final class UsageProblem {

  private UsageProblem() {}

  static String of(ParameterException failure) {
    return switch (failure) {
      case UnmatchedArgumentException unmatched when !unmatched.getUnmatched().isEmpty() ->
          unmatched(unmatched);
      case MissingParameterException missing when !missing.getMissing().isEmpty() ->
          "missing: "
              + missing.getMissing().stream()
                  .map(UsageProblem::name)
                  .distinct()
                  .collect(Collectors.joining(", "));
      case CommandLine.OverwrittenOptionException twice ->
          name(twice.getOverwritten()) + ": given twice (expected: once)";
      case ParameterException value
          when value.getArgSpec() != null
              && value.getCause() instanceof TypeConversionException wrong ->
          bare(value.getArgSpec()) + ": " + wrong.getMessage();
      default ->
          String.valueOf(failure.getMessage())
              .lines()
              .findFirst()
              .orElse("")
              .strip()
              .replaceFirst("^Error: ", "");
    };
  }

  private static String unmatched(UnmatchedArgumentException failure) {
    var spec = failure.getCommandLine().getCommandSpec();
    var argument = failure.getUnmatched().getFirst();
    return argument.startsWith("-")
        ? Text.of("unknown option %s%s", Printable.line(argument), near(argument, options(spec)))
        : Text.of(
            "\"%s\": one argument too many%s", Printable.line(argument), expected(spec, argument));
  }

  private static List<String> options(CommandSpec spec) {
    return spec.options().stream().flatMap(option -> Stream.of(option.names())).toList();
  }

  private static String expected(CommandSpec spec, String argument) {
    var commands = List.copyOf(spec.subcommands().keySet());
    if (!commands.isEmpty()) {
      var near = near(argument, commands);
      return near.isEmpty() ? " (expected: one of " + String.join(", ", commands) + ")" : near;
    }
    var takes =
        spec.positionalParameters().stream()
            .map(PositionalParamSpec::paramLabel)
            .collect(Collectors.joining(" "));
    return takes.isEmpty() ? " (expected: options only)" : " (expected: " + takes + " only)";
  }

  private static String near(String given, List<String> known) {
    var name = given.contains("=") ? given.substring(0, given.indexOf('=')) : given;
    return NearestName.of(name, known)
        .map(nearest -> " (did you mean " + nearest + "?)")
        .orElse("");
  }

  /// What it is called, without what it takes.
  private static String bare(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? option.longestName() + (option.arity().max() == 0 ? "" : " " + option.paramLabel())
        : argument.paramLabel();
  }
}
