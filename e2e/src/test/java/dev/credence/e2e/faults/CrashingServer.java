package dev.credence.e2e.faults;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.credence.e2e.program.Java;
import dev.credence.e2e.program.Running;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.server.app.CredenceServer;
import dev.credence.server.app.Seams;
import dev.credence.server.app.ServerConfig;
import dev.credence.server.store.CommitListener;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// The server's program with a bomb in it: told so on standard input, it sends itself SIGKILL at
/// the n-th passage of a named point of a commit, or after some microseconds.
final class CrashingServer {

  /// Not at a point, but at any moment.
  static final String ANYWHERE = "ANYWHERE";

  private static final Duration READY = Duration.ofSeconds(60);
  private static final int SIGKILL = 9;
  private static final int LATEST_PASSAGE = 40;
  private static final int LATEST_MICROS = 400_000;

  private CrashingServer() {}

  /// The line that sets the bomb.
  static String bomb(String point, Random random) {
    return point
        + " "
        + (1 + random.nextInt(point.equals(ANYWHERE) ? LATEST_MICROS : LATEST_PASSAGE));
  }

  /// Starts it, and waits until it serves.
  static Running start(Path config) throws Exception {
    var running = Java.start("crashing server", CrashingServer.class, config.toString());
    running.line("ready", READY);
    return running;
  }

  /// The program. Its argument is the configuration.
  public static void main(String[] arguments) throws Exception {
    var bomb = new Bomb();
    var crypto = CryptoProviders.fastest();
    CryptoProviders.installFirst(crypto);
    var seams = new Seams(Clock.systemUTC(), crypto, bomb, failure -> Runtime.getRuntime().halt(1));
    try (var server = CredenceServer.start(ServerConfig.read(Path.of(arguments[0])), seams)) {
      System.out.println("ready");
      System.out.println("listens on " + server.address());
      var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (var line = commands.readLine(); line != null; line = commands.readLine()) {
        bomb.set(line);
      }
    }
  }

  private static final class Bomb implements CommitListener {
    private final AtomicReference<String> point = new AtomicReference<>("");
    private final AtomicInteger left = new AtomicInteger();

    void set(String line) {
      var words = line.split(" ", -1);
      int count = Integer.parseInt(words[1]);
      if (words[0].equals(ANYWHERE)) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(count));
        explode();
      }
      left.set(count);
      point.set(words[0]);
    }

    @Override
    public void committed(Commit commit) {}

    @Override
    public void reached(Point reached) {
      if (reached.name().equals(point.get()) && left.decrementAndGet() == 0) {
        explode();
      }
    }

    @SuppressWarnings("restricted")
    private static void explode() {
      var linker = Linker.nativeLinker();
      var kill =
          linker.downcallHandle(
              linker.defaultLookup().find("kill").orElseThrow(),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
      try {
        int failed = (int) kill.invokeExact((int) ProcessHandle.current().pid(), SIGKILL);
        throw new IllegalStateException("kill returned " + failed);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
