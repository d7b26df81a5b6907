package dev.credence.node;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Certificates;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.SecretBytes;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidException;
import dev.credence.certs.X509Svid;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/// Gets certificates for executions: a new key for each, made here and never shown to anybody but
/// the process. Thread-safe.
final class Issuance {
  private final ExecutionCalls server;
  private final Seams seams;
  private final SoundAuthorities authorities;
  private final Unissued unissued;

  /// @param unissued told of each certificate that there is none of, and of each that there is
  Issuance(ExecutionCalls server, Seams seams, SoundAuthorities authorities, Unissued unissued) {
    this.unissued = unissued;
    this.server = server;
    this.seams = seams;
    this.authorities = authorities;
  }

  /// Opens the execution of a process, in one round trip.
  HeldExecution open(Match match, Attestation attestation) throws CallException {
    KeyPair keys = newKeys();
    byte[] csr = CertificateRequest.create(keys, seams.crypto());
    seams.points().reached(PointListener.Point.PROCESS_KEY_MADE);
    return told(
        match,
        attestation,
        () -> {
          Issued issued = server.open(match, attestation, csr);
          seams.points().reached(PointListener.Point.EXECUTION_OPENED);
          return held(issued, match, keys);
        });
  }

  /// A new key and certificate for a running execution.
  HeldExecution renew(HeldExecution execution, Match match, Attestation attestation)
      throws CallException {
    KeyPair keys = newKeys();
    byte[] csr = CertificateRequest.create(keys, seams.crypto());
    return told(
        match,
        attestation,
        () -> {
          Issued issued = server.renew(execution.id(), match, attestation, csr);
          seams.points().reached(PointListener.Point.EXECUTION_RENEWED);
          return held(issued, match, keys);
        });
  }

  @FunctionalInterface
  private interface Question {
    HeldExecution ask() throws CallException;
  }

  private HeldExecution told(Match match, Attestation attestation, Question question)
      throws CallException {
    try {
      HeldExecution answer = question.ask();
      unissued.served(match, attestation);
      return answer;
    } catch (CallException e) {
      unissued.failed(match, attestation, e);
      throw e;
    }
  }

  private KeyPair newKeys() {
    return PrivateKeys.generateP256(seams.crypto(), seams.random());
  }

  private HeldExecution held(Issued issued, Match match, KeyPair keys) throws CallException {
    SpiffeId expected = match.registration().subject().spiffeId();
    X509Svid svid = checked(issued, keys);
    Instant now = seams.clock().instant();
    Instant notAfter = svid.leaf().getNotAfter().toInstant();
    if (!svid.id().equals(expected) || !now.isBefore(notAfter)) {
      throw new CallException(
          CallException.Kind.UNUSABLE,
          Text.of(
              "the server issued %s until %s (expected: %s, later than %s)",
              svid.id(), notAfter, expected, now));
    }
    Instant renewAt = now.plus(HalfLife.of(Duration.between(now, notAfter), seams.random()));
    byte[] key = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    var held =
        new HeldSvid(
            svid.id(),
            Certificates.toDer(svid.chain()),
            SecretBytes.of(key),
            notAfter,
            authorities.renewal(svid.leaf(), now, renewAt));
    Arrays.fill(key, (byte) 0);
    return new HeldExecution(
        issued.execution(),
        match.subjectId(),
        match.registration().id(),
        Optional.of(match.registration().essence()),
        Optional.of(held),
        match.registration().subject().outlivesProcess());
  }

  private static X509Svid checked(Issued issued, KeyPair keys) throws CallException {
    try {
      return X509Svid.of(issued.chain(), keys);
    } catch (SvidException e) {
      throw new CallException(
          CallException.Kind.UNUSABLE, "the server issued something else: " + e.getMessage(), e);
    }
  }
}
