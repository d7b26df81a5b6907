package dev.credence.server.app;

import dev.credence.platform.config.ConfigException;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.linux.OwnProcess;
import dev.credence.platform.logging.DaemonLog;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.store.UnusableDatabaseException;
import java.io.IOException;
import java.io.InputStream;
import java.security.Provider;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `credence server --config FILE [--stop-with-stdin]`.
///
/// Prints one line `ready listen=HOST:PORT admin=PATH metrics=HOST:PORT` on stdout once it serves;
/// everything else goes to stderr. Ends in order at SIGTERM, SIGINT, or with `--stop-with-stdin` at
/// the end of stdin: exit 0. Exit 1: could not start, or cannot go on; 2: usage.
@ForbiddenApiAllowed("the process's own edge: stdout, stderr, exit, the installed provider")
public final class ServerMain {
  private static final Logger log = LoggerFactory.getLogger(ServerMain.class);
  private static final String USAGE = "usage: credence server --config FILE [--stop-with-stdin]";

  private ServerMain() {}

  /// Runs until it is told to stop.
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals(RestoreCommand.WORD)) {
      restore(args);
      return;
    }
    Arguments arguments = Arguments.parse(args);
    if (arguments == null) {
      fail(2, USAGE);
      return;
    }
    hide();
    // A native library takes a while to load; meanwhile the configuration is read.
    var crypto = CompletableFuture.supplyAsync(CryptoProviders::fastest);
    try {
      ServerConfig config = ServerConfig.read(arguments.config());
      DaemonLog.configure(config.log());
      run(config, crypto.join(), arguments.stopWithStdin());
    } catch (ConfigException e) {
      e.problems().forEach(System.err::println);
      System.exit(1);
    } catch (StartException e) {
      log.atDebug().setCause(e).log("cannot start");
      fail(1, "credence server: " + e.getMessage());
    }
  }

  private static void restore(String[] args) {
    try {
      System.out.print(RestoreCommand.parse(args).run(Clock.systemUTC()));
      System.out.flush();
    } catch (RestoreCommand.UsageException e) {
      fail(2, "credence server: " + e.getMessage());
    } catch (ConfigException e) {
      e.problems().forEach(System.err::println);
      System.exit(1);
    } catch (IOException | UnusableDatabaseException e) {
      fail(1, "credence server: " + e.getMessage());
    }
  }

  /// Before any key is in memory. A kernel that refuses this is no reason to refuse service.
  private static void hide() {
    try {
      OwnProcess.hideFromSameUser();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("other processes of this user can look into this one");
    }
  }

  private static void run(ServerConfig config, Provider crypto, boolean stopWithStdin)
      throws StartException {
    CryptoProviders.installFirst(crypto);
    log.atInfo().addKeyValue("crypto", CryptoProviders.describe(crypto)).log("starting");
    CredenceServer server =
        CredenceServer.start(config, Seams.real(crypto, ServerMain::cannotGoOn));
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> stop(server)));
    System.out.println(
        "ready listen="
            + CredenceServer.text(server.address())
            + " admin="
            + server.adminSocket()
            + server.metricsAddress().map(a -> " metrics=" + CredenceServer.text(a)).orElse(""));
    System.out.flush();
    if (stopWithStdin) {
      awaitEnd(System.in);
      System.exit(0);
    }
    awaitSignal();
  }

  /// The JVM would turn a signal into exit code 128 and more, though being told to stop is no
  /// failure.
  private static void stop(CredenceServer server) {
    int code = 0;
    try {
      server.close();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("did not stop in order");
      code = 1;
    }
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }

  private static void awaitEnd(InputStream in) {
    try {
      while (in.read() >= 0) {
        // whatever is written there means nothing
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).log("stdin cannot be read: the same as its end");
    }
  }

  private static void awaitSignal() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Not even an ordered shutdown can be trusted now: what is durable is in the database, the rest
  /// was never acknowledged.
  private static void cannotGoOn(StoreException e) {
    log.atError()
        .setCause(e)
        .log("the database failed; the process ends, and is to be started again");
    System.err.println("credence server: the database failed: " + e.getMessage());
    Runtime.getRuntime().halt(1);
  }

  private static void fail(int code, String message) {
    System.err.println(message);
    System.exit(code);
  }
}
