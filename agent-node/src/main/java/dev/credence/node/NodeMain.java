package dev.credence.node;

import dev.credence.platform.config.ConfigException;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.linux.OwnProcess;
import dev.credence.platform.logging.DaemonLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node as a program: `--config FILE [--stop-with-stdin]`. Prints one line `ready socket=PATH`
/// on stdout when it serves; everything else goes to stderr. Exit codes: 0 stopped in order, 1
/// could not start or go on, 2 wrong arguments.
public final class NodeMain {
  private static final Logger LOG = LoggerFactory.getLogger(NodeMain.class);
  private static final String USAGE = "usage: credence node --config FILE [--stop-with-stdin]";
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  private final AtomicInteger exitCode = new AtomicInteger();

  private NodeMain() {}

  /// Runs until SIGTERM or SIGINT, or with `--stop-with-stdin` until the end of stdin.
  public static void main(String[] arguments) {
    new NodeMain().run(List.of(arguments));
  }

  private record Arguments(Path config, boolean stopWithStdin) {
    static @Nullable Arguments parse(List<String> words) {
      Path config = null;
      boolean stopWithStdin = false;
      for (int i = 0; i < words.size(); i++) {
        if (words.get(i).equals("--config") && config == null && i + 1 < words.size()) {
          config = Path.of(words.get(++i));
        } else if (words.get(i).equals("--stop-with-stdin")) {
          stopWithStdin = true;
        } else {
          return null;
        }
      }
      return config == null ? null : new Arguments(config, stopWithStdin);
    }
  }

  private void run(List<String> words) {
    Arguments arguments = Arguments.parse(words);
    if (arguments == null) {
      exit(WRONG_USE, USAGE);
      return;
    }
    hide();
    try {
      NodeConfig config = NodeConfigFile.read(arguments.config);
      DaemonLog.configure(config.log());
      serve(config, arguments.stopWithStdin);
    } catch (ConfigException e) {
      exit(FAILED, String.join("\n", e.problems()));
    } catch (StartException e) {
      LOG.atDebug().setCause(e).log("start failed");
      exit(FAILED, "credence node: " + e.getMessage());
    }
  }

  /// Before any key is in memory. A kernel that refuses this is no reason to refuse service.
  private static void hide() {
    try {
      OwnProcess.hideFromSameUser();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("other processes of this user can look into this one");
    }
  }

  private void serve(NodeConfig config, boolean stopWithStdin) throws StartException {
    Seams seams = Seams.real();
    CryptoProviders.installFirst(seams.crypto());
    LOG.atInfo().addKeyValue("crypto", CryptoProviders.describe(seams.crypto())).log("starting");
    CredenceNode node = CredenceNode.start(config, seams);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "node-stop"));
    if (stopWithStdin) {
      Thread.ofPlatform().name("stdin").daemon().start(NodeMain::exitAtEndOfStdin);
    }
    try {
      node.ready().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StartException known) {
        throw known;
      }
      throw e;
    }
    print("ready socket=" + node.socket());
    waitForTheEnd();
  }

  /// Runs in the JVM's shutdown; says the exit code itself, since a signal's would not be 0.
  private void stop(CredenceNode node) {
    try {
      node.close();
      LOG.atInfo().log("stopped");
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("stopping failed");
      exitCode.compareAndSet(0, FAILED);
    }
    Runtime.getRuntime().halt(exitCode.get());
  }

  @ForbiddenApiAllowed("the parent's sign that it wants this program to end")
  private static void exitAtEndOfStdin() {
    try {
      while (System.in.read() >= 0) {
        // whatever comes is not meant for us
      }
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("stdin");
    }
    System.exit(0);
  }

  private static void waitForTheEnd() {
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @ForbiddenApiAllowed("stdout is for the one line that says that we serve")
  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }

  @ForbiddenApiAllowed("an error before there is a log, or that ends the program")
  private void exit(int code, String message) {
    exitCode.set(code);
    System.err.println(message);
    System.exit(code);
  }
}
