package dev.credence.server.core;

import dev.credence.certs.SpiffeId;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Subject;
import java.util.Optional;

/// An execution as it is shown: with whose it is and its newest certificate.
public record ExecutionView(
    Execution execution,
    Subject subject,
    SpiffeId spiffeId,
    Optional<CertificateRecord> newestCertificate) {}
