package dev.credence.server.core;

import dev.credence.certs.ExecutionKind;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Opens the primary execution of an attested process and certifies its key, in one go. If the same
/// process has a running one already (its node was restarted), that one goes on under the new key.
/// Thread-safe.
public final class OpenExecution {
  private static final String OPERATION = "open-execution";
  static final int MOST_DETACHED = 64;

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final NodeStreams streams;
  private final RunningCounts counts;
  private final NodeRates rates;
  private final Issuer issuer;
  private final WorkloadCertificates certificates;
  private final Issuance issuance;

  OpenExecution(
      Plumbing plumbing,
      CoreSettings settings,
      NodeStreams streams,
      Issuer issuer,
      NodeGuards guards) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.counts = guards.counts();
    this.rates = guards.rates();
    this.streams = streams;
    this.issuer = issuer;
    this.certificates = new WorkloadCertificates(plumbing, settings.trustDomain());
    this.issuance = new Issuance(plumbing, issuer);
  }

  /// Whether one more of that agent or service may go on without its process there.
  static boolean mayBeDetached(View view, Execution.Host host) {
    return mayBeDetached(view, host.nodeId(), host.subjectId());
  }

  private static boolean mayBeDetached(View view, Id node, Id subject) {
    return view.executions().countDetached(node, subject) < MOST_DETACHED;
  }

  /// What a node asks for.
  ///
  /// @param startId of this start of its daemon
  /// @param revision of the registration as the node knows it
  /// @param attestation what it read of the process; its conclusions are not used
  public record Asked(Id startId, Id registration, long revision, Attestation attestation) {}

  /// Errors: INVALID (CSR, attestation), REFUSED (not meant for this node, or not active),
  /// NOT_ATTESTED, STALE (start id or registration changed), KEY_REUSED, EXHAUSTED, REQUEST_REUSED,
  /// UNAVAILABLE (not settled).
  ///
  /// @param node the caller, known by its SVID
  /// @param csr PKCS#10 DER of the process's new key
  public IssuedSvid run(Id node, RequestId request, Asked asked, byte[] csr)
      throws ServerException {
    var actor = new Actor.Node(node);
    return plumbing
        .refusals()
        .watch(
            actor,
            OPERATION,
            About.node(node),
            () -> {
              rates.enter(node);
              AttestationRules.check(asked.attestation);
              var attested = DigestedAttestation.of(asked.attestation);
              CheckedKey key = issuer.check(csr);
              var call = new Call(actor, request, fingerprint(asked, attested, key));
              var opening = new Opening(node, asked, attested, key, call);
              Optional<Basis> guess = opening.guess();
              return guess.isPresent()
                  ? issuance.run(opening.call, opening, SvidFormats.ISSUED, guess.get())
                  : issuance.run(opening.call, opening, SvidFormats.ISSUED);
            });
  }

  private static Sha256 fingerprint(Asked asked, DigestedAttestation attested, CheckedKey key) {
    return Fingerprint.of(OPERATION)
        .id(asked.startId)
        .id(asked.registration)
        .number(asked.revision)
        .bytes(attested.digest().bytes())
        .bytes(key.spkiDigest().bytes())
        .digest();
  }

  /// @param running the one that goes on; empty: a new one begins
  private record Basis(Id execution, Optional<Execution> running, Admission.Admitted admitted) {}

  private record Matched(RegistryEntry entry, Admission.Admitted admitted) {}

  private final class Opening implements Certification<Basis, IssuedSvid> {
    private final Id caller;
    private final Asked asked;
    private final DigestedAttestation attested;
    private final CheckedKey key;
    private final Call call;
    private final Id newExecution = plumbing.newExecutionId();
    // Of one thread at a time: the caller's, and the writer's while the caller waits for it.
    private @Nullable Matched matched;

    Opening(Id caller, Asked asked, DigestedAttestation attested, CheckedKey key, Call call) {
      this.caller = caller;
      this.asked = asked;
      this.attested = attested;
      this.key = key;
      this.call = call;
    }

    /// Nearly always right, and free: the snapshot is as new as what the node was told. Otherwise
    /// the database is asked before anything is signed.
    Optional<Basis> guess() throws ServerException {
      Optional<RegistryEntry> known =
          streams
              .registry()
              .find(asked.registration)
              .filter(entry -> entry.revision() == asked.revision)
              .filter(entry -> entry.withheld() == Withheld.NOT)
              .filter(entry -> streams.isMeantFor(entry, caller));
      return known.isEmpty()
          ? Optional.empty()
          : Optional.of(new Basis(newExecution, Optional.empty(), match(known.get())));
    }

    /// The database nearly always says what the guess was made from: then nothing is matched twice.
    private Admission.Admitted match(RegistryEntry entry) throws ServerException {
      Matched known = matched;
      if (known == null || !known.entry.equals(entry)) {
        known = new Matched(entry, Admission.match(entry, attested));
        matched = known;
      }
      return known.admitted;
    }

    @Override
    public Basis decide(View view) throws ServerException {
      streams.requireSettled(caller);
      Node node = CallingNode.current(view, caller, asked.startId);
      RegistryEntry entry = Admission.meant(view, node, asked.registration);
      if (entry.revision() != asked.revision) {
        throw new ServerException(
            Kind.STALE,
            Texts.format(
                "registration %s: revision %d (expected: %d)",
                asked.registration, asked.revision, entry.revision()));
      }
      Admission.requireActive(view, entry.subject());
      Admission.Admitted admitted = match(entry);
      AdministratorsPlace.requireOutside(settings, admitted.subject(), asked.attestation.process());
      Barring.requireNone(view, caller, admitted);
      certificates.requireNewKey(view, key);
      Optional<Execution> running =
          view.executions()
              .running(caller, admitted.subject().id(), asked.attestation.process().mark());
      if (running.isPresent()) {
        certificates.requireRoom(view, caller, running.get().id());
        return new Basis(running.get().id(), running, admitted);
      }
      requireQuota(view);
      requireFewDetached(view, admitted.subject());
      return new Basis(newExecution, Optional.empty(), admitted);
    }

    private void requireQuota(View view) throws ServerException {
      int most = settings.limits().runningPerNode();
      if (counts.reached(view, caller, most)) {
        throw new ServerException(
            Kind.EXHAUSTED,
            Texts.format(
                "node %s: %d executions run on it (expected: at most %d)", caller, most, most));
      }
    }

    /// Processes that come and go leave executions behind: as many as one agent or service may
    /// have, so that it cannot take what others need.
    private void requireFewDetached(View view, Subject subject) throws ServerException {
      if (subject.svid().lifetime() == Lifetime.SVID
          && !mayBeDetached(view, caller, subject.id())) {
        throw new ServerException(
            Kind.EXHAUSTED,
            Texts.format(
                "%s: %d executions go on without their process on node %s (expected: fewer; each ends"
                    + " with its SVID, or by execution end)",
                SubjectDetails.thing(subject), MOST_DETACHED, caller));
      }
    }

    @Override
    public SvidTemplate template(Basis basis) {
      return certificates.template(basis.execution, basis.admitted, key);
    }

    @Override
    public String holder(Basis basis) {
      return basis.admitted.subject().handle().kind().label();
    }

    @Override
    public IssuedSvid record(Transaction tx, Basis basis, IssuedCertificate certificate) {
      About about = WorkloadCertificates.about(basis.execution, caller, basis.admitted.subject());
      if (basis.running.isPresent()) {
        goOn(tx, basis.running.get(), basis.admitted);
      } else {
        begin(tx, basis, about);
      }
      return certificates.record(tx, call, about, basis.admitted, certificate);
    }

    /// Through the registration that was asked for: its demands count from now on.
    private void goOn(Transaction tx, Execution running, Admission.Admitted admitted) {
      certificates.attestedAgain(tx, running, admitted.attested().attestation());
      Id through = admitted.registration().id();
      if (!through.equals(running.host().registrationId())) {
        tx.executions().move(running.id(), through);
      }
    }

    private void begin(Transaction tx, Basis basis, About about) {
      Instant now = plumbing.database().now();
      Admission.Admitted admitted = basis.admitted;
      var execution =
          new Execution(
              basis.execution,
              ExecutionKind.PROCESS,
              new Execution.Host(admitted.subject().id(), admitted.registration().id(), caller),
              admitted.attested().attestation(),
              now,
              Optional.empty(),
              Execution.Tie.to(admitted.subject().svid().lifetime()));
      tx.executions().insert(execution);
      counts.began(tx, caller);
      plumbing
          .journal()
          .append(
              tx,
              certificates
                  .attested(admitted)
                  .event(EventKind.EXECUTION_BEGAN, call.actor(), about, call.request()),
              now);
    }
  }
}
