package dev.credence.server.core.testing;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.OidcSubject;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.PublishedCrl;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.model.ServerRecord;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.port.Administrators;
import dev.credence.server.core.port.Authorities;
import dev.credence.server.core.port.Bars;
import dev.credence.server.core.port.Events;
import dev.credence.server.core.port.Executions;
import dev.credence.server.core.port.Inventory;
import dev.credence.server.core.port.Meta;
import dev.credence.server.core.port.NodeTraces;
import dev.credence.server.core.port.Nodes;
import dev.credence.server.core.port.Owners;
import dev.credence.server.core.port.Requests;
import dev.credence.server.core.port.Revoked;
import dev.credence.server.core.port.Servers;
import dev.credence.server.core.port.Sets;
import dev.credence.server.core.port.Subjects;
import dev.credence.server.core.port.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The tables of a [MemoryStore] behind the ports. One thread.
final class MemoryTransaction implements Transaction {
  final Deque<Runnable> undo = Table.undoLog();
  final List<Runnable> afterCommit = new ArrayList<>();

  private final Table<Id, Owner> owners = new Table<>(undo);
  private final Table<Id, Person> persons = new Table<>(undo);
  private final Table<Id, Subject> subjects = new Table<>(undo);
  private final Table<Id, Registration> registrations = new Table<>(undo);
  // Removed ones too.
  private final Table<Id, Registration> ofRegistrars = new Table<>(undo);
  private final Table<SpentKey, SpentName> spentNames = new Table<>(undo);
  private final Table<Id, SetMember> setMembers = new Table<>(undo);
  private final Table<Id, Node> nodes = new Table<>(undo);
  private final Table<Sha256, JoinTokenRecord> tokens = new Table<>(undo);
  private final Table<Id, Execution> executions = new Table<>(undo);
  private final Table<String, CertificateRecord> certificates = new Table<>(undo);
  private final Table<Id, AuthorityRecord> authorities = new Table<>(undo);
  private final Table<Sha256, CertificateRecord> certificatesByKey = new Table<>(undo);
  private final Table<Id, Administrator> administrators = new Table<>(undo);
  private final Table<Id, Bar> bars = new Table<>(undo);
  private final Table<BarUid, Boolean> barUids = new Table<>(undo);
  private final Table<Id, Boolean> held = new Table<>(undo);
  private final Table<Start, Settled> starts = new Table<>(undo);
  private final Table<String, Renewed> renewals = new Table<>(undo);
  private final Table<Id, Sha256> decidedKeys = new Table<>(undo);
  private final Table<String, RevokedCertificate> revoked = new Table<>(undo);
  private final Table<Long, Event> events = new Table<>(undo);
  private final Table<UnregisteredSum.Key, UnregisteredSum> inventory = new Table<>(undo);
  private final Table<Id, ServerRecord> servers = new Table<>(undo);
  private final Table<Id, NodeLink> links = new Table<>(undo);
  private final Table<Id, PublishedCrl> crls = new Table<>(undo);
  private final Table<AnswerKey, Requests.Answer> answers = new Table<>(undo);
  private final Table<String, Object> meta = new Table<>(undo);

  private record SpentKey(Id owner, SubjectKind kind, Name name) {}

  private record BarUid(Id bar, int uid) {}

  private record Start(Id node, Id start) {}

  private record Settled(Id start, Instant at, int returned) {}

  private record Renewed(Id node, String from, String to, boolean used) {}

  private record AnswerKey(String actor, RequestId id) {}

  MemoryTransaction(Id epoch) {
    meta.insert("epoch", epoch);
    meta.insert("number", 0L);
  }

  @Override
  public Owners owners() {
    return new OwnersTable();
  }

  @Override
  public Subjects subjects() {
    return new SubjectsTable();
  }

  @Override
  public Nodes nodes() {
    return new NodesTable();
  }

  @Override
  public Executions executions() {
    return new ExecutionsTable();
  }

  @Override
  public Authorities authorities() {
    return new AuthoritiesTable();
  }

  @Override
  public Bars bars() {
    return new BarsTable();
  }

  @Override
  public Administrators administrators() {
    return new AdministratorsTable();
  }

  @Override
  public NodeTraces nodeTraces() {
    return new NodeTracesTable();
  }

  @Override
  public Servers servers() {
    return new ServersTable();
  }

  @Override
  public Revoked revoked() {
    return new RevokedTable();
  }

  @Override
  public Events events() {
    return new EventsTable();
  }

  @Override
  public Requests requests() {
    return new RequestsTable();
  }

  @Override
  public Sets sets() {
    return new SetsTable();
  }

  @Override
  public Inventory inventory() {
    return new InventoryTable();
  }

  @Override
  public Meta meta() {
    return new MetaTable();
  }

  @Override
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  private static void unique(boolean holds, String what) {
    if (!holds) {
      throw new Table.Conflict("unique constraint failed: " + what);
    }
  }

  private static void present(boolean holds, String what) {
    if (!holds) {
      throw new Table.Conflict("foreign key constraint failed: " + what);
    }
  }

  private static <T> Page<T> page(String list, List<T> all, Page.Request request) {
    int from = request.after().map(token -> place(list, token)).orElse(0);
    int to = Math.min(all.size(), from + request.size());
    return new Page<>(
        all.subList(Math.min(from, all.size()), to),
        to < all.size() ? Optional.of(list + ":" + to) : Optional.empty());
  }

  private static int place(String list, String token) {
    if (!token.matches(list + ":[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "page token: \"" + token + "\" (expected: the one that came with the page before)");
    }
    return Integer.parseInt(token.substring(list.length() + 1));
  }

  private final class OwnersTable implements Owners {
    @Override
    public void insert(Owner owner) {
      unique(owners.first(other -> other.name().equals(owner.name())).isEmpty(), "owner.name");
      present(persons.get(owner.accountable()).isPresent(), "owner.accountable");
      owners.insert(owner.id(), owner);
    }

    @Override
    public void insert(Person person) {
      unique(persons.first(other -> clash(person, other)).isEmpty(), "person");
      persons.insert(person.id(), person);
    }

    private static boolean clash(Person one, Person other) {
      return !one.id().equals(other.id())
          && (one.name().equals(other.name())
              || (one.oidc().isPresent() && one.oidc().equals(other.oidc()))
              || (one.administrator().isPresent()
                  && one.administrator().equals(other.administrator()))
              || one.localUids().stream().anyMatch(other.localUids()::contains));
    }

    @Override
    public void update(Person person) {
      unique(persons.first(other -> clash(person, other)).isEmpty(), "person");
      persons.replace(person.id(), person);
    }

    @Override
    public void update(Owner owner) {
      present(persons.get(owner.accountable()).isPresent(), "owner.accountable");
      owners.replace(owner.id(), owner);
    }

    @Override
    public void remove(Person person) {
      present(
          owners.first(owner -> owner.accountable().equals(person.id())).isEmpty(),
          "owner.accountable");
      persons.remove(person.id());
    }

    @Override
    public Page<Person> persons(Page.Request request) {
      return page("persons", persons.stream().toList(), request);
    }

    @Override
    public Optional<Person> personOf(OidcSubject account) {
      return persons.first(person -> person.oidc().equals(Optional.of(account)));
    }

    @Override
    public Optional<Person> personOfAdministrator(Name name) {
      return persons.first(person -> person.administrator().equals(Optional.of(name)));
    }

    @Override
    public Optional<Owner> find(Id id) {
      return owners.get(id);
    }

    @Override
    public Optional<Owner> find(Name name) {
      return owners.first(owner -> owner.name().equals(name));
    }

    @Override
    public Page<Owner> list(Page.Request request) {
      return page("owners", all(), request);
    }

    @Override
    public List<Owner> all() {
      return owners.stream().toList();
    }

    @Override
    public Optional<Person> person(Id id) {
      return persons.get(id);
    }

    @Override
    public Optional<Person> person(Name name) {
      return persons.first(person -> person.name().equals(name));
    }

    @Override
    public Optional<Person> personOfUid(int uid) {
      return persons.first(person -> person.localUids().contains(uid));
    }
  }

  private final class SubjectsTable implements Subjects {
    @Override
    public void insert(Subject subject) {
      var handle = subject.handle();
      unique(find(handle.kind(), handle.owner(), handle.name()).isEmpty(), "subject.handle");
      present(owners.get(handle.ownerId()).isPresent(), "subject.owner");
      subjects.insert(subject.id(), subject);
    }

    @Override
    public void insert(Registration registration) {
      present(subjects.get(registration.subjectId()).isPresent(), "registration.subject");
      registrations.insert(registration.id(), registration);
      if (registration.byRegistrar()) {
        ofRegistrars.insert(registration.id(), registration);
      }
    }

    @Override
    public void update(Subject subject) {
      var handle = subject.handle();
      unique(
          find(handle.kind(), handle.owner(), handle.name())
              .filter(other -> !other.id().equals(subject.id()))
              .isEmpty(),
          "subject.handle");
      present(owners.get(handle.ownerId()).isPresent(), "subject.owner");
      subjects.replace(subject.id(), subject);
    }

    @Override
    public long countOf(Id owner) {
      return of(owner).stream().filter(it -> it.state() != SubjectState.RETIRED).count();
    }

    @Override
    public long countRegistrationsOf(Id owner) {
      return of(owner).stream()
          .filter(it -> it.state() != SubjectState.RETIRED)
          .mapToLong(it -> registrationsOf(it.id()).size())
          .sum();
    }

    @Override
    public void hold(Id subject, boolean holding) {
      present(subjects.get(subject).isPresent(), "subject");
      if (held.get(subject).isPresent()) {
        held.remove(subject);
      }
      held.insert(subject, holding);
    }

    @Override
    public boolean isHeld(Id subject) {
      return held.get(subject).orElse(false);
    }

    @Override
    public void remove(Registration registration, Instant at) {
      present(registrations.get(registration.id()).isPresent(), "registration");
      registrations.remove(registration.id());
    }

    @Override
    public void insert(SpentName name) {
      present(subjects.get(name.subject()).isPresent(), "spent_name.subject");
      spentNames.insert(new SpentKey(name.owner(), name.kind(), name.name()), name);
    }

    @Override
    public Optional<SpentName> spent(Id owner, SubjectKind kind, Name name) {
      return spentNames.get(new SpentKey(owner, kind, name));
    }

    @Override
    public List<Subject> of(Id owner) {
      return subjects.where(subject -> subject.handle().ownerId().equals(owner));
    }

    @Override
    public Optional<Subject> find(Id id) {
      return subjects.get(id);
    }

    @Override
    public Optional<Subject> find(SubjectKind kind, Name owner, Name name) {
      return subjects.first(subject ->
          subject.handle().kind() == kind
              && subject.handle().owner().equals(owner)
              && subject.handle().name().equals(name));
    }

    @Override
    public List<Subject> changedAfter(long revision) {
      return subjects.where(subject -> subject.revision() > revision).stream()
          .sorted(java.util.Comparator.comparingLong(Subject::revision))
          .toList();
    }

    @Override
    public List<Subject> named(SubjectKind kind, Name name) {
      return subjects.where(
          subject -> subject.handle().kind() == kind && subject.handle().name().equals(name));
    }

    @Override
    public Page<Subject> list(SubjectKind kind, Page.Request request) {
      return page("subjects", subjects.where(it -> it.handle().kind() == kind), request);
    }

    @Override
    public List<Subject> all() {
      return subjects.stream().toList();
    }

    @Override
    public Optional<Registration> registration(Id id) {
      return registrations.get(id);
    }

    @Override
    public List<Registration> registrationsOf(Id subject) {
      return registrations.where(it -> it.subjectId().equals(subject));
    }

    @Override
    public List<Registration> allRegistrations() {
      return registrations.stream().toList();
    }
  }

  private final class NodesTable implements Nodes {
    @Override
    public void insert(Node node) {
      unique(byKey(node.key()).isEmpty(), "node.key");
      nodes.insert(node.id(), node);
    }

    @Override
    public void update(Node node) {
      nodes.replace(node.id(), node);
    }

    @Override
    public void insert(JoinTokenRecord token) {
      tokens.insert(token.secretDigest(), token);
    }

    @Override
    public void forgetTokens(Instant expiredBefore, int limit) {
      tokens.stream()
          .filter(it -> it.expiresAt().isBefore(expiredBefore))
          .limit(limit)
          .toList()
          .forEach(it -> tokens.remove(it.secretDigest()));
    }

    @Override
    public int voidTokens(String by, Instant at) {
      List<JoinTokenRecord> open =
          tokens.stream()
              .filter(it -> it.origin().by().equals(by) && it.expiresAt().isAfter(at))
              .filter(it -> it.redeemed().isEmpty() && it.origin().voidedAt().isEmpty())
              .toList();
      open.forEach(it ->
          tokens.replace(
              it.secretDigest(),
              new JoinTokenRecord(
                  it.secretDigest(),
                  it.labels(),
                  it.expiresAt(),
                  it.redeemed(),
                  new JoinTokenRecord.Origin(by, Optional.of(at)))));
      return open.size();
    }

    @Override
    public void update(JoinTokenRecord token) {
      tokens.replace(token.secretDigest(), token);
    }

    @Override
    public Optional<Node> find(Id id) {
      return nodes.get(id);
    }

    @Override
    public Optional<Node> byKey(Sha256 key) {
      return nodes.first(node -> node.key().equals(key));
    }

    @Override
    public Page<Node> list(Page.Request request) {
      return page("nodes", all(), request);
    }

    @Override
    public List<Node> all() {
      return nodes.stream().toList();
    }

    @Override
    public Optional<JoinTokenRecord> token(Sha256 secretDigest) {
      return tokens.get(secretDigest);
    }
  }

  private final class ExecutionsTable implements Executions {
    @Override
    public void insert(Execution execution) {
      var host = execution.host();
      unique(
          !execution.running()
              || running(host.nodeId(), host.subjectId(), execution.attestation().process().mark())
                  .isEmpty(),
          "execution.mark");
      present(subjects.get(host.subjectId()).isPresent(), "execution.subject");
      present(nodes.get(host.nodeId()).isPresent(), "execution.node");
      executions.insert(execution.id(), execution);
    }

    @Override
    public void update(Execution execution) {
      if (!executions.get(execution.id()).map(Execution::running).orElse(false)) {
        throw new IllegalStateException("execution " + execution.id() + ": not there, or ended");
      }
      executions.replace(execution.id(), execution);
    }

    @Override
    public void insert(CertificateRecord certificate) {
      Optional<Id> execution = certificate.holder().execution();
      unique(
          execution.isEmpty()
              || certificateOfKey(certificate.spki())
                  .filter(other -> other.holder().execution().isPresent())
                  .isEmpty(),
          "certificate.spki");
      present(execution.isEmpty() || executions.get(execution.get()).isPresent(), "certificate");
      certificates.insert(certificate.serial(), certificate);
      if (certificatesByKey.get(certificate.spki()).isPresent()) {
        certificatesByKey.replace(certificate.spki(), certificate);
      } else {
        certificatesByKey.insert(certificate.spki(), certificate);
      }
    }

    @Override
    public Optional<Execution> find(Id id) {
      return executions.get(id);
    }

    @Override
    public Optional<Execution> running(Id node, Id subject, ProcessSeen.Mark mark) {
      return executions.first(it ->
          it.running()
              && it.host().nodeId().equals(node)
              && it.host().subjectId().equals(subject)
              && it.attestation().process().mark().equals(mark));
    }

    @Override
    public List<Execution> runningOn(Id node) {
      return executions.where(it -> it.running() && it.host().nodeId().equals(node));
    }

    @Override
    public List<Execution> runningAs(ProcessSeen.Instance instance) {
      return executions.where(
          it -> it.running() && it.attestation().process().mark().instance().equals(instance));
    }

    @Override
    public List<Execution> runningOf(Id subject) {
      return executions.where(it -> it.running() && it.host().subjectId().equals(subject));
    }

    @Override
    public List<Execution> outlived(Instant at, int most) {
      return executions.stream()
          .filter(it -> it.running() && it.tie().lifetime() == Lifetime.SVID)
          .filter(
              it -> newestCertificate(it.id()).filter(one -> one.notAfter().isAfter(at)).isEmpty())
          .limit(most)
          .toList();
    }

    @Override
    public int countDetached(Id node, Id subject) {
      return (int)
          runningOn(node).stream()
              .filter(it -> it.host().subjectId().equals(subject) && it.isDetached())
              .count();
    }

    @Override
    public void move(Id id, Id registration) {
      var it = executions.get(id).filter(Execution::running).orElseThrow();
      executions.replace(id, it.through(registration));
    }

    @Override
    public long countRunning() {
      return executions.stream().filter(Execution::running).count();
    }

    @Override
    public Set<Id> hosts() {
      return executions.stream()
          .filter(Execution::running)
          .map(it -> it.host().nodeId())
          .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public long countRunningOn(Id node) {
      return runningOn(node).size();
    }

    @Override
    public Page<Execution> list(Executions.Filter filter, Page.Request request) {
      return page(
          "executions",
          executions.where(it ->
              (filter.ended() || it.running())
                  && filter.subject().map(it.host().subjectId()::equals).orElse(true)),
          request);
    }

    @Override
    public int countValid(Id execution, int newest, Instant validAt, Instant since) {
      List<CertificateRecord> all =
          certificates.where(it -> it.holder().execution().equals(Optional.of(execution)));
      return (int)
          all.reversed().stream()
              .limit(newest)
              .filter(it -> it.authority().equals(all.getLast().authority()))
              .filter(it -> it.notAfter().isAfter(validAt) && !it.notBefore().isBefore(since))
              .count();
    }

    @Override
    public int countValidOfNode(Id node, int most, Instant validAt) {
      return (int)
          certificates.stream()
              .filter(it ->
                  it.holder().node().equals(Optional.of(node)) && it.notAfter().isAfter(validAt))
              .limit(most)
              .count();
    }

    @Override
    public boolean isCertified(Sha256 spki) {
      return certificateOfKey(spki).isPresent() || nodes().byKey(spki).isPresent();
    }

    @Override
    public Optional<CertificateRecord> certificateOfKey(Sha256 spki) {
      return certificatesByKey.get(spki);
    }

    @Override
    public Optional<CertificateRecord> newestCertificate(Id execution) {
      return certificates.stream()
          .filter(it -> it.holder().execution().equals(Optional.of(execution)))
          .reduce((older, newer) -> newer);
    }
  }

  private final class ServersTable implements Servers {
    @Override
    public void begin(ServerRecord server) {
      put(servers, server.id(), server);
      links.where(link -> link.server().equals(server.id())).forEach(this::close);
    }

    private static <V> void put(Table<Id, V> table, Id id, V value) {
      if (table.get(id).isPresent()) {
        table.replace(id, value);
      } else {
        table.insert(id, value);
      }
    }

    @Override
    public void update(ServerRecord server) {
      servers.replace(server.id(), server);
    }

    @Override
    public void open(NodeLink link) {
      present(nodes.get(link.node()).isPresent(), "node_link.node");
      present(servers.get(link.server()).isPresent(), "node_link.server");
      put(links, link.node(), link);
    }

    @Override
    public void close(Id node, Id stream) {
      links.get(node).filter(link -> link.stream().equals(stream)).ifPresent(this::close);
    }

    private void close(NodeLink link) {
      links.replace(
          link.node(),
          new NodeLink(link.node(), link.stream(), link.server(), false, link.acknowledged()));
    }

    @Override
    public void acknowledged(Id node, Id stream, long sequence) {
      links
          .get(node)
          .filter(link -> link.stream().equals(stream) && link.acknowledged() < sequence)
          .ifPresent(link ->
              links.replace(
                  node, new NodeLink(node, stream, link.server(), link.open(), sequence)));
    }

    @Override
    public void publish(PublishedCrl list) {
      present(authorities.get(list.authority()).isPresent(), "crl.authority");
      put(crls, list.authority(), list);
    }

    @Override
    public List<ServerRecord> all() {
      return servers.stream().toList();
    }

    @Override
    public Optional<NodeLink> link(Id node) {
      return links.get(node);
    }

    @Override
    public List<NodeLink> links() {
      return links.stream().toList();
    }

    @Override
    public Optional<PublishedCrl> crl(Id authority) {
      return crls.get(authority);
    }
  }

  private final class AuthoritiesTable implements Authorities {
    @Override
    public void insert(AuthorityRecord authority) {
      requireOneActive(authority);
      authorities.insert(authority.id(), authority);
    }

    @Override
    public void update(AuthorityRecord authority) {
      requireOneActive(authority);
      authorities.replace(authority.id(), authority);
    }

    private void requireOneActive(AuthorityRecord authority) {
      unique(
          authority.state() != AuthorityState.ACTIVE
              || authorities
                  .first(other ->
                      !other.id().equals(authority.id())
                          && other.state() == AuthorityState.ACTIVE
                          && other.server().equals(authority.server())
                          && other.kind() == authority.kind())
                  .isEmpty(),
          "authority.active");
    }

    @Override
    public Optional<AuthorityRecord> find(Id id) {
      return authorities.get(id);
    }

    @Override
    public List<AuthorityRecord> all() {
      return authorities.stream().toList();
    }

    @Override
    public long bundleSequence() {
      return new MetaTable().value("bundle", Long.class::cast).orElse(1L);
    }

    @Override
    public long nextBundleSequence() {
      long next = bundleSequence() + 1;
      new MetaTable().put("bundle", next);
      return next;
    }

    @Override
    public long countLive(Id authority, Instant now) {
      return live(authority, now, Integer.MAX_VALUE).size();
    }

    @Override
    public List<CertificateRecord> live(Id authority, Instant now, int limit) {
      Optional<Id> first = authorities.stream().findFirst().map(AuthorityRecord::id);
      var executionTable = new ExecutionsTable();
      return Stream.of(
              executions.stream()
                  .filter(Execution::running)
                  .flatMap(it -> executionTable.newestCertificate(it.id()).stream()),
              nodes.stream()
                  .filter(node -> node.state() == NodeState.ACTIVE)
                  .flatMap(node -> certificatesByKey.get(node.key()).stream()),
              administrators.stream()
                  .filter(it -> it.state() == AdministratorState.ACTIVE)
                  .flatMap(it -> it.key().stream())
                  .flatMap(key -> certificatesByKey.get(key.digest()).stream()))
          .flatMap(certificates -> certificates)
          .filter(it -> it.notAfter().isAfter(now))
          .filter(it -> it.authority().or(() -> first).equals(Optional.of(authority)))
          .limit(limit)
          .toList();
    }
  }

  private final class BarsTable implements Bars {
    @Override
    public void insert(Bar bar) {
      unique(inForce(bar.scope().nodeId(), bar.scope().subjectId()).isEmpty(), "bar in force");
      present(executions.get(bar.scope().executionId()).isPresent(), "bar.execution");
      present(nodes.get(bar.scope().nodeId()).isPresent(), "bar.node");
      present(subjects.get(bar.scope().subjectId()).isPresent(), "bar.subject");
      bars.insert(bar.id(), bar);
    }

    @Override
    public void bind(Bar bar, int uid) {
      if (barUids.get(new BarUid(bar.id(), uid)).isEmpty()) {
        barUids.insert(new BarUid(bar.id(), uid), true);
      }
    }

    @Override
    public Optional<Bar> inForceFor(Id node, int uid) {
      return inForceOn(node).stream()
          .filter(it -> barUids.get(new BarUid(it.id(), uid)).isPresent())
          .findFirst();
    }

    @Override
    public void lift(Bar bar) {
      present(find(bar.id()).filter(it -> it.lifted().isEmpty()).isPresent(), "bar in force");
      bars.replace(bar.id(), bar);
    }

    @Override
    public Optional<Bar> find(Id id) {
      return bars.get(id);
    }

    @Override
    public Optional<Bar> inForce(Id node, Id subject) {
      return inForceOn(node).stream()
          .filter(it -> it.scope().subjectId().equals(subject))
          .findFirst();
    }

    @Override
    public List<Bar> inForceOn(Id node) {
      return bars.where(it -> it.lifted().isEmpty() && it.scope().nodeId().equals(node));
    }

    @Override
    public Page<Bar> list(boolean lifted, Page.Request request) {
      return page("bars", bars.where(it -> lifted || it.lifted().isEmpty()), request);
    }
  }

  private final class AdministratorsTable implements Administrators {
    @Override
    public void insert(Administrator administrator) {
      requireUnused(administrator);
      if (find(administrator.name()).isPresent()) {
        throw new IllegalStateException("name used twice");
      }
      administrators.insert(administrator.id(), administrator);
    }

    @Override
    public void update(Administrator administrator) {
      requireUnused(administrator);
      boolean removed =
          administrators.get(administrator.id()).orElseThrow().state()
              == AdministratorState.REMOVED;
      if (removed) {
        throw new IllegalStateException("removed");
      }
      administrators.replace(administrator.id(), administrator);
    }

    private void requireUnused(Administrator administrator) {
      boolean used =
          administrator.key().flatMap(key -> byKey(key.digest())).stream()
              .anyMatch(other -> !other.id().equals(administrator.id()));
      if (used) {
        throw new IllegalStateException("key used twice");
      }
    }

    @Override
    public Optional<Administrator> find(Id id) {
      return administrators.get(id);
    }

    @Override
    public Optional<Administrator> find(Name name) {
      return administrators.where(it -> it.name().equals(name)).stream().findFirst();
    }

    @Override
    public Optional<Administrator> byToken(Sha256 secretDigest) {
      return administrators
          .where(it -> it.token().filter(t -> t.secretDigest().equals(secretDigest)).isPresent())
          .stream()
          .findFirst();
    }

    @Override
    public Optional<Administrator> byKey(Sha256 key) {
      return administrators
          .where(it -> it.key().filter(pinned -> pinned.digest().equals(key)).isPresent())
          .stream()
          .findFirst();
    }

    @Override
    public Page<Administrator> list(Page.Request request) {
      return page("administrators", administrators.where(_ -> true), request);
    }
  }

  private final class NodeTracesTable implements NodeTraces {
    @Override
    public void settled(Id node, Id start, Instant at) {
      unique(!hasSettled(node, start), "node_start");
      starts.insert(new Start(node, start), new Settled(start, at, 0));
    }

    @Override
    public Optional<Id> newestStart(Id node) {
      return newest(node).map(Settled::start);
    }

    private Optional<Settled> newest(Id node) {
      return starts
          .keys()
          .filter(it -> it.node().equals(node))
          .reduce((older, newer) -> newer)
          .flatMap(starts::get);
    }

    @Override
    public Optional<Instant> newestSettledAt(Id node) {
      return newest(node).map(Settled::at);
    }

    @Override
    public int returned(Id node, Id start) {
      var key = new Start(node, start);
      Settled before = starts.get(key).orElseThrow();
      starts.replace(key, new Settled(start, before.at(), before.returned() + 1));
      return before.returned() + 1;
    }

    @Override
    public boolean hasSettled(Id node, Id start) {
      return starts.get(new Start(node, start)).isPresent();
    }

    @Override
    public void renewed(Id node, String fromSerial, String toSerial) {
      renewals.insert(toSerial, new Renewed(node, fromSerial, toSerial, false));
    }

    @Override
    public void used(Id node, String serial) {
      renewals
          .get(serial)
          .filter(it -> it.node().equals(node))
          .ifPresent(it -> renewals.replace(serial, new Renewed(node, it.from(), it.to(), true)));
    }

    @Override
    public Optional<String> usedSuccessor(Id node, String serial) {
      return renewals
          .first(it -> it.node().equals(node) && it.from().equals(serial) && it.used())
          .map(Renewed::to);
    }

    @Override
    public Optional<String> usedTwin(Id node, String serial) {
      return renewals
          .get(serial)
          .filter(it -> it.node().equals(node))
          .flatMap(self ->
              renewals.first(it ->
                  it.node().equals(node)
                      && it.from().equals(self.from())
                      && !it.to().equals(serial)
                      && it.used()))
          .map(Renewed::to);
    }

    @Override
    public void decided(Id node, Sha256 key) {
      if (decidedKeys.get(node).isPresent()) {
        decidedKeys.replace(node, key);
      } else {
        decidedKeys.insert(node, key);
      }
    }

    @Override
    public boolean isDecided(Id node, Sha256 key) {
      return decidedKeys.get(node).equals(Optional.of(key));
    }

    @Override
    public void forget(Id node) {
      starts.keys().filter(it -> it.node().equals(node)).toList().forEach(starts::remove);
      renewals.where(it -> it.node().equals(node)).forEach(it -> renewals.remove(it.to()));
    }
  }

  private final class RevokedTable implements Revoked {
    @Override
    public void add(RevokedCertificate certificate) {
      if (revoked.get(certificate.serial()).isEmpty()) {
        revoked.insert(certificate.serial(), certificate);
      }
    }

    @Override
    public List<RevokedCertificate> unexpired(Instant at, int limit) {
      return unexpired(false, at, limit);
    }

    @Override
    public List<RevokedCertificate> unexpiredOfNodes(Instant at, int limit) {
      return unexpired(true, at, limit);
    }

    private List<RevokedCertificate> unexpired(boolean ofNodes, Instant at, int limit) {
      return revoked.stream()
          .filter(it -> it.ofNode() == ofNodes && it.notAfter().isAfter(at))
          .sorted(Comparator.comparing(RevokedCertificate::notAfter).reversed())
          .limit(limit)
          .toList();
    }

    @Override
    public long last() {
      return revoked.size();
    }

    @Override
    public List<CertificateRecord> heldBy(Id execution, Instant at) {
      return certificates.where(it ->
          it.holder().execution().equals(Optional.of(execution)) && it.notAfter().isAfter(at));
    }

    @Override
    public List<CertificateRecord> endedOn(Id node, Ended ended) {
      return ended(ended, one -> one.host().nodeId().equals(node));
    }

    @Override
    public List<CertificateRecord> endedOn(Id node, Id subject, Ended ended) {
      return ended(
          ended, one -> one.host().nodeId().equals(node) && one.host().subjectId().equals(subject));
    }

    @Override
    public List<CertificateRecord> endedAs(Id node, int uid, Ended ended) {
      return ended(
          ended,
          one ->
              one.host().nodeId().equals(node)
                  && one.attestation().process().uid() == uid
                  && ofRegistrars.get(one.host().registrationId()).isPresent());
    }

    @Override
    public List<CertificateRecord> endedOf(Id subject, Ended ended) {
      return ended(ended, one -> one.host().subjectId().equals(subject));
    }

    private List<CertificateRecord> ended(Ended ended, Predicate<Execution> whose) {
      return certificates
          .where(it ->
              it.notAfter().isAfter(ended.at())
                  && it.holder()
                      .execution()
                      .flatMap(executions()::find)
                      .filter(whose)
                      .flatMap(Execution::end)
                      .filter(end -> !end.at().isBefore(ended.since()))
                      .isPresent())
          .stream()
          .sorted(Comparator.comparing(CertificateRecord::notAfter).reversed())
          .limit(ended.limit())
          .toList();
    }

    @Override
    public List<CertificateRecord> heldByNode(Sha256 key, Instant at) {
      return certificates.where(it ->
          it.spki().equals(key) && it.holder().execution().isEmpty() && it.notAfter().isAfter(at));
    }
  }

  private final class EventsTable implements Events {
    @Override
    public List<Event> ofKinds(long after, Set<EventKind> kinds, int limit) {
      return events.stream()
          .filter(it -> it.number() > after && kinds.contains(it.what().kind()))
          .limit(limit)
          .toList();
    }

    @Override
    public Optional<Instant> newest(EventKind kind, Id about) {
      return events.stream()
          .filter(it -> it.what().kind() == kind)
          .filter(it ->
              Stream.of(
                      it.what().about().owner(),
                      it.what().about().subject(),
                      it.what().about().node())
                  .anyMatch(Optional.of(about)::equals))
          .reduce((_, later) -> later)
          .map(Event::at);
    }

    @Override
    public Event append(NewEvent event, Instant at) {
      Event stored = new Event(last() + 1, at, event);
      events.insert(stored.number(), stored);
      return stored;
    }

    @Override
    public List<Event> list(Events.Filter filter, int limit) {
      if (limit < 1 || limit > 1000) {
        throw new IllegalArgumentException("events: " + limit + " (expected: 1 to 1000)");
      }
      return events.stream()
          .filter(it -> it.number() > filter.after())
          .filter(it -> filter.since().map(since -> !it.at().isBefore(since)).orElse(true))
          .filter(it -> filter.kind().map(kind -> it.what().kind() == kind).orElse(true))
          .filter(it ->
              filter.subject().isEmpty() || it.what().about().subject().equals(filter.subject()))
          .filter(it -> filter.node().isEmpty() || it.what().about().node().equals(filter.node()))
          .limit(limit)
          .toList();
    }

    @Override
    public long last() {
      return events.size();
    }
  }

  private final class RequestsTable implements Requests {
    @Override
    public void remember(Answer answer) {
      answers.insert(new AnswerKey(answer.actor(), answer.id()), answer);
    }

    @Override
    public void forget(Instant before, Instant after, int limit) {
      List<Answer> old =
          answers.stream()
              .filter(it -> it.at().isBefore(before) || it.at().isAfter(after))
              .sorted(Comparator.comparing(Answer::at))
              .limit(limit)
              .toList();
      old.forEach(it -> answers.remove(new AnswerKey(it.actor(), it.id())));
    }

    @Override
    public Optional<Answer> find(String actor, RequestId id) {
      return answers.get(new AnswerKey(actor, id));
    }
  }

  private final class MetaTable implements Meta {
    private <T> Optional<T> value(String key, Function<Object, T> as) {
      return meta.get(key).map(as);
    }

    private void put(String key, Object value) {
      if (meta.get(key).isPresent()) {
        meta.replace(key, value);
      } else {
        meta.insert(key, value);
      }
    }

    @Override
    public long nextRegistryNumber() {
      put("number", registryNumber() + 1);
      return registryNumber();
    }

    @Override
    public long nextCrlNumber(long atLeast) {
      long next = Math.max(atLeast, value("crl-number", Long.class::cast).orElse(0L) + 1);
      put("crl-number", next);
      return next;
    }

    @Override
    public void noteTime(Instant time) {
      if (highestTime().map(time::isAfter).orElse(true)) {
        put("time", time);
      }
    }

    @Override
    public void acceptTime(Instant time) {
      put("time", time);
    }

    @Override
    public void setTrustDomain(String name) {
      if (!trustDomain().orElse(name).equals(name)) {
        throw new IllegalStateException(
            "trust domain " + name + ": the database is of another one");
      }
      put("trust-domain", name);
    }

    @Override
    public Id epoch() {
      return value("epoch", Id.class::cast).orElseThrow();
    }

    @Override
    public long registryNumber() {
      return value("number", Long.class::cast).orElseThrow();
    }

    @Override
    public Optional<Instant> highestTime() {
      return value("time", Instant.class::cast);
    }

    @Override
    public Optional<String> trustDomain() {
      return value("trust-domain", String.class::cast);
    }
  }

  /// For tests that look behind the ports.
  int answers() {
    return answers.size();
  }

  private final class SetsTable implements Sets {
    @Override
    public void put(SetMember member) {
      setMembers.remove(member.thing());
      setMembers.insert(member.thing(), member);
    }

    @Override
    public Optional<Name> of(Id thing) {
      return setMembers.get(thing).map(SetMember::set);
    }

    @Override
    public List<SetMember> members(Name set) {
      return setMembers.where(member -> member.set().equals(set));
    }

    @Override
    public Page<SetMember> list(Optional<Name> set, Page.Request page) {
      return page(
          "sets", setMembers.where(it -> set.isEmpty() || it.set().equals(set.get())), page);
    }

    @Override
    public Page<SetMember> list(Optional<Name> set, Set<Id> owners, Page.Request page) {
      return page(
          "sets",
          setMembers.where(it ->
              (set.isEmpty() || it.set().equals(set.get()))
                  && owners.contains(
                      subjects
                          .get(it.thing())
                          .map(subject -> subject.handle().ownerId())
                          .orElse(it.thing()))),
          page);
    }
  }

  private final class InventoryTable implements Inventory {
    @Override
    public Page<UnregisteredSum> list(Filter filter, Page.Request request) {
      return page(
          "inventory",
          inventory.where(it ->
              !it.newest().at().isBefore(filter.since())
                  && (filter.node().isEmpty() || it.key().user().node().equals(filter.node()))),
          request);
    }

    @Override
    public Optional<UnregisteredSum> find(UnregisteredSum.Key key) {
      return inventory.get(key);
    }

    @Override
    public List<UnregisteredSum> of(UnregisteredSum.User user) {
      return inventory.where(it -> it.key().user().equals(user)).stream()
          .sorted(Comparator.comparingLong(it -> it.newest().event()))
          .toList();
    }

    private List<UnregisteredSum> ofUsers(Optional<Id> node) {
      return inventory.where(
          it -> it.key().user().node().equals(node) && it.key().user().uid().isPresent());
    }

    @Override
    public int countOn(Optional<Id> node) {
      return ofUsers(node).size();
    }

    @Override
    public OptionalLong heaviest(Optional<Id> node, UnregisteredSum.User next) {
      Map<UnregisteredSum.User, List<UnregisteredSum>> users =
          ofUsers(node).stream().collect(Collectors.groupingBy(it -> it.key().user()));
      return users.entrySet().stream()
          .min(
              Comparator.comparingInt((Map.Entry<UnregisteredSum.User, List<UnregisteredSum>> it) ->
                      -it.getValue().size() - (it.getKey().equals(next) ? 1 : 0))
                  .thenComparingLong(it ->
                      it.getValue().stream()
                          .mapToLong(row -> row.newest().event())
                          .max()
                          .orElse(0)))
          .map(it -> it.getKey().uid())
          .orElse(OptionalLong.empty());
    }

    @Override
    public void put(UnregisteredSum row) {
      if (inventory.get(row.key()).isPresent()) {
        inventory.replace(row.key(), row);
      } else {
        inventory.insert(row.key(), row);
      }
    }

    @Override
    public void remove(UnregisteredSum.Key key) {
      inventory.remove(key);
    }

    @Override
    public void forget(Instant before, int limit) {
      inventory.stream()
          .filter(it -> it.newest().at().isBefore(before))
          .sorted(Comparator.comparing(it -> it.newest().at()))
          .limit(limit)
          .map(UnregisteredSum::key)
          .toList()
          .forEach(inventory::remove);
    }
  }
}
