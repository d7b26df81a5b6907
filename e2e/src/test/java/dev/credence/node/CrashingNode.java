package dev.credence.node;

import dev.credence.e2e.faults.Bomb;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.logging.DaemonLog;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The node's program with a bomb in it, which is set by its arguments or told so on standard
/// input.
public final class CrashingNode {

  private CrashingNode() {}

  /// The program. Its arguments are the configuration, and how the bomb is set.
  public static void main(String[] arguments) throws Exception {
    var bomb = new Bomb();
    if (arguments.length > 1) {
      bomb.set(arguments[1]);
    }
    var seams = Seams.real(bomb::passed);
    CryptoProviders.installFirst(seams.crypto());
    var config = NodeConfigFile.read(Path.of(arguments[0]));
    DaemonLog.configure(config.log());
    try (var node = CredenceNode.start(config, seams)) {
      node.ready().join();
      System.out.println("ready");
      var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (var line = commands.readLine(); line != null; line = commands.readLine()) {
        bomb.set(line);
      }
    }
  }
}
