package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.ProcessSeen;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The part of [Executions] that only looks.
public interface ExecutionReads {
  Optional<Execution> find(Id id);

  /// The running primary execution of that process for that subject on that node.
  Optional<Execution> running(Id node, Id subject, ProcessSeen.Mark mark);

  /// All running on that node, in order of beginning.
  List<Execution> runningOn(Id node);

  /// Running ones of that pid in that boot, whoever's: to know an attested process on the server's
  /// own host.
  List<Execution> runningAs(ProcessSeen.Instance instance);

  /// All running of that agent or service, in order of beginning.
  List<Execution> runningOf(Id subject);

  /// Running ones that end with their SVID, whose newest certificate is not valid after that time,
  /// in order of beginning.
  ///
  /// @param most so many at most
  List<Execution> outlived(Instant at, int most);

  /// How many of that agent or service go on without their process on that node.
  int countDetached(Id node, Id subject);

  /// The nodes that host running ones.
  Set<Id> hosts();

  long countRunning();

  /// How many run on that node.
  long countRunningOn(Id node);

  Page<Execution> list(Executions.Filter filter, Page.Request page);

  Optional<CertificateRecord> certificateOfKey(Sha256 spki);

  /// How many of the newest certificates of an execution are valid at a time, began at or after
  /// another, and were signed by the same authority as the newest.
  ///
  /// @param newest so many are looked at
  int countValid(Id execution, int newest, Instant validAt, Instant since);

  /// How many SVIDs of a node itself are valid at a time.
  ///
  /// @param most counted no further
  int countValidOfNode(Id node, int most, Instant validAt);

  /// Whether there is a certificate of that key, whoever's, or a node is known by it.
  boolean isCertified(Sha256 spki);

  /// The newest certificate of an execution.
  Optional<CertificateRecord> newestCertificate(Id execution);
}
