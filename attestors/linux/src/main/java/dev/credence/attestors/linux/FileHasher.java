package dev.credence.attestors.linux;

import dev.credence.certs.Sha256;
import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.FileContent;
import dev.credence.platform.linux.FileStat;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// Reads a file once, from its open descriptor, and says what its content is. Thread-safe.
final class FileHasher {
  private static final int PIECE = 128 * 1024;

  private final Provider provider;
  private final long largest;

  /// @param provider computes SHA-256
  /// @param largest size that is accepted, in bytes
  FileHasher(Provider provider, long largest) {
    this.provider = provider;
    this.largest = largest;
  }

  /// @param cancelled asked between pieces; the reading stops when it says so
  Fingerprint hash(ExecutableFile file, FileStat expected, BooleanSupplier cancelled)
      throws IOException, HashRefusedException {
    try (FileContent content = file.open()) {
      if (content.isMadeUp()) {
        throw new HashRefusedException(LocalFileSystems.MADE_UP);
      }
      Fingerprint fingerprint = read(content, cancelled);
      if (!content.stat().version().equals(expected.version())) {
        throw new HashRefusedException("the file changed while it was read");
      }
      return fingerprint;
    }
  }

  private Fingerprint read(FileContent content, BooleanSupplier cancelled)
      throws IOException, HashRefusedException {
    MessageDigest digest = sha256();
    Interpreters.ContentSearch search = Interpreters.search();
    byte[] piece = new byte[PIECE];
    long total = 0;
    int length;
    while ((length = content.read(piece)) > 0) {
      total += length;
      if (total > largest || cancelled.getAsBoolean()) {
        throw total > largest
            ? tooLarge(total)
            : HashRefusedException.notNow("it took too long", new TimeoutException());
      }
      digest.update(piece, 0, length);
      search.update(piece, length);
    }
    return new Fingerprint(Sha256.fromBytes(digest.digest()), search.found());
  }

  HashRefusedException tooLarge(long size) {
    return new HashRefusedException(
        String.format(
            Locale.ROOT, "the file has %d bytes or more (expected: at most %d)", size, largest));
  }

  private MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256", provider);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "provider " + provider.getName() + " has no SHA-256 (expected: it has)", e);
    }
  }
}
