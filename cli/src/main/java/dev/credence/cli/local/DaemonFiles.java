package dev.credence.cli.local;

import dev.credence.certs.Certificates;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.cli.print.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// The files that `dev` writes for its server and node, and for the person at the shell.
record DaemonFiles(DevFolder folder) {

  private static final String HEADER = "# Written by `credence dev` at each start.\n";

  void writeServer(TrustDomain trustDomain) {
    folder.write(
        "server.yaml",
        HEADER
            + Text.of(
                """
                trust_domain: %s
                listen: 127.0.0.1:0
                data_dir: %s
                admin:
                  socket: %s
                dev: true
                """,
                trustDomain.name(),
                quoted(folder.file("server")),
                quoted(folder.sockets().admin())));
  }

  void writeNode(TrustDomain trustDomain, String server) {
    folder.write(
        "node.yaml",
        HEADER
            + Text.of(
                """
                trust_domain: %s
                server: %s
                data_dir: %s
                socket: %s
                join_token_file: %s
                """,
                trustDomain.name(),
                server,
                quoted(nodeData()),
                quoted(folder.sockets().api()),
                quoted(joinToken())));
  }

  void writeEnvironment() {
    folder.write(
        "env",
        Text.of(
            """
            # Written by `credence dev`. In a shell: . %s
            export SPIFFE_ENDPOINT_SOCKET='unix://%s'
            export CREDENCE_ADMIN_SOCKET='%s'
            """,
            folder.file("env"), folder.sockets().api(), folder.sockets().admin()));
  }

  Path nodeData() {
    return folder.file("node");
  }

  Path joinToken() {
    return nodeData().resolve("join-token");
  }

  /// False too if it expired while nothing ran, or cannot be read: the node then needs a new token.
  boolean nodeHasIdentity(Instant now) {
    Path file = nodeData().resolve("node.pem");
    try {
      return Certificates.parsePem(Files.readString(file, StandardCharsets.ISO_8859_1))
          .getFirst()
          .getNotAfter()
          .toInstant()
          .isAfter(now);
    } catch (IOException | SvidException e) {
      return false;
    }
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
