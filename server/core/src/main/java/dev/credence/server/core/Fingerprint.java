package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Optional;

/// The digest of a question: the same request id with another fingerprint is another question.
/// Every part is written with its length, so that no two questions meet. Confined to one thread.
final class Fingerprint {
  private final MessageDigest digest;

  private Fingerprint(MessageDigest digest) {
    this.digest = digest;
  }

  /// Of an operation, still without its arguments.
  static Fingerprint of(String operation) {
    try {
      return new Fingerprint(MessageDigest.getInstance("SHA-256")).text(operation);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, but not this one", e);
    }
  }

  Fingerprint bytes(byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
    digest.update(part);
    return this;
  }

  Fingerprint text(String part) {
    return bytes(part.getBytes(StandardCharsets.UTF_8));
  }

  Fingerprint number(long part) {
    return bytes(ByteBuffer.allocate(Long.BYTES).putLong(part).array());
  }

  Fingerprint id(Id part) {
    return bytes(part.bytes());
  }

  Fingerprint texts(Collection<?> parts) {
    number(parts.size());
    parts.forEach(part -> text(part.toString()));
    return this;
  }

  Fingerprint maybe(Optional<?> part) {
    return texts(part.stream().toList());
  }

  Sha256 digest() {
    return Sha256.fromBytes(digest.digest());
  }
}
