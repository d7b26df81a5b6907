package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.RevokedCertificate;
import java.time.Instant;
import java.util.List;

/// The part of [Revoked] that only looks.
public interface RevokedReads {
  /// Those that have not expired at that time, without those of nodes, the latest to expire first,
  /// at most `limit`.
  List<RevokedCertificate> unexpired(Instant at, int limit);

  /// The same of nodes.
  List<RevokedCertificate> unexpiredOfNodes(Instant at, int limit);

  /// The place of the newest in the log of forced ends; 0: none yet.
  long last();

  /// What was issued for that execution and has not expired at that time.
  List<CertificateRecord> heldBy(Id execution, Instant at);

  /// What was issued for executions that ended on that node after `ended.since`, and has not
  /// expired at `ended.at`: the latest to expire first, at most `ended.limit`.
  List<CertificateRecord> endedOn(Id node, Ended ended);

  /// The same, of one agent or service on that node.
  List<CertificateRecord> endedOn(Id node, Id subject, Ended ended);

  /// The same, of processes of that uid on that node, through what a registrar registered.
  List<CertificateRecord> endedAs(Id node, int uid, Ended ended);

  /// The same, of that agent or service on all nodes.
  List<CertificateRecord> endedOf(Id subject, Ended ended);

  /// Which certificates of executions that have ended.
  ///
  /// @param since when they ended at the earliest: so long ago that nothing older is valid
  /// @param at when they must be valid
  record Ended(Instant since, Instant at, int limit) {}

  /// What was issued for that node's key and has not expired at that time.
  List<CertificateRecord> heldByNode(Sha256 key, Instant at);
}
