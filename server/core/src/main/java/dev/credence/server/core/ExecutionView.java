package dev.credence.server.core;

import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Subject;
import java.util.Optional;

/// An execution as it is shown: with whose it is and its newest certificate.
///
/// @param minimum what the governance record and the registration that led to it demand now
public record ExecutionView(
    Execution execution,
    Subject subject,
    SpiffeId spiffeId,
    Optional<CertificateRecord> newestCertificate,
    Governance.Assurance minimum) {
  /// Of everything that was attested at the last issue, as it is in that certificate.
  public Sha256 attestationDigest() {
    return DigestedAttestation.of(execution.attestation()).digest();
  }
}
