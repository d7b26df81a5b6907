package dev.credence.node;

import dev.credence.certs.Id;
import java.util.List;

/// What the node asks of the server about executions. Each call blocks for one round trip, with a
/// deadline; called on virtual threads. Implementations are thread-safe.
interface ExecutionCalls {
  /// Opens the primary execution of a process, or goes on with the one that it has, and certifies a
  /// key.
  Issued open(Match match, Attestation attestation, byte[] csr) throws CallException;

  /// Certifies a new key for a running execution.
  Issued renew(Id execution, Match match, Attestation attestation, byte[] csr) throws CallException;

  /// A JWT-SVID for a running execution, meant for these audiences.
  ///
  /// @return the token: a secret
  String token(Id execution, List<String> audiences) throws CallException;

  /// Reports an end. Idempotent.
  void end(Id execution, EndReason reason) throws CallException;
}
