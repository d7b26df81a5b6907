package dev.credence.e2e.client;

import dev.credence.proto.admin.v1.BackupRequest;
import dev.credence.proto.admin.v1.ServerCareGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Backups as the command line takes them, without the command line.
public final class Backups {
  private Backups() {}

  /// Takes one into that file.
  public static Path take(Admin admin, Path file) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var parts =
        admin.call(ServerCareGrpc::newBlockingStub).backup(BackupRequest.getDefaultInstance());
    while (parts.hasNext()) {
      var part = parts.next();
      (part.hasManifest() ? part.getManifest().getHead() : part.getContent()).writeTo(bytes);
    }
    return Files.write(file, bytes.toByteArray());
  }
}
