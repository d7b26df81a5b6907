package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// One command line reads its own part of the tree. Nothing of what a person sees may tell that.
final class CommandTreeTest {

  static List<CommandLine> all() {
    var found = new ArrayList<CommandLine>();
    collect(new Cli().tree().build(), found);
    return found;
  }

  private static void collect(CommandLine command, List<CommandLine> found) {
    found.add(command);
    command.getSubcommands().values().forEach(each -> collect(each, found));
  }

  /// "credence agent selector add" without the first word.
  private static List<String> words(CommandLine command) {
    var words = List.of(command.getCommandSpec().qualifiedName().split(" ", -1));
    return words.subList(1, words.size());
  }

  private static String[] with(List<String> words, String last) {
    var all = new ArrayList<>(words);
    all.add(last);
    return all.toArray(String[]::new);
  }

  private static String usage(CommandLine command) {
    return command.getUsageMessage().strip();
  }

  @ParameterizedTest
  @MethodSource("all")
  void helpOfEachCommand_isThatOfTheWholeTree(CommandLine command) {
    var outcome = new Cli().run(with(words(command), "--help"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().strip()).isEqualTo(usage(command)).startsWith("Usage: ");
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachCommandOfTheWholeTree_isReadByItsNameAlone(CommandLine command) {
    var words = words(command);
    if (words.isEmpty()) {
      return;
    }
    var read = new Cli().tree().read(words.toArray(String[]::new));
    var same = read;
    for (var word : words) {
      assertThat(same.getSubcommands()).containsKey(word);
      same = Objects.requireNonNull(same.getSubcommands().get(word));
    }
    assertThat(same.getSubcommands().keySet()).isEqualTo(command.getSubcommands().keySet());
    if (!words.getFirst().equals("completion")) {
      assertThat(read.getSubcommands()).containsOnlyKeys(words.getFirst());
    }
  }

  @Test
  void whatNamesNoCommand_andWhatPrintsAll_readsTheWholeTree() {
    Set<String> names = new Cli().tree().build().getSubcommands().keySet();
    assertThat(names).hasSizeGreaterThan(20);
    for (var line :
        List.of(List.<String>of(), List.of("--help"), List.of("agnt"), List.of("completion"))) {
      assertThat(new Cli().tree().read(line.toArray(String[]::new)).getSubcommands().keySet())
          .as("credence %s", line)
          .isEqualTo(names);
    }
    assertThat(new Cli().run("agnt").err()).contains("did you mean agent?");
    assertThat(new Cli().run("completion").out()).contains(names);
  }

  @Test
  void everyCommand_saysWhatItIsFor() {
    assertThat(all())
        .allSatisfy(command ->
            assertThat(command.getCommandSpec().usageMessage().description())
                .as(command.getCommandSpec().qualifiedName())
                .isNotEmpty()
                .allMatch(line -> !line.isBlank()));
  }
}
