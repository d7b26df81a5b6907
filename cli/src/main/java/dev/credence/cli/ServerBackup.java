package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.BackupManifest;
import dev.credence.proto.admin.v1.BackupPart;
import dev.credence.proto.admin.v1.BackupRequest;
import dev.credence.proto.admin.v1.ServerCareGrpc;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Iterator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "backup",
    description =
        "Writes a consistent copy of the server's database to a new file (0600) while it runs. No private key is in it.")
final class ServerBackup implements Runnable {

  @Parameters(paramLabel = "FILE", description = "The file; it must not be there yet.")
  private String file = "";

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  ServerBackup(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = BackupRequest.newBuilder().setReason(reason).build();
    try (var connection = server.connect(terminal)) {
      var manifest =
          connection.translated(
              () -> save(connection.streaming(ServerCareGrpc::newBlockingStub).backup(request)));
      output
          .format()
          .print(
              terminal.out(),
              manifest,
              new Sheet()
                      .line("Backup", file)
                      .line("Trust domain", manifest.getTrustDomain())
                      .line("Taken at", terminal.times().format(manifest.getTakenAt()))
                      .line("Last event", Long.toUnsignedString(manifest.getLastEvent()))
                      .line("Size", Text.of("%d bytes", manifest.getSize()))
                      .line("SHA-256", HexFormat.of().formatHex(manifest.getSha256().toByteArray()))
                      .line(
                          "Not in it",
                          "private keys: keep authority.key, authority.pem, authorities/ and jwt-authority.key apart")
                  ::print);
    }
  }

  private BackupManifest save(Iterator<BackupPart> parts) {
    try (var target = new NewPrivateFile(Path.of(file))) {
      // The first part comes when the copy is made, and only then is there something to write.
      var manifest = parts.next().getManifest();
      target.write(manifest.getHead());
      while (parts.hasNext()) {
        target.writeDigested(parts.next().getContent());
      }
      if (target.digested() != manifest.getSize()
          || !target.digest().equals(manifest.getSha256())) {
        throw CommandFailure.failed(
            Text.of("%s: what came is not what the server announced; nothing is kept", file));
      }
      target.keep();
      return manifest;
    } catch (IOException | InvalidPathException e) {
      throw CommandFailure.failed(
          Text.of("%s: cannot be written: %s", file, String.valueOf(e.getMessage())));
    }
  }
}
