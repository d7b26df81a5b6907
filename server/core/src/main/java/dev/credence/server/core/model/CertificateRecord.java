package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.time.Instant;
import java.util.Optional;

/// What is kept of each certificate that was issued.
///
/// @param serial lower-case hex
/// @param spki digest of the certified key: unique, since no key is certified twice for a workload
/// @param holder the execution or node it was issued for
/// @param authority who signed it; empty: issued before that was kept, so the first one of all
public record CertificateRecord(
    String serial,
    Sha256 spki,
    Holder holder,
    Instant notBefore,
    Instant notAfter,
    Optional<Id> authority) {

  /// Exactly one of the two is present, or none for the server's own and administrators'.
  public record Holder(Optional<Id> execution, Optional<Id> node) {
    public static Holder execution(Id id) {
      return new Holder(Optional.of(id), Optional.empty());
    }

    public static Holder node(Id id) {
      return new Holder(Optional.empty(), Optional.of(id));
    }

    /// Found by its key, which is pinned.
    public static Holder administrator() {
      return new Holder(Optional.empty(), Optional.empty());
    }

    public static Holder server() {
      return new Holder(Optional.empty(), Optional.empty());
    }
  }
}
