package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.WorkloadApi;
import dev.credence.cli.print.Json;
import dev.credence.cli.print.Text;
import dev.credence.proto.workload.JWTSVIDResponse;
import dev.credence.proto.workload.X509SVIDResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "fetch",
    description = {
      "Fetches the X.509-SVIDs, or with --audience a JWT-SVID, of this very process (the java that runs `credence`) over the Workload API.",
      "What is printed is a secret. The execution ends when the command does."
    })
final class SvidFetch implements Runnable {

  enum Format {
    PEM,
    JWT,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "pem|jwt|json",
      description =
          "PEM: chain and key of the first SVID. JWT: the first token. JSON: the whole answer (default: pem, with --audience jwt).")
  private @Nullable Format format;

  @Option(
      names = "--audience",
      paramLabel = "AUDIENCE",
      description =
          "A JWT-SVID meant for this peer, and nobody else. Repeat it for several, who can then pass for it to each other.")
  private List<String> audiences = new ArrayList<>();

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
    requireOneKind();
    try (var connection = node.connect(terminal)) {
      var api = new WorkloadApi(connection);
      if (audiences.isEmpty()) {
        printX509(api.fetchX509Svids());
      } else {
        printJwt(api.fetchJwtSvids(audiences));
      }
    }
  }

  private void requireOneKind() {
    if (audiences.isEmpty() && format == Format.JWT) {
      throw CommandFailure.usage("-o jwt needs --audience AUDIENCE: whom is the token for?");
    }
    if (!audiences.isEmpty() && (format == Format.PEM || !folder.isEmpty())) {
      throw CommandFailure.usage("--audience asks for a JWT-SVID: use -o jwt or -o json");
    }
  }

  private void printJwt(JWTSVIDResponse answer) {
    terminal
        .out()
        .println(format == Format.JSON ? Json.pretty(answer) : answer.getSvids(0).getSvid());
  }

  private void printX509(X509SVIDResponse answer) {
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

  private void write(X509SVIDResponse answer, Path target) {
    var svid = new SvidFiles(target, SvidChoice.first()).write(answer);
    terminal.out().println(Text.of("%s in %s", svid.getSpiffeId(), target));
  }
}
