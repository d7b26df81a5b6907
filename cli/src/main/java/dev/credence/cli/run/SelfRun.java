package dev.credence.cli.run;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.platform.linux.OwnProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// Becomes the program, as a shell's `exec` does: for callers for whom the node starts none.
final class SelfRun {
  private SelfRun() {}

  static void become(LaunchOrder order) throws IOException {
    var environment = new HashMap<>(order.environment());
    environment.putAll(order.variables());
    var list = new ArrayList<String>();
    environment.forEach((name, value) -> list.add(name + "=" + value));
    OwnProgram.become(program(order).toString(), order.command(), list);
  }

  private static Path program(LaunchOrder order) {
    String name = order.command().getFirst();
    if (name.indexOf('/') >= 0) {
      return Path.of(name);
    }
    return List.of(order.environment().getOrDefault("PATH", "/usr/bin:/bin").split(":", -1))
        .stream()
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(() ->
            CommandFailure.failed(
                Text.of("\"%s\": no such program in PATH", Printable.line(name))));
  }
}
