package dev.credence.e2e.faults;

import dev.credence.e2e.program.Java;
import dev.credence.e2e.program.Running;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.logging.DaemonLog;
import dev.credence.server.app.CredenceServer;
import dev.credence.server.app.Seams;
import dev.credence.server.app.ServerConfig;
import dev.credence.server.store.CommitListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;

/// The server's program with a bomb in it, which is set by its arguments or told so on standard
/// input.
public final class CrashingServer {

  /// Not at a point, but at any moment.
  static final String ANYWHERE = Bomb.ANYWHERE;

  private static final Duration READY = Duration.ofSeconds(60);
  private static final int LATEST_PASSAGE = 40;
  private static final int LATEST_MICROS = 400_000;

  private CrashingServer() {}

  /// The line that sets the bomb.
  static String bomb(String point, Random random) {
    return Bomb.words(point, point.equals(ANYWHERE) ? LATEST_MICROS : LATEST_PASSAGE, random);
  }

  /// Starts it, and waits until it serves.
  public static Running start(Path config) throws IOException, InterruptedException {
    var running = Java.start("crashing server", CrashingServer.class, config.toString());
    running.line("ready", READY);
    return running;
  }

  /// The program. Its arguments are the configuration, and how the bomb is set.
  public static void main(String[] arguments) throws Exception {
    var bomb = new Bomb();
    if (arguments.length > 1) {
      bomb.set(arguments[1]);
    }
    var crypto = CryptoProviders.fastest();
    CryptoProviders.installFirst(crypto);
    var seams =
        new Seams(
            Clock.systemUTC(), crypto, new Passages(bomb), failure -> Runtime.getRuntime().halt(1));
    var config = ServerConfig.read(Path.of(arguments[0]));
    DaemonLog.configure(config.log());
    try (var server = CredenceServer.start(config, seams)) {
      System.out.println("ready");
      System.out.println("listens on " + server.address());
      var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (var line = commands.readLine(); line != null; line = commands.readLine()) {
        bomb.set(line);
      }
    }
  }

  private record Passages(Bomb bomb) implements CommitListener {
    @Override
    public void committed(Commit commit) {}

    @Override
    public void reached(Point reached) {
      bomb.passed(reached);
    }
  }
}
