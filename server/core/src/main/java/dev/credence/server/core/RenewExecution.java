package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.Optional;

/// A new key and certificate for a running execution, on a new attestation of its process. If the
/// process does not satisfy the registration any more, the execution ends. Thread-safe.
public final class RenewExecution {
  private static final String OPERATION = "renew-execution";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final NodeRates rates;
  private final NodeStreams streams;
  private final Issuer issuer;
  private final WorkloadCertificates certificates;
  private final Issuance issuance;
  private final ExecutionEnd executionEnd;

  RenewExecution(
      Plumbing plumbing, CoreSettings settings, NodeStreams streams, Issuer issuer, Ending ending) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.rates = ending.rates();
    this.streams = streams;
    this.issuer = issuer;
    this.certificates = new WorkloadCertificates(plumbing, settings.trustDomain());
    this.issuance = new Issuance(plumbing, issuer);
    this.executionEnd = ending.executionEnd();
  }

  /// @param rates calls per second of each node
  record Ending(ExecutionEnd executionEnd, NodeRates rates) {}

  /// What a node asks for.
  ///
  /// @param startId of this start of its daemon
  /// @param attestation of the same process, read again
  public record Asked(Id startId, Id execution, Attestation attestation) {}

  /// Errors: INVALID (CSR, attestation), NOT_FOUND (not or no longer running), REFUSED (hosted by
  /// another node; not active), NOT_ATTESTED (it has ended), STALE (start id), KEY_REUSED,
  /// REQUEST_REUSED, UNAVAILABLE (not settled).
  ///
  /// @param node the caller, known by its SVID
  /// @param csr PKCS#10 DER of the process's new key
  public IssuedSvid run(Id node, RequestId request, Asked asked, byte[] csr)
      throws ServerException {
    var actor = new Actor.Node(node);
    var about =
        new About(
            Optional.empty(), Optional.empty(), Optional.of(node), Optional.of(asked.execution));
    return plumbing
        .refusals()
        .watch(actor, OPERATION, about, () -> renew(actor, request, asked, csr));
  }

  private IssuedSvid renew(Actor.Node actor, RequestId request, Asked asked, byte[] csr)
      throws ServerException {
    rates.enter(actor.id());
    AttestationRules.check(asked.attestation);
    var attested = DigestedAttestation.of(asked.attestation);
    CheckedKey key = issuer.check(csr);
    var call = new Call(actor, request, fingerprint(asked, attested, key));
    var renewal = new Renewal(actor.id(), asked, attested, key, call);
    try {
      return issuance.run(renewal.call, renewal, SvidFormats.ISSUED);
    } catch (ServerException e) {
      if (e.kind() == Kind.NOT_ATTESTED) {
        end(renewal);
      }
      throw e;
    }
  }

  private static Sha256 fingerprint(Asked asked, DigestedAttestation attested, CheckedKey key) {
    return Fingerprint.of(OPERATION)
        .id(asked.startId)
        .id(asked.execution)
        .bytes(attested.digest().bytes())
        .bytes(key.spkiDigest().bytes())
        .digest();
  }

  /// What was refused is decided once more, in the transaction that ends it.
  private void end(Renewal renewal) throws ServerException {
    plumbing
        .database()
        .write(tx -> {
          try {
            renewal.decide(tx);
            return false;
          } catch (ServerException e) {
            return e.kind() == Kind.NOT_ATTESTED
                && executionEnd
                    .ifRunning(
                        tx,
                        renewal.asked.execution,
                        new ExecutionEnd.Why(
                            renewal.call.actor(),
                            "attestation-failed",
                            Optional.of(renewal.call.request())))
                    .isPresent();
          }
        });
  }

  private final class Renewal implements Certification<Renewal.Basis, IssuedSvid> {
    private final Id caller;
    private final Asked asked;
    private final DigestedAttestation attested;
    private final CheckedKey key;
    private final Call call;

    Renewal(Id caller, Asked asked, DigestedAttestation attested, CheckedKey key, Call call) {
      this.caller = caller;
      this.asked = asked;
      this.attested = attested;
      this.key = key;
      this.call = call;
    }

    private record Basis(Execution execution, Admission.Admitted admitted) {}

    @Override
    public Basis decide(View view) throws ServerException {
      streams.requireSettled(caller);
      Node node = CallingNode.current(view, caller, asked.startId);
      Execution execution = HostedExecution.running(view, caller, asked.execution);
      requireSameProcess(execution);
      Admission.Admitted admitted = through(view, node, execution);
      AdministratorsPlace.requireOutside(settings, admitted.subject(), asked.attestation.process());
      Barring.requireNone(view, caller, admitted);
      certificates.requireNewKey(view, key);
      certificates.requireRoom(view, caller, execution.id());
      return new Basis(execution, admitted);
    }

    private void requireSameProcess(Execution execution) throws ServerException {
      var before = execution.attestation().process().mark();
      if (!before.equals(asked.attestation.process().mark())) {
        throw ServerException.hiding(
            Kind.NOT_ATTESTED,
            Texts.format("execution %s: the attestation does not satisfy it", execution.id()),
            Texts.format("execution %s: the process has another mark", execution.id()));
      }
    }

    /// Its own registration; or else another one that leads to the same agent or service.
    private Admission.Admitted through(View view, Node node, Execution execution)
        throws ServerException {
      try {
        return Admission.decide(view, stillMeant(view, node, execution), attested);
      } catch (ServerException e) {
        if (e.kind() != Kind.NOT_ATTESTED) {
          throw e;
        }
        return other(view, node, execution).orElseThrow(() -> e);
      }
    }

    private Optional<Admission.Admitted> other(View view, Node node, Execution execution)
        throws ServerException {
      for (Registration one : view.subjects().registrationsOf(execution.host().subjectId())) {
        try {
          return Optional.of(
              Admission.decide(view, Admission.meant(view, node, one.id()), attested));
        } catch (ServerException e) {
          if (e.kind() != Kind.NOT_ATTESTED && e.kind() != Kind.REFUSED) {
            throw e;
          }
        }
      }
      return Optional.empty();
    }

    private RegistryEntry stillMeant(View view, Node node, Execution execution)
        throws ServerException {
      try {
        return Admission.meant(view, node, execution.host().registrationId());
      } catch (ServerException e) {
        // Its registration is gone, or is not for this node any more: nothing leads to it.
        throw ServerException.hiding(
            Kind.NOT_ATTESTED,
            Texts.format("execution %s: the attestation does not satisfy it", execution.id()),
            e.detail());
      }
    }

    @Override
    public SvidTemplate template(Basis basis) {
      return certificates.template(basis.execution.id(), basis.admitted, key);
    }

    @Override
    public String holder(Basis basis) {
      return basis.admitted.subject().handle().kind().label();
    }

    @Override
    public IssuedSvid record(Transaction tx, Basis basis, IssuedCertificate certificate) {
      certificates.attestedAgain(tx, basis.execution, basis.admitted.attested().attestation());
      Id through = basis.admitted.registration().id();
      if (!through.equals(basis.execution.host().registrationId())) {
        tx.executions().move(basis.execution.id(), through);
      }
      About about =
          WorkloadCertificates.about(basis.execution.id(), caller, basis.admitted.subject());
      return certificates.record(tx, call, about, basis.admitted, certificate);
    }
  }
}
