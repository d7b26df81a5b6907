package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.RevokedCertificate;
import java.time.Instant;
import java.util.List;

/// The part of [Revoked] that only looks.
public interface RevokedReads {
  /// Those that have not expired at that time, the latest to expire first, at most `limit`.
  List<RevokedCertificate> unexpired(Instant at, int limit);

  /// The place of the newest in the log of forced ends; 0: none yet.
  long last();

  /// What was issued for that execution and has not expired at that time.
  List<CertificateRecord> heldBy(Id execution, Instant at);

  /// What was issued for that node's key and has not expired at that time.
  List<CertificateRecord> heldByNode(Sha256 key, Instant at);
}
