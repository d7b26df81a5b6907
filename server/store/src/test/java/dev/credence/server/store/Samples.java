package dev.credence.server.store;

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
import dev.credence.server.core.model.OidcSubject;
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

/// Domain values in which no two fields are equal by accident, from a seed: the same seed, the same
/// values.
final class Samples {
  private static final Instant BASE = Instant.parse("2026-03-01T10:00:00.123456789Z");

  private final Random random;
  private int count;

  Samples(long seed) {
    this.random = new Random(seed);
  }

  Id id() {
    return new Id(random.nextLong(), random.nextLong());
  }

  Name name() {
    return new Name("n" + count++ + "-" + Integer.toString(random.nextInt(1 << 20), 36));
  }

  Instant time() {
    return BASE.plusNanos(random.nextLong(1_000_000_000_000_000L));
  }

  Sha256 digest() {
    byte[] bytes = new byte[40];
    random.nextBytes(bytes);
    return Sha256.of(bytes);
  }

  /// Quotes, backslashes, newlines, other planes: whatever a text can hold.
  String text() {
    return "t"
        + count++
        + " \"q\" \\ \n é 漢 \ud83d\ude00 "
        + Integer.toString(random.nextInt(1 << 20), 36);
  }

  Person person() {
    return new Person(
        id(),
        name(),
        Optional.of(new OidcSubject("https://issuer/" + count++, text())),
        Optional.of(name()),
        uids());
  }

  Owner owner(Person accountable) {
    return new Owner(
        id(),
        name(),
        new Owner.Contact(text(), text()),
        accountable.id(),
        Optional.empty(),
        OwnerState.ACTIVE,
        time());
  }

  Subject subject(SubjectKind kind, Owner owner) {
    return new Subject(
        id(),
        new Subject.Handle(kind, owner.id(), owner.name(), name()),
        SubjectState.ACTIVE,
        random.nextLong(1 << 30),
        new SvidProfile(Duration.ofMinutes(10), List.of("a.example", "b.example"), text(), true),
        governance(),
        time());
  }

  Governance governance() {
    return new Governance(
        text(),
        new Governance.Scope(List.of(text(), text()), List.of(text()), text()),
        new Governance.Authority(
            List.of(text()),
            List.of(text(), text(), text()),
            List.of(
                new Governance.Standing(text(), List.of(text()), Duration.ofMillis(90_500), text()),
                new Governance.Standing(text(), List.of(), Duration.ZERO, ""))),
        new Governance.Approvals(List.of(text()), List.of(text(), text())),
        new Governance.Assurance(CodeAssurance.FILE, Isolation.OWN_UID),
        new Governance.Life(
            Optional.of(Duration.ofHours(7)), Optional.of(time()), Optional.of(time())));
  }

  Registration registration(Subject subject, NodeSelection nodes) {
    return new Registration(id(), subject.id(), selectors(), nodes, time());
  }

  private Set<Selector> selectors() {
    Selector first = selector();
    return Set.of(first, selector());
  }

  private Set<Integer> uids() {
    int first = random.nextInt(1 << 30);
    return Set.of(first, first + 1);
  }

  Selector selector() {
    return new Selector("unix", "path", "/opt/a:b/\"x y\" é" + count++);
  }

  Node node() {
    return new Node(
        id(),
        NodeState.ACTIVE,
        new Node.Origin("join", Map.of("zone", text(), "a\"b", ""), time()),
        digest(),
        new Node.Presence(Optional.of(id()), text(), text(), time(), time()));
  }

  JoinTokenRecord token() {
    return new JoinTokenRecord(digest(), Map.of("rack", text()), time(), Optional.empty());
  }

  ProcessSeen.Mark mark() {
    return new ProcessSeen.Mark(
        new ProcessSeen.Instance(
            "boot-" + count++, random.nextLong(), random.nextInt(1 << 22), random.nextLong()),
        random.nextLong(),
        random.nextLong(),
        new ProcessSeen.Image(random.nextLong(), random.nextLong(), random.nextLong()));
  }

  Attestation attestation(ProcessSeen.Mark mark) {
    return new Attestation(
        new ProcessSeen(mark, random.nextInt(1 << 30), random.nextInt(1 << 30), text()),
        List.of(
            new Evidence(selector(), Optional.of(CodeAssurance.FILE), text()),
            new Evidence(selector(), Optional.empty(), text())),
        CodeAssurance.CLAIMED,
        Isolation.SANDBOXED);
  }

  Execution execution(Registration registration, Node node) {
    return new Execution(
        id(),
        ExecutionKind.PROCESS,
        new Execution.Host(registration.subjectId(), registration.id(), node.id()),
        attestation(mark()),
        time(),
        Optional.empty());
  }

  Execution ended(Execution execution) {
    return new Execution(
        execution.id(),
        execution.kind(),
        execution.host(),
        execution.attestation(),
        execution.beganAt(),
        Optional.of(new Execution.End(time(), text())));
  }

  CertificateRecord certificate(CertificateRecord.Holder holder) {
    return certificate(digest(), holder);
  }

  CertificateRecord certificate(Sha256 key, CertificateRecord.Holder holder) {
    return new CertificateRecord(
        digest().toString().substring(0, 32), key, holder, time(), time(), Optional.of(id()));
  }

  NewEvent event(EventKind kind) {
    return new NewEvent(
        kind,
        new Actor.LocalUid(random.nextInt(1 << 30)),
        new NewEvent.About(
            Optional.of(id()), Optional.of(id()), Optional.of(id()), Optional.of(id())),
        Map.of("old", text(), "new", text()),
        Optional.of(new RequestId(id())));
  }

  Requests.Answer answer(String actor) {
    return new Requests.Answer(
        actor,
        new RequestId(id()),
        digest(),
        new Requests.Bytes(text().getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        time());
  }

  AuthorityRecord authority(AuthorityState state) {
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
