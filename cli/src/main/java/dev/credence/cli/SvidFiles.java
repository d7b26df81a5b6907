package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.PrivateFiles;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// A folder with one SVID in the form that servers without an SPIFFE library read: svid.pem (leaf
/// first), key.pem (0600), bundle.pem. Each file is replaced as a whole; the three are not replaced
/// in one instant, so a reader is to read them when it is told that they are complete.
record SvidFiles(Path folder, SvidChoice choice) {

  /// Where the leaf and its chain are.
  static Path chain(Path folder) {
    return folder.resolve("svid.pem");
  }

  /// Writes the SVID that is chosen; returns it.
  X509SVID write(X509SVIDResponse answer) {
    var svid = choice.of(answer);
    try {
      PrivateFiles.createFolder(folder);
      Pem.write(folder.resolve("key.pem"), Pem.privateKey(svid.getX509SvidKey()));
      Pem.write(chain(folder), Pem.certificates(svid.getX509Svid()));
      Pem.write(folder.resolve("bundle.pem"), Pem.certificates(svid.getBundle()));
      return svid;
    } catch (UncheckedIOException | IOException e) {
      throw CommandFailure.failed(
          Text.of(
              "%s: cannot write the SVID: %s (expected: a folder that this user may write to)",
              folder, e.getClass().getSimpleName().replace("Exception", "")));
    }
  }
}
