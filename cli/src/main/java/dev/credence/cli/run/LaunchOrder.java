package dev.credence.cli.run;

import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.proto.launch.v1.LaunchRequest;
import dev.credence.proto.launch.v1.TerminalSize;
import dev.credence.proto.launch.v1.Variable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is to be run.
///
/// @param code the folder, as the user wrote it
/// @param variables named by the user
/// @param environment of this command, of which the node gets the language, the time zone and the
///   terminal's kind
public record LaunchOrder(
    String agent,
    String user,
    String code,
    String entry,
    List<String> command,
    Map<String, String> variables,
    Map<String, String> environment) {

  /// Makes unmodifiable copies.
  public LaunchOrder {
    command = List.copyOf(command);
    variables = Map.copyOf(variables);
    environment = Map.copyOf(environment);
  }

  /// The message to the node.
  LaunchRequest request(Optional<PseudoTerminal.Size> size) {
    var request =
        LaunchRequest.newBuilder()
            .setAgent(agent)
            .setUser(user)
            .setEntry(entry)
            .addAllArguments(command);
    variables.forEach((name, value) -> request.addEnvironment(variable(name, value)));
    environment.forEach((name, value) -> {
      if (isLocal(name)) {
        request.addLocale(variable(name, value));
      }
    });
    size.ifPresent(now ->
        request.setTerminal(
            TerminalSize.newBuilder().setRows(now.rows()).setColumns(now.columns())));
    return request.build();
  }

  private static boolean isLocal(String name) {
    return List.of("LANG", "LANGUAGE", "TZ", "TERM").contains(name) || name.startsWith("LC_");
  }

  private static Variable.Builder variable(String name, String value) {
    return Variable.newBuilder().setName(name).setValue(value);
  }
}
