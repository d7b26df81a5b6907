package dev.credence.server.core;

import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What certificates of executions say, and what is kept of them. Thread-safe.
final class WorkloadCertificates {
  private static final int MOST_VALID = 16;
  // Certificates begin 30 s before they are made, at a whole second.
  private static final Duration BACK_DATED_AT_MOST = Duration.ofSeconds(31);

  private final Plumbing plumbing;
  private final TrustDomain trustDomain;

  WorkloadCertificates(Plumbing plumbing, TrustDomain trustDomain) {
    this.plumbing = plumbing;
    this.trustDomain = trustDomain;
  }

  /// No key is certified twice, whoever had it: not for another execution, and not for the same
  /// one.
  void requireNewKey(View view, CheckedKey key) throws ServerException {
    Sha256 digest = key.spkiDigest();
    if (view.executions().isCertified(digest)) {
      throw new ServerException(
          Kind.KEY_REUSED,
          Texts.format(
              "key %s: certified before (expected: a new key for each certificate)", digest));
    }
  }

  /// An execution has one certificate, and for a while the one before; others are of answers that
  /// were lost. A node that asks for more hoards. What was issued before its daemon's newest start
  /// does not count, nor what another authority signed: a restart certifies every process anew, and
  /// so does a taint.
  void requireRoom(View view, Id node, Id execution) throws ServerException {
    Instant now = plumbing.database().now();
    Instant since =
        view.nodeTraces().newestSettledAt(node).orElse(Instant.EPOCH).minus(BACK_DATED_AT_MOST);
    if (view.executions().countValid(execution, MOST_VALID, now, since) >= MOST_VALID) {
      throw new ServerException(
          Kind.EXHAUSTED,
          Texts.format(
              "execution %s: %d certificates of it are valid (expected: fewer; ask again when one has"
                  + " expired)",
              execution, MOST_VALID));
    }
  }

  SvidTemplate template(Id execution, Admission.Admitted admitted, CheckedKey key) {
    Subject subject = admitted.subject();
    Attestation attestation = admitted.attested().attestation();
    ExecutionFacts facts =
        ExecutionFacts.builder()
            .ownerId(subject.handle().ownerId())
            .agentId(subject.id())
            .executionId(execution)
            .process()
            .attested(admitted.attested().digest(), attestation.code(), attestation.isolation())
            .build();
    return new SvidTemplate.Workload(
        subject.handle().identity().in(trustDomain),
        subject.handle().owner(),
        subject.handle().name(),
        subject.svid().dnsNames(),
        facts,
        key,
        subject.svid().ttl());
  }

  /// Keeps the newest attestation, the one whose digest the newest certificate has. Its process is
  /// there.
  void attestedAgain(Transaction tx, Execution execution, Attestation attestation) {
    if (!execution.attestation().equals(attestation) || execution.isDetached()) {
      tx.executions().update(execution.attested(attestation));
    }
  }

  IssuedSvid record(
      Transaction tx,
      Call call,
      About about,
      Admission.Admitted admitted,
      IssuedCertificate certificate) {
    Id execution = about.execution().orElseThrow();
    tx.executions()
        .insert(
            new CertificateRecord(
                certificate.serialHex(),
                certificate.spkiDigest(),
                CertificateRecord.Holder.execution(execution),
                certificate.notBefore(),
                certificate.notAfter(),
                Optional.of(certificate.authority())));
    plumbing
        .journal()
        .append(
            tx,
            Details.of("serial", certificate.serialHex())
                .and("key", certificate.spkiDigest())
                .and("not-after", certificate.notAfter())
                .and("registration", admitted.registration().id())
                .event(EventKind.SVID_ISSUED, call.actor(), about, call.request()),
            plumbing.database().now());
    return new IssuedSvid(
        execution,
        admitted.subject().handle().identity().in(trustDomain),
        certificate.encoded(),
        certificate.notBefore(),
        certificate.notAfter());
  }

  /// The beginning of an execution as details of an event.
  Details attested(Admission.Admitted admitted) {
    Attestation attestation = admitted.attested().attestation();
    ProcessSeen process = attestation.process();
    return Details.of("registration", admitted.registration().id())
        .and("pid", process.mark().instance().pid())
        .and("uid", Integer.toUnsignedString(process.uid()))
        .and("executable", process.executable())
        .and("code", attestation.code().label())
        .and("isolation", attestation.isolation().label())
        .and("attestation", admitted.attested().digest());
  }

  static About about(Id execution, Id node, Subject subject) {
    return new About(
        Optional.of(subject.handle().ownerId()),
        Optional.of(subject.id()),
        Optional.of(node),
        Optional.of(execution));
  }
}
