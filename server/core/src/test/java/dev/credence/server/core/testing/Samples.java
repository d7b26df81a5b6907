package dev.credence.server.core.testing;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionKind;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.model.SvidProfile;
import dev.credence.server.core.port.Requests;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Rows for a store, different each time, the same for the same seed.
public final class Samples {
  private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00.123Z");

  private final Random random;
  private long count;

  public Samples(long seed) {
    this.random = new Random(seed);
  }

  public Id id() {
    return new Id(random.nextLong(), random.nextLong());
  }

  public Sha256 digest() {
    return Sha256.of(id().bytes());
  }

  /// Rises by a second with each call.
  public Instant time() {
    return BEGIN.plusSeconds(count++);
  }

  public Name name() {
    return new Name("n" + count++ + "-" + Integer.toUnsignedString(random.nextInt(), 36));
  }

  public Person person() {
    return new Person(
        id(), name(), Optional.empty(), Optional.empty(), Set.of((int) count++ + 5000));
  }

  public Owner owner(Person accountable) {
    return new Owner(
        id(),
        name(),
        new Owner.Contact("Team \"Ö\"\n2", "team@example.org"),
        accountable.id(),
        Optional.empty(),
        OwnerState.ACTIVE,
        time());
  }

  public Subject agent(Owner owner) {
    return subject(SubjectKind.AGENT, owner, name());
  }

  public Subject subject(SubjectKind kind, Owner owner, Name name) {
    return new Subject(
        id(),
        new Subject.Handle(kind, owner.id(), owner.name(), name),
        SubjectState.ACTIVE,
        7,
        new SvidProfile(
            Duration.ofMinutes(10), List.of("a.example.org", "b.example.org"), "hint", true),
        new Governance(
            "pays invoices",
            new Governance.Scope(List.of("ledger"), List.of("secret", "public"), "weekdays"),
            new Governance.Authority(
                List.of("payer"),
                List.of("reader"),
                List.of(
                    new Governance.Standing(
                        "close-month", List.of("payer", "reader"), Duration.ofHours(1), "10 EUR"))),
            new Governance.Approvals(List.of("above 100"), List.of("ada")),
            new Governance.Assurance(CodeAssurance.FILE, Isolation.OWN_UID),
            new Governance.Life(
                Optional.of(Duration.ofDays(1)), Optional.of(time()), Optional.empty())),
        time());
  }

  public Registration registration(Subject subject, NodeSelection nodes) {
    return new Registration(
        id(),
        subject.id(),
        Set.of(Selector.parse("unix:uid:1000"), Selector.parse("unix:path:/opt/a b:c")),
        nodes,
        time());
  }

  public Node node() {
    return new Node(
        id(),
        NodeState.ACTIVE,
        new Node.Origin("join_token", Map.of("region", "eu west", "rack", "7"), time()),
        digest(),
        new Node.Presence(Optional.of(id()), "host", "credence 0.1", time(), time()));
  }

  public JoinTokenRecord token() {
    return new JoinTokenRecord(digest(), Map.of("region", "eu"), time(), Optional.empty());
  }

  public ProcessSeen.Mark mark() {
    // High bits set: the kernel's numbers are unsigned.
    return new ProcessSeen.Mark(
        new ProcessSeen.Instance(
            "boot-" + count++, -2L, 1 + random.nextInt(1 << 22), random.nextLong()),
        random.nextLong(),
        random.nextLong(),
        new ProcessSeen.Image(random.nextLong(), random.nextLong(), random.nextLong()));
  }

  public Attestation attestation(ProcessSeen.Mark mark) {
    return new Attestation(
        new ProcessSeen(mark, -2, 1000, "/opt/agent (deleted)"),
        List.of(
            Evidence.of(Selector.parse("unix:uid:1000"), "SO_PEERCRED"),
            Evidence.of(
                Selector.parse("unix:path:/opt/a b:c"), CodeAssurance.FILE, "/proc/PID/exe")),
        CodeAssurance.FILE,
        Isolation.SHARED_UID);
  }

  public Execution execution(Registration registration, Node node) {
    return new Execution(
        id(),
        ExecutionKind.PROCESS,
        new Execution.Host(registration.subjectId(), registration.id(), node.id()),
        attestation(mark()),
        time(),
        Optional.empty());
  }

  public Execution ended(Execution running) {
    return running.ended(new Execution.End(time(), "process-exited"));
  }

  public CertificateRecord certificate(CertificateRecord.Holder holder) {
    return certificate(digest(), holder);
  }

  public CertificateRecord certificate(Sha256 key, CertificateRecord.Holder holder) {
    Instant now = time();
    return new CertificateRecord(
        digest().toString().substring(0, 32),
        key,
        holder,
        now,
        now.plusSeconds(600),
        Optional.of(id()));
  }

  public NewEvent event(EventKind kind, Optional<Id> subject) {
    return new NewEvent(
        kind,
        new Actor.LocalUid(1000),
        new NewEvent.About(Optional.of(id()), subject, Optional.of(id()), Optional.empty()),
        Map.of("reason", "because \"of\" it", "count", "2"),
        Optional.of(new RequestId(id())));
  }

  public Requests.Answer answer(String actor) {
    return new Requests.Answer(
        actor, new RequestId(id()), digest(), new Requests.Bytes(id().bytes()), time());
  }

  public AuthorityRecord authority(AuthorityState state) {
    Instant at = time();
    return new AuthorityRecord(
        id(),
        new Id(7, 7),
        AuthorityKind.X509,
        state,
        new AuthorityRecord.Material("PEM", at, at.plusSeconds(1000)),
        3,
        new AuthorityRecord.Times(at, at));
  }
}
