package dev.credence.cli;

import com.google.protobuf.ByteString;
import dev.credence.certs.Certificates;
import dev.credence.certs.SvidException;
import dev.credence.cli.client.CommandFailure;
import dev.credence.platform.config.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/// SVIDs as PEM.
final class Pem {

  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /// Concatenated DER certificates as PEM.
  static String certificates(ByteString der) {
    try {
      return Certificates.toPem(Certificates.parseChain(der.toByteArray()));
    } catch (SvidException e) {
      throw CommandFailure.failed("the node's answer cannot be read: " + e.getMessage());
    }
  }

  /// A PKCS#8 key as PEM.
  static String privateKey(ByteString pkcs8) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + LINES.encodeToString(pkcs8.toByteArray())
        + "\n-----END PRIVATE KEY-----\n";
  }

  /// Writes a file that only its owner may read.
  static void write(Path file, String pem) throws IOException {
    PrivateFiles.writeAtomically(file, pem.getBytes(StandardCharsets.US_ASCII));
  }
}
