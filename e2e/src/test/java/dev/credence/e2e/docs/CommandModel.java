package dev.credence.e2e.docs;

import dev.credence.cli.ProgramCommands;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine;

/// Whether a line in a document is a command of the program. (That the reference of the command
/// line is complete is tested beside the commands.)
final class CommandModel {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$.*|[A-Z][A-Z_-]*");
  private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|'[^']*'|\\S+");

  private CommandModel() {}

  /// What the program would say against a command line; empty if it understands it. Shell variables
  /// and words like `PID` count as a number.
  static Optional<String> problem(String call) {
    var words = new ArrayList<String>();
    var matcher = WORD.matcher(call);
    while (matcher.find()) {
      var word = matcher.group().replaceAll("^[\"']|[\"']$", "");
      words.add(PLACEHOLDER.matcher(word).matches() ? "1" : word);
    }
    try {
      ProgramCommands.root().parseArgs(words.toArray(String[]::new));
      return Optional.empty();
    } catch (CommandLine.ParameterException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
