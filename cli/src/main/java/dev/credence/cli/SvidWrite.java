package dev.credence.cli;

import dev.credence.certs.Certificates;
import dev.credence.certs.SvidException;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.client.ExitCode;
import dev.credence.cli.client.WorkloadApi;
import dev.credence.cli.local.StopOnSignal;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.transport.Backoff;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "write",
    description = {
      "Keeps an SVID of this very process (the java that runs `credence`) in files, for servers that know no SPIFFE:",
      "svid.pem, key.pem (0600) and bundle.pem in a folder, written anew at each renewal and at each change of the bundle.",
      "Runs until it is stopped. While the node is away the files stay as they are."
    })
final class SvidWrite implements Runnable {

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
  private static final Duration LONGEST_COMMAND = Duration.ofMinutes(1);

  @Option(names = "--dir", required = true, paramLabel = "DIR", description = "The folder.")
  private Path folder = Path.of("");

  @Option(
      names = "--on-renew",
      paramLabel = "CMD",
      description =
          "Run by sh after the files were written, for example \"nginx -s reload\". It has a minute. If it fails, that is said.")
  private String command = "";

  @Option(
      names = "--hint",
      paramLabel = "H",
      description =
          "Which SVID, if the process has several (default: that of the agent or service that the files were written for; at first, the first).")
  private String hint = "";

  @Option(names = "--once", description = "Writes once, and ends.")
  private boolean once;

  @Mixin private final NodeOption node = new NodeOption();

  private final Terminal terminal;
  private final CountDownLatch stopped = new CountDownLatch(1);

  SvidWrite(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var files = new SvidFiles(folder, SvidChoice.kept(hint, SvidFiles.chain(folder)));
    if (once) {
      try (var connection = node.connect(terminal)) {
        keep(files, new WorkloadApi(connection).fetchX509Svids());
      }
      return;
    }
    try (var _ = new StopOnSignal(stopped::countDown, ExitCode.DONE.number())) {
      follow(files);
    }
  }

  private void follow(SvidFiles files) {
    var backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, new SecureRandom());
    do {
      try (DaemonConnection connection = node.connect(terminal)) {
        new WorkloadApi(connection)
            .followX509Svids(
                answer -> {
                  keep(files, answer);
                  backoff.reset();
                },
                what -> say("the node sent a message without " + what + "; the files stay"));
        say("the node closed the stream");
      } catch (CommandFailure e) {
        if (e.exit() == ExitCode.USAGE) {
          throw e;
        }
        say(e.getMessage() + "; trying again");
      }
    } while (!stopsWithin(backoff.next()));
  }

  private void keep(SvidFiles files, X509SVIDResponse answer) {
    var svid = files.write(answer);
    terminal.out().println(Text.of("%s in %s, until %s", svid.getSpiffeId(), folder, end(svid)));
    terminal.out().flush();
    if (!command.isEmpty()) {
      runCommand();
    }
  }

  private String end(X509SVID svid) {
    try {
      var leaf = Certificates.parseChain(svid.getX509Svid().toByteArray()).getFirst();
      return terminal.times().format(leaf.getNotAfter().toInstant());
    } catch (SvidException e) {
      throw CommandFailure.failed("the node's answer cannot be read: " + e.getMessage());
    }
  }

  /// Its output goes where ours goes. It gets no input, and none of our secrets.
  private void runCommand() {
    try {
      var process =
          new ProcessBuilder("/bin/sh", "-c", command)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(LONGEST_COMMAND.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        say("--on-renew did not end within a minute, and was ended");
      } else if (process.exitValue() != 0) {
        say(Text.of("--on-renew failed with exit code %d", process.exitValue()));
      }
    } catch (IOException e) {
      say("--on-renew could not be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean stopsWithin(Duration wait) {
    try {
      return stopped.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void say(String what) {
    terminal.err().println("credence: " + Printable.line(what));
  }
}
