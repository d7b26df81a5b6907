package dev.credence.server.core.port;

import dev.credence.certs.Sha256;
import dev.credence.server.core.model.RequestId;
import java.time.Instant;
import java.util.Arrays;

/// Answers that were given, by request id, so that a repeated request gets the same one.
public interface Requests extends RequestReads {
  void remember(Answer answer);

  /// Looks at the `limit` answers that were remembered first, and removes those that are older than
  /// `before`, or of a time after `after`: those are from before the clock was set back, and the
  /// ones behind them would never be reached. Bounded work inside a transaction, without an index
  /// on the time.
  void forget(Instant before, Instant after, int limit);

  /// A given answer.
  ///
  /// @param actor label of the caller: ids of different callers never meet
  /// @param fingerprint of what was asked: the same id with another question is refused
  /// @param answer the use case's own encoding
  record Answer(String actor, RequestId id, Sha256 fingerprint, Bytes answer, Instant at) {}

  /// Bytes with equality by content.
  final class Bytes {
    private final byte[] bytes;

    public Bytes(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    public byte[] copy() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return bytes.length + " bytes";
    }
  }
}
