package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// docs/reference/cli.md names every command and every option, and none that does not exist.
final class ReferenceTest {

  /// Which server, for every command that administers: said once, at the beginning.
  private static final java.util.Set<String> COMMON = java.util.Set.of("--server", "--profile");

  private static final Path REFERENCE = Path.of("../docs/reference/cli.md");

  @Test
  void everyCommandHasASection_withEveryOption() throws Exception {
    var reference = Files.readString(REFERENCE);
    var missing = new ArrayList<String>();
    for (var command : leaves(new Cli().tree().build())) {
      var name = command.getCommandSpec().qualifiedName();
      var section = section(reference, name);
      if (section.isEmpty()) {
        missing.add("## `" + name + "`");
      }
      for (var option : command.getCommandSpec().options()) {
        var flag = option.longestName();
        boolean common = COMMON.contains(flag) && head(reference).contains("`" + flag);
        if (!flag.equals("--help") && !common && !section.contains("`" + flag)) {
          missing.add(name + " " + flag);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  private static String head(String reference) {
    return reference.substring(0, reference.indexOf("\n### "));
  }

  @Test
  void everySectionIsACommand() throws Exception {
    var commands =
        leaves(new Cli().tree().build()).stream()
            .map(c -> c.getCommandSpec().qualifiedName())
            .collect(Collectors.toSet());
    assertThat(Files.readAllLines(REFERENCE).stream().filter(line -> line.startsWith("### ")))
        .allSatisfy(line ->
            assertThat(
                    List.of(line.replaceAll("[#`]", "").split(",", -1)).stream().map(String::strip))
                .allMatch(commands::contains));
  }

  private static String section(String reference, String command) {
    return reference
        .lines()
        .dropWhile(line -> !(line.startsWith("### ") && line.contains("`" + command + "`")))
        .limit(1)
        .findFirst()
        .map(heading -> reference.substring(reference.indexOf(heading) + heading.length()))
        .map(rest -> rest.contains("\n### ") ? rest.substring(0, rest.indexOf("\n### ")) : rest)
        .orElse("");
  }

  private static List<CommandLine> leaves(CommandLine command) {
    var leaves = new ArrayList<CommandLine>();
    if (command.getSubcommands().isEmpty()
        || !command.getCommandSpec().options().stream().allMatch(o -> o.usageHelp())) {
      leaves.add(command);
    }
    command.getSubcommands().values().forEach(child -> leaves.addAll(leaves(child)));
    return leaves;
  }
}
