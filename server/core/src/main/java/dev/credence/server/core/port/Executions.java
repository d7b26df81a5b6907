package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Execution;
import java.util.Optional;

/// Executions, and the certificates issued for them and for nodes.
public interface Executions extends ExecutionReads {
  void insert(Execution execution);

  /// Replaces attestation and end of the execution with that id, and since when it is detached.
  void update(Execution execution);

  /// A running execution goes on through another registration of the same agent or service.
  void move(Id execution, Id registration);

  void insert(CertificateRecord certificate);

  /// Which executions a list has.
  ///
  /// @param ended ended ones too
  record Filter(Optional<Id> subject, boolean ended) {}
}
