package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.WorkloadApi;
import dev.credence.cli.print.Json;
import dev.credence.cli.print.Text;
import dev.credence.proto.workload.X509SVIDResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "fetch",
    description = {
      "Fetches the X.509-SVIDs of this very process (the java that runs `credence`) over the Workload API.",
      "What is printed holds a private key. The execution ends when the command does."
    })
final class SvidFetch implements Runnable {

  enum Format {
    PEM,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "pem|json",
      description = "PEM: chain and key of the first SVID. JSON: the whole answer (default: pem).")
  private Format format = Format.PEM;

  @Option(
      names = "--write",
      paramLabel = "DIR",
      description =
          "Writes svid.pem, key.pem (0600) and bundle.pem of the first SVID into DIR instead.")
  private String folder = "";

  @Mixin private final NodeOption node = new NodeOption();

  private final Terminal terminal;

  SvidFetch(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = node.connect(terminal)) {
      var answer = new WorkloadApi(connection).fetchX509Svids();
      if (!folder.isEmpty()) {
        write(answer, Path.of(folder));
      } else if (format == Format.JSON) {
        terminal.out().println(Json.pretty(answer));
      } else {
        var svid = answer.getSvids(0);
        terminal
            .out()
            .print(Pem.certificates(svid.getX509Svid()) + Pem.privateKey(svid.getX509SvidKey()));
      }
    }
  }

  private void write(X509SVIDResponse answer, Path target) {
    var svid = answer.getSvids(0);
    try {
      Pem.write(target.resolve("svid.pem"), Pem.certificates(svid.getX509Svid()));
      Pem.write(target.resolve("key.pem"), Pem.privateKey(svid.getX509SvidKey()));
      Pem.write(target.resolve("bundle.pem"), Pem.certificates(svid.getBundle()));
    } catch (UncheckedIOException | IOException e) {
      throw CommandFailure.failed(Text.of("%s: cannot write the SVID: %s", target, e.getMessage()));
    }
    terminal.out().println(Text.of("%s in %s", svid.getSpiffeId(), target));
  }
}
