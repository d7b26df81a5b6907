package dev.credence.server.core.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.AdministratorRole;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.CertificateRecord.Holder;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.OidcSubject;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.PublishedCrl;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.model.ServerRecord;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.model.SvidProfile;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.model.UnregisteredSum.User;
import dev.credence.server.core.testing.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What use cases rely on. Each implementation of the ports extends it and gives a new, empty
/// store.
public abstract class StoreContract {
  private static final int WRITERS = 8;
  private static final int WRITES_EACH = 25;

  private final Samples samples = new Samples(20_260_504);
  private Store store;
  private Store second;

  /// Opens the database of this test, which is new and empty the first time; the second time it is
  /// as another server would open it beside the first. The test closes both.
  protected abstract Store open(Path folder) throws Exception;

  @BeforeEach
  final void openStore(@TempDir Path folder) throws Exception {
    store = open(folder);
    second = open(folder);
  }

  @AfterEach
  final void closeStore() {
    second.close();
    store.close();
  }

  /// An owner with an agent, a registration and a node.
  private record Rows(
      Person person, Owner owner, Subject agent, Registration registration, Node node) {}

  private Rows insertRows() {
    Person person = samples.person();
    Owner owner = samples.owner(person);
    Subject agent = samples.agent(owner);
    Rows rows =
        new Rows(
            person,
            owner,
            agent,
            samples.registration(agent, new NodeSelection.AnyNode()),
            samples.node());
    write(tx -> {
      tx.owners().insert(person);
      tx.owners().insert(owner);
      tx.subjects().insert(agent);
      tx.subjects().insert(rows.registration);
      tx.nodes().insert(rows.node);
    });
    return rows;
  }

  private void write(Consumer<Transaction> work) {
    boolean done =
        store.write(tx -> {
          work.accept(tx);
          return true;
        });
    assertThat(done).isTrue();
  }

  private <T> T read(Function<View, T> query) {
    return store.read(query::apply);
  }

  private <T> ObjectAssert<T> that(Function<View, T> query) {
    return assertThatObject(read(query));
  }

  private <T> ObjectAssert<T> thatWrite(Function<Transaction, T> work) {
    return assertThatObject(store.write(work::apply));
  }

  private void refusedByConstraint(Consumer<Transaction> work) {
    assertThatThrownBy(() -> write(work))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.outcome()).isEqualTo(StoreException.Outcome.NOTHING_WRITTEN));
  }

  // --- changes of what is there

  @Test
  void subject_isUpdated_inEverythingButItsNameAndKind() {
    Rows rows = insertRows();
    Owner other = samples.owner(rows.person);
    Subject like = samples.agent(other);
    Subject after =
        rows.agent
            .of(other)
            .in(SubjectState.SUSPENDED)
            .at(99)
            .saying(
                new SvidProfile(
                    Duration.ofMinutes(3), List.of(), "", !like.svid().jwt(), Lifetime.SVID),
                Governance.none());
    write(tx -> {
      tx.owners().insert(other);
      tx.subjects().update(after);
    });
    that(view -> view.subjects().find(after.id()).orElseThrow()).isEqualTo(after);
    that(view -> view.subjects().of(other.id())).isEqualTo(List.of(after));
    that(view -> view.subjects().of(rows.owner.id())).isEqualTo(List.of());
  }

  @Test
  void removedRegistration_isFoundByNobody_butExecutionsKeepIt() {
    Rows rows = insertRows();
    Registration second = samples.registration(rows.agent, new NodeSelection.AnyNode());
    Execution execution = samples.execution(rows.registration, rows.node);
    write(tx -> {
      tx.subjects().insert(second);
      tx.executions().insert(execution);
      tx.executions().move(execution.id(), second.id());
      tx.subjects().remove(rows.registration, samples.time());
    });
    that(view -> view.subjects().registration(rows.registration.id())).isEqualTo(Optional.empty());
    that(view -> view.subjects().registrationsOf(rows.agent.id())).isEqualTo(List.of(second));
    that(view -> view.subjects().allRegistrations()).isEqualTo(List.of(second));
    that(view ->
            view.executions().runningOf(rows.agent.id()).stream()
                .map(it -> it.host().registrationId())
                .toList())
        .isEqualTo(List.of(second.id()));
  }

  @Test
  void thing_belongsToTheSetItJoinedLast() {
    Rows rows = insertRows();
    var first = new SetMember(rows.agent.id(), new Name("first"));
    var second = new SetMember(rows.owner.id(), new Name("first"));
    write(tx -> {
      tx.sets().put(first);
      tx.sets().put(second);
    });
    that(view -> view.sets().of(rows.agent.id())).isEqualTo(Optional.of(first.set()));
    that(view -> view.sets().of(samples.id())).isEqualTo(Optional.empty());
    that(view -> view.sets().members(first.set())).isEqualTo(List.of(first, second));
    var moved = new SetMember(rows.agent.id(), new Name("second"));
    write(tx -> tx.sets().put(moved));
    that(view -> view.sets().members(first.set())).isEqualTo(List.of(second));
    assertThat(pagesOfSets(Optional.empty(), 5)).isEqualTo(List.of(second, moved));
  }

  @Test
  void setMembers_pagesGiveEachOnce_inTheOrderInWhichTheyJoined() {
    var mine = new Name("mine");
    List<SetMember> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      all.add(new SetMember(samples.id(), i % 3 == 0 ? new Name("theirs") : mine));
    }
    write(tx -> all.forEach(tx.sets()::put));
    List<SetMember> own = all.stream().filter(it -> it.set().equals(mine)).toList();
    for (int size = 1; size <= 8; size++) {
      assertThat(pagesOfSets(Optional.empty(), size)).isEqualTo(all);
      assertThat(pagesOfSets(Optional.of(mine), size)).isEqualTo(own);
    }
    var forged = new Page.Request(1, Optional.of("forged"));
    assertThatThrownBy(() -> read(view -> view.sets().list(Optional.of(mine), Set.of(), forged)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(view -> view.sets().list(Optional.of(mine), forged)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("page token");
  }

  @Test
  void setMembers_ofSomeOwners_fillTheirPages_whateverLiesBetween() {
    Rows rows = insertRows();
    var mine = new Name("mine");
    var agent = new SetMember(rows.agent.id(), mine);
    var owner = new SetMember(rows.owner.id(), new Name("theirs"));
    write(tx -> {
      strangers(tx, mine);
      tx.sets().put(agent);
      strangers(tx, mine);
      tx.sets().put(owner);
      strangers(tx, mine);
    });
    Set<Id> owners = Set.of(rows.owner.id());
    Page<SetMember> first = some(Optional.empty(), owners, Optional.empty());
    assertThat(first.items()).containsExactly(agent);
    assertThat(first.next()).isPresent();
    Page<SetMember> second = some(Optional.empty(), owners, first.next());
    assertThat(second.items()).containsExactly(owner);
    assertThat(second.next()).isEmpty();
    Page<SetMember> named = some(Optional.of(mine), owners, Optional.empty());
    assertThat(named.items()).containsExactly(agent);
    assertThat(named.next()).isEmpty();
    assertThat(some(Optional.empty(), Set.of(), Optional.empty()).next()).isEmpty();
  }

  // More than are read at a time.
  private void strangers(Transaction tx, Name set) {
    for (int i = 0; i < 1100; i++) {
      tx.sets().put(new SetMember(samples.id(), set));
    }
  }

  private Page<SetMember> some(Optional<Name> set, Set<Id> owners, Optional<String> after) {
    return read(view -> view.sets().list(set, owners, new Page.Request(1, after)));
  }

  private List<SetMember> pagesOfSets(Optional<Name> set, int size) {
    List<SetMember> all = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      var request = new Page.Request(size, next);
      Page<SetMember> page = read(view -> view.sets().list(set, request));
      assertThat(page.items()).hasSizeLessThanOrEqualTo(size);
      all.addAll(page.items());
      next = page.next();
    } while (next.isPresent());
    return all;
  }

  @Test
  void spentName_isSpentOnce() {
    Rows rows = insertRows();
    var spent =
        new SpentName(
            rows.owner.id(),
            SubjectKind.AGENT,
            rows.agent.handle().name(),
            rows.agent.id(),
            SpentName.Why.RETIRED,
            samples.time());
    write(tx -> tx.subjects().insert(spent));
    that(view -> view.subjects().spent(spent.owner(), spent.kind(), spent.name()))
        .isEqualTo(Optional.of(spent));
    that(view -> view.subjects().spent(spent.owner(), SubjectKind.SERVICE, spent.name()))
        .isEqualTo(Optional.empty());
    refusedByConstraint(tx -> tx.subjects().insert(spent));
  }

  @Test
  void owner_isUpdated_andPersonsAreFoundByTheirAccounts() {
    Rows rows = insertRows();
    Person ada =
        new Person(
            samples.id(),
            samples.name(),
            Optional.of(new OidcSubject("https://id.example", "7")),
            Optional.of(samples.name()),
            Set.of(7),
            3);
    Owner after =
        new Owner(
            rows.owner.id(),
            rows.owner.name(),
            new Owner.Contact("other", "elsewhere"),
            ada.id(),
            Optional.empty(),
            OwnerState.RETIRED,
            rows.owner.createdAt(),
            2,
            Optional.of(samples.time()));
    write(tx -> {
      tx.owners().insert(ada);
      tx.owners().update(after);
      tx.owners().remove(rows.person);
    });
    that(view -> view.owners().find(after.id())).isEqualTo(Optional.of(after));
    that(view -> view.owners().personOf(new OidcSubject("https://id.example", "7")))
        .isEqualTo(Optional.of(ada));
    that(view -> view.owners().personOfAdministrator(ada.administrator().orElseThrow()))
        .isEqualTo(Optional.of(ada));
    that(view -> view.owners().persons(new Page.Request(5, Optional.empty())).items())
        .isEqualTo(List.of(ada));
    refusedByConstraint(tx -> tx.owners().remove(ada));
  }

  // --- transactions

  @Test
  void write_thatThrows_leavesNothing_andThrowsWhatTheWorkThrew() {
    Person person = samples.person();
    assertThatThrownBy(() ->
            store.write(tx -> {
              tx.owners().insert(person);
              long _ = tx.meta().nextRegistryNumber();
              Event _ =
                  tx.events()
                      .append(samples.event(EventKind.REFUSED, Optional.empty()), samples.time());
              throw new IOException("refused");
            }))
        .isInstanceOf(IOException.class)
        .hasMessage("refused");
    assertThat(read(view -> view.owners().person(person.id())).isPresent()).isFalse();
    that(view -> view.meta().registryNumber()).isEqualTo(0L);
    that(view -> view.events().last()).isEqualTo(0L);
  }

  @Test
  void write_seesItsOwnWrites_andLaterReadsSeeThem() {
    Person person = samples.person();
    boolean seen =
        store.write(tx -> {
          tx.owners().insert(person);
          return tx.owners().person(person.name()).equals(Optional.of(person));
        });
    assertThat(seen).isTrue();
    that(view -> view.owners().person(person.id())).isEqualTo(Optional.of(person));
  }

  @Test
  void afterCommit_runsBeforeTheWriteReturns_inOrder_andNotAfterARefusal() {
    var order = new ConcurrentLinkedQueue<String>();
    write(tx -> {
      tx.afterCommit(() -> order.add("first"));
      tx.afterCommit(() -> order.add("second"));
    });
    assertThat(order).containsExactly("first", "second");
    assertThatThrownBy(() ->
            store.write(tx -> {
              tx.afterCommit(() -> order.add("never"));
              throw new IOException("refused");
            }))
        .isInstanceOf(IOException.class);
    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void store_calledFromWithinAWrite_isRefused() {
    assertThatThrownBy(() -> write(_ -> read(view -> view.events().last())))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> write(_ -> write(_ -> {}))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void writers_atOnce_eachGetTheirOwnNumber_andPublishInCommitOrder() throws Exception {
    var published = new ConcurrentLinkedQueue<Long>();
    var go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        all.add(
            threads.submit(() -> {
              go.await();
              for (int i = 0; i < WRITES_EACH; i++) {
                write(tx -> {
                  long number = tx.meta().nextRegistryNumber();
                  tx.afterCommit(() -> published.add(number));
                });
              }
              return true;
            }));
      }
      go.countDown();
      for (Future<?> one : all) {
        assertThat(one.get()).isEqualTo(true);
      }
    }
    long count = WRITERS * WRITES_EACH;
    assertThat(published)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, count).boxed().toList());
    that(view -> view.meta().registryNumber()).isEqualTo(count);
  }

  @Test
  void writers_atOnce_oneRefused_doesNotHurtTheOthers() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < WRITERS * WRITES_EACH; i++) {
        boolean refuse = i % 3 == 0;
        all.add(
            threads.submit(() ->
                store.<Boolean, IOException>write(tx -> {
                  long _ = tx.meta().nextRegistryNumber();
                  if (refuse) {
                    throw new IOException("refused");
                  }
                  return true;
                })));
      }
      int done = 0;
      for (int i = 0; i < all.size(); i++) {
        Future<Boolean> one = all.get(i);
        if (i % 3 == 0) {
          assertThatThrownBy(one::get).hasCauseInstanceOf(IOException.class);
        } else {
          assertThat(one.get()).isTrue();
          done++;
        }
      }
      long number = done;
      that(view -> view.meta().registryNumber()).isEqualTo(number);
    }
  }

  // --- two writers of one database, as two servers are

  /// Runs the same work in turns on both, at once.
  private <T> List<T> onBoth(int times, Store.Work<T, RuntimeException> work) throws Exception {
    var go = new CountDownLatch(1);
    List<Future<T>> all = new ArrayList<>();
    List<T> results = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < times; i++) {
        Store one = i % 2 == 0 ? store : second;
        all.add(
            threads.submit(() -> {
              go.await();
              return one.write(work);
            }));
      }
      go.countDown();
      for (Future<T> one : all) {
        results.add(one.get());
      }
    }
    return results;
  }

  @Test
  void twoWriters_seeWhatTheOtherWrote_atOnce() {
    Person person = samples.person();
    write(tx -> tx.owners().insert(person));
    assertThatObject(
            second.<Optional<Person>, RuntimeException>read(
                view -> view.owners().person(person.id())))
        .isEqualTo(Optional.of(person));
    long number = second.write(tx -> tx.meta().nextRegistryNumber());
    assertThat(number).isEqualTo(1);
    thatWrite(tx -> tx.meta().nextRegistryNumber()).isEqualTo(2L);
  }

  @Test
  void twoWriters_numberEventsAndChanges_withoutGapsOrTwins() throws Exception {
    Instant at = samples.time();
    var what = samples.event(EventKind.REFUSED, Optional.empty());
    List<Long> numbers =
        onBoth(
            WRITERS * WRITES_EACH,
            tx -> {
              Event event = tx.events().append(what, at);
              return event.number() * 1_000 + tx.meta().nextRegistryNumber();
            });
    long count = WRITERS * WRITES_EACH;
    assertThat(numbers)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, count).map(n -> n * 1_000 + n).boxed().toList());
    that(view -> view.events().last()).isEqualTo(count);
    assertThat(events(Events.Filter.everything(0)))
        .extracting(Event::number)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, count).boxed().toList());
  }

  @Test
  void twoWriters_redeemATokenOnce() throws Exception {
    Rows rows = insertRows();
    JoinTokenRecord token = samples.token();
    write(tx -> tx.nodes().insert(token));
    List<Boolean> redeemed =
        onBoth(
            2 * WRITERS,
            tx -> {
              JoinTokenRecord found = tx.nodes().token(token.secretDigest()).orElseThrow();
              if (found.redeemed().isPresent()) {
                return false;
              }
              tx.nodes()
                  .update(
                      new JoinTokenRecord(
                          token.secretDigest(),
                          token.labels(),
                          token.expiresAt(),
                          Optional.of(
                              new JoinTokenRecord.Redemption(rows.node.key(), rows.node.id()))));
              return true;
            });
    assertThat(redeemed).filteredOn(done -> done).hasSize(1);
  }

  @Test
  void twoWriters_beginAnExecutionOnce() throws Exception {
    Rows rows = insertRows();
    Execution first = samples.execution(rows.registration, rows.node);
    var mark = first.attestation().process().mark();
    List<Id> begun =
        onBoth(
            2 * WRITERS,
            tx -> {
              Optional<Execution> running =
                  tx.executions().running(rows.node.id(), rows.agent.id(), mark);
              if (running.isPresent()) {
                return running.get().id();
              }
              tx.executions().insert(first);
              return first.id();
            });
    assertThat(begun).containsOnly(first.id());
    that(view -> view.executions().countRunning()).isEqualTo(1L);
  }

  @Test
  void twoWriters_oneThatIsRefused_leavesTheOthersWritesAlone() throws Exception {
    Person person = samples.person();
    write(tx -> tx.owners().insert(person));
    assertThatThrownBy(() ->
            second.write(tx -> {
              long _ = tx.meta().nextRegistryNumber();
              tx.owners().insert(person);
              return true;
            }))
        .isInstanceOf(StoreException.class);
    that(view -> view.meta().registryNumber()).isEqualTo(0L);
    thatWrite(tx -> tx.meta().nextRegistryNumber()).isEqualTo(1L);
  }

  // --- rows come back as they were given

  @Test
  void owners_comeBack_byIdAndName() {
    Rows rows = insertRows();
    Person person = samples.person();
    write(tx -> tx.owners().insert(person));
    that(view -> view.owners().find(rows.owner.id())).isEqualTo(Optional.of(rows.owner));
    that(view -> view.owners().find(rows.owner.name())).isEqualTo(Optional.of(rows.owner));
    that(view -> view.owners().all()).isEqualTo(List.of(rows.owner));
    int uid = person.localUids().iterator().next();
    that(view -> view.owners().personOfUid(uid)).isEqualTo(Optional.of(person));
    var changed =
        new Person(person.id(), person.name(), Optional.empty(), Optional.empty(), Set.of(77));
    write(tx -> tx.owners().update(changed));
    assertThat(read(view -> view.owners().personOfUid(uid)).isPresent()).isFalse();
    that(view -> view.owners().person(person.id())).isEqualTo(Optional.of(changed));
  }

  @Test
  void subjects_comeBack_byHandleShortNameAndId() {
    Rows rows = insertRows();
    Owner other = samples.owner(rows.person);
    var namesake = samples.subject(SubjectKind.AGENT, other, rows.agent.handle().name());
    var service = samples.subject(SubjectKind.SERVICE, rows.owner, rows.agent.handle().name());
    write(tx -> {
      tx.owners().insert(other);
      tx.subjects().insert(namesake);
      tx.subjects().insert(service);
    });
    that(view -> view.subjects().find(rows.agent.id())).isEqualTo(Optional.of(rows.agent));
    var handle = rows.agent.handle();
    that(view -> view.subjects().find(SubjectKind.AGENT, handle.owner(), handle.name()))
        .isEqualTo(Optional.of(rows.agent));
    that(view -> Set.copyOf(view.subjects().named(SubjectKind.AGENT, handle.name())))
        .isEqualTo(Set.of(rows.agent, namesake));
    that(view -> view.subjects().named(SubjectKind.SERVICE, handle.name()))
        .isEqualTo(List.of(service));
    that(view -> view.subjects().all()).isEqualTo(List.of(rows.agent, namesake, service));
  }

  @Test
  void subjects_areFound_byWhatChangedAfter() {
    Rows rows = insertRows();
    Subject later = samples.agent(rows.owner);
    write(tx -> tx.subjects().insert(later));
    List<Subject> both =
        rows.agent.revision() <= later.revision()
            ? List.of(rows.agent, later)
            : List.of(later, rows.agent);
    that(view -> Set.copyOf(view.subjects().changedAfter(both.getFirst().revision() - 1)))
        .isEqualTo(Set.copyOf(both));
    that(view -> view.subjects().changedAfter(both.getLast().revision())).isEqualTo(List.of());
  }

  @Test
  void whatAnOwnerHas_isCounted_butForWhatIsRetiredOrRemoved() {
    Rows rows = insertRows();
    that(view -> view.subjects().countOf(rows.owner.id())).isEqualTo(1L);
    that(view -> view.subjects().countRegistrationsOf(rows.owner.id())).isEqualTo(1L);
    that(view -> view.subjects().countOf(samples.id())).isEqualTo(0L);
    var second = samples.registration(rows.agent, new NodeSelection.AnyNode());
    write(tx -> tx.subjects().insert(second));
    that(view -> view.subjects().countRegistrationsOf(rows.owner.id())).isEqualTo(2L);
    write(tx -> tx.subjects().remove(second, samples.time()));
    that(view -> view.subjects().countRegistrationsOf(rows.owner.id())).isEqualTo(1L);
    write(tx -> tx.subjects().update(rows.agent.in(SubjectState.RETIRED)));
    that(view -> view.subjects().countOf(rows.owner.id())).isEqualTo(0L);
    that(view -> view.subjects().countRegistrationsOf(rows.owner.id())).isEqualTo(0L);
  }

  @Test
  void subjects_areHeld_untilTheyAreNot() {
    Rows rows = insertRows();
    that(view -> view.subjects().isHeld(rows.agent.id())).isEqualTo(false);
    write(tx -> tx.subjects().hold(rows.agent.id(), true));
    // An update of it is about other things.
    write(tx -> tx.subjects().update(rows.agent.at(99)));
    that(view -> view.subjects().isHeld(rows.agent.id())).isEqualTo(true);
    write(tx -> tx.subjects().hold(rows.agent.id(), false));
    that(view -> view.subjects().isHeld(rows.agent.id())).isEqualTo(false);
  }

  @Test
  void registrations_comeBack_inOrderOfCreation() {
    Rows rows = insertRows();
    var having = new NodeSelection.Having(Set.of(Selector.parse("node:label:region:eu")));
    var second = samples.registration(rows.agent, having);
    write(tx -> tx.subjects().insert(second));
    that(view -> view.subjects().registrationsOf(rows.agent.id()))
        .isEqualTo(List.of(rows.registration, second));
    var third =
        new Registration(
            samples.id(),
            rows.agent.id(),
            second.selectors(),
            second.nodes(),
            second.createdAt(),
            true);
    write(tx -> tx.subjects().insert(third));
    that(view -> view.subjects().registration(third.id())).isEqualTo(Optional.of(third));
    write(tx -> tx.subjects().remove(third, samples.time()));
    that(view -> view.subjects().allRegistrations()).isEqualTo(List.of(rows.registration, second));
    that(view -> view.subjects().registration(second.id())).isEqualTo(Optional.of(second));
  }

  @Test
  void nodesAndTokens_comeBack_alsoChanged() {
    Rows rows = insertRows();
    JoinTokenRecord token = samples.token();
    write(tx -> tx.nodes().insert(token));
    var redeemed =
        new JoinTokenRecord(
            token.secretDigest(),
            token.labels(),
            token.expiresAt(),
            Optional.of(new JoinTokenRecord.Redemption(rows.node.key(), rows.node.id())));
    write(tx -> tx.nodes().update(redeemed));
    that(view -> view.nodes().token(token.secretDigest())).isEqualTo(Optional.of(redeemed));
    var presence = new Node.Presence(Optional.empty(), "", "", samples.time(), samples.time());
    var changed =
        new Node(rows.node.id(), rows.node.state(), rows.node.origin(), rows.node.key(), presence);
    write(tx -> tx.nodes().update(changed));
    that(view -> view.nodes().find(changed.id())).isEqualTo(Optional.of(changed));
    that(view -> view.nodes().byKey(changed.key())).isEqualTo(Optional.of(changed));
    that(view -> view.nodes().all()).isEqualTo(List.of(changed));
  }

  @Test
  void tokensOfOneMaker_areVoidAtOnce_butForRedeemedOnesAndOthers() {
    Rows rows = insertRows();
    Instant now = samples.time();
    var ada = new JoinTokenRecord.Origin("admin:ada", Optional.empty());
    var redeemed = new JoinTokenRecord.Redemption(rows.node.key(), rows.node.id());
    JoinTokenRecord open = token(now.plusSeconds(9), Optional.empty(), ada);
    List<JoinTokenRecord> others =
        List.of(
            token(now, Optional.empty(), ada),
            token(now.plusSeconds(9), Optional.of(redeemed), ada),
            token(
                now.plusSeconds(9),
                Optional.empty(),
                new JoinTokenRecord.Origin("admin:ad", Optional.empty())));
    write(tx -> {
      tx.nodes().insert(open);
      others.forEach(tx.nodes()::insert);
    });
    thatWrite(tx -> tx.nodes().voidTokens("admin:ada", now)).isEqualTo(1);
    thatWrite(tx -> tx.nodes().voidTokens("admin:ada", now)).isEqualTo(0);
    that(view -> view.nodes().token(open.secretDigest()).orElseThrow().origin())
        .isEqualTo(new JoinTokenRecord.Origin("admin:ada", Optional.of(now)));
    for (JoinTokenRecord other : others) {
      that(view -> view.nodes().token(other.secretDigest())).isEqualTo(Optional.of(other));
    }
  }

  private JoinTokenRecord token(
      Instant until, Optional<JoinTokenRecord.Redemption> redeemed, JoinTokenRecord.Origin origin) {
    JoinTokenRecord sample = samples.token();
    return new JoinTokenRecord(sample.secretDigest(), sample.labels(), until, redeemed, origin);
  }

  // --- executions

  @Test
  void executions_areFound_whileTheyRun_andKeptAfterTheEnd() {
    Rows rows = insertRows();
    Execution execution = samples.execution(rows.registration, rows.node);
    var mark = execution.attestation().process().mark();
    write(tx -> tx.executions().insert(execution));
    that(view -> view.executions().running(rows.node.id(), rows.agent.id(), mark))
        .isEqualTo(Optional.of(execution));
    assertThat(
            read(view -> view.executions().running(samples.id(), rows.agent.id(), mark))
                .isPresent())
        .isFalse();
    assertThat(
            read(view -> view.executions().running(rows.node.id(), rows.agent.id(), samples.mark()))
                .isPresent())
        .isFalse();
    that(view -> view.executions().runningOn(rows.node.id())).isEqualTo(List.of(execution));
    that(view -> view.executions().runningAs(mark.instance())).isEqualTo(List.of(execution));
    that(view -> view.executions().countRunning()).isEqualTo(1L);
    that(view -> view.executions().countRunningOn(rows.node.id())).isEqualTo(1L);
    that(view -> view.executions().countRunningOn(samples.id())).isEqualTo(0L);

    Execution ended = samples.ended(execution);
    write(tx -> tx.executions().update(ended));
    that(view -> view.executions().find(ended.id())).isEqualTo(Optional.of(ended));
    that(view -> view.executions().runningOn(rows.node.id())).isEqualTo(List.of());
    that(view -> view.executions().countRunning()).isEqualTo(0L);
    assertThatThrownBy(() -> write(tx -> tx.executions().update(execution)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void executions_thatEndWithTheirSvid_areFoundWhenItHasExpired_andCountedWithoutTheirProcess() {
    Rows rows = insertRows();
    Instant now = samples.time();
    Id node = rows.node.id();
    Id agent = rows.agent.id();
    Execution tied = samples.execution(rows.registration, rows.node);
    Execution loose = bySvid(samples.execution(rows.registration, rows.node));
    write(tx -> {
      for (Execution one : List.of(tied, loose)) {
        tx.executions().insert(one);
        tx.executions().insert(certificate(one, now.plusSeconds(10)));
      }
    });
    that(view -> view.executions().find(loose.id())).isEqualTo(Optional.of(loose));
    that(view -> view.executions().outlived(now.plusSeconds(9), 5)).isEqualTo(List.of());
    that(view -> view.executions().outlived(now.plusSeconds(10), 5)).isEqualTo(List.of(loose));
    that(view -> view.executions().outlived(now.plusSeconds(10), 0)).isEqualTo(List.of());
    that(view -> view.executions().countDetached(node, agent)).isEqualTo(0);

    Execution detached = loose.detached(samples.time());
    write(tx -> {
      tx.executions().update(detached);
      tx.executions().insert(certificate(loose, now.plusSeconds(20)));
    });
    that(view -> view.executions().find(loose.id())).isEqualTo(Optional.of(detached));
    that(view -> view.executions().outlived(now.plusSeconds(19), 5)).isEqualTo(List.of());
    that(view -> view.executions().outlived(now.plusSeconds(20), 5)).isEqualTo(List.of(detached));
    that(view -> view.executions().countDetached(node, agent)).isEqualTo(1);
    that(view -> view.executions().countDetached(samples.id(), agent)).isEqualTo(0);
    that(view -> view.executions().countDetached(node, samples.id())).isEqualTo(0);

    Execution ended = samples.ended(detached);
    write(tx -> tx.executions().update(ended));
    that(view -> view.executions().find(loose.id())).isEqualTo(Optional.of(ended));
    that(view -> view.executions().outlived(now.plusSeconds(99), 5)).isEqualTo(List.of());
    that(view -> view.executions().countDetached(node, agent)).isEqualTo(0);
    // What ends with its process is never without it.
    assertThatThrownBy(() -> tied.detached(now)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Execution bySvid(Execution like) {
    return new Execution(
        like.id(),
        like.kind(),
        like.host(),
        like.attestation(),
        like.beganAt(),
        like.end(),
        Execution.Tie.to(Lifetime.SVID));
  }

  private CertificateRecord certificate(Execution of, Instant notAfter) {
    return new CertificateRecord(
        samples.id().toString(),
        samples.digest(),
        Holder.execution(of.id()),
        notAfter.minusSeconds(60),
        notAfter,
        Optional.empty());
  }

  @Test
  void bars_areInForce_untilTheyAreLifted_andKept() {
    Rows rows = insertRows();
    Execution execution = samples.execution(rows.registration, rows.node);
    var scope = new Bar.Scope(rows.agent.id(), rows.node.id(), execution.id());
    var bar =
        new Bar(
            samples.id(),
            scope,
            new Bar.Decision(samples.time(), "uid:1000", "why"),
            Optional.empty());
    write(tx -> {
      tx.executions().insert(execution);
      tx.bars().insert(bar);
    });
    that(view -> view.bars().find(bar.id())).isEqualTo(Optional.of(bar));
    that(view -> view.bars().inForce(rows.node.id(), rows.agent.id())).isEqualTo(Optional.of(bar));
    that(view -> view.bars().inForce(samples.id(), rows.agent.id())).isEqualTo(Optional.empty());
    that(view -> view.bars().inForceOn(rows.node.id())).isEqualTo(List.of(bar));
    that(view -> view.bars().inForceFor(rows.node.id(), 77)).isEqualTo(Optional.empty());
    write(tx -> {
      tx.bars().bind(bar, 77);
      tx.bars().bind(bar, 77);
      tx.bars().bind(bar, -2);
    });
    for (int uid : List.of(77, -2)) {
      that(view -> view.bars().inForceFor(rows.node.id(), uid)).isEqualTo(Optional.of(bar));
    }
    that(view -> view.bars().inForceFor(samples.id(), 77)).isEqualTo(Optional.empty());
    var second = new Bar(samples.id(), scope, bar.set(), Optional.empty());
    assertThatThrownBy(() -> write(tx -> tx.bars().insert(second)))
        .isInstanceOf(StoreException.class);

    Bar lifted = bar.lifted(new Bar.Decision(samples.time(), "uid:0", ""));
    write(tx -> tx.bars().lift(lifted));
    that(view -> view.bars().find(bar.id())).isEqualTo(Optional.of(lifted));
    that(view -> view.bars().inForceOn(rows.node.id())).isEqualTo(List.of());
    that(view -> view.bars().inForceFor(rows.node.id(), 77)).isEqualTo(Optional.empty());
    that(view -> view.bars().list(false, new Page.Request(5, Optional.empty())).items())
        .isEqualTo(List.of());
    write(tx -> tx.bars().insert(second));
    that(view -> view.bars().list(true, new Page.Request(5, Optional.empty())).items())
        .isEqualTo(List.of(lifted, second));
    that(view -> view.bars().list(false, new Page.Request(5, Optional.empty())).items())
        .isEqualTo(List.of(second));
  }

  @Test
  void tracesOfANode_areKept_untilTheyAreForgotten() {
    Rows rows = insertRows();
    Id node = rows.node.id();
    Id first = samples.id();
    Id second = samples.id();
    that(view -> view.nodeTraces().newestStart(node)).isEqualTo(Optional.empty());
    write(tx -> {
      tx.nodeTraces().settled(node, first, samples.time());
      tx.nodeTraces().settled(node, second, samples.time());
      tx.nodeTraces().renewed(node, "01", "02");
    });
    that(view -> view.nodeTraces().newestStart(node)).isEqualTo(Optional.of(second));
    that(view -> view.nodeTraces().hasSettled(node, first)).isEqualTo(true);
    that(view -> view.nodeTraces().hasSettled(node, samples.id())).isEqualTo(false);
    that(view -> view.nodeTraces().hasSettled(samples.id(), first)).isEqualTo(false);
    that(view -> view.nodeTraces().usedSuccessor(node, "01")).isEqualTo(Optional.empty());
    write(tx -> {
      tx.nodeTraces().used(node, "02");
      tx.nodeTraces().used(node, "ff");
    });
    that(view -> view.nodeTraces().usedSuccessor(node, "01")).isEqualTo(Optional.of("02"));
    that(view -> view.nodeTraces().usedSuccessor(node, "02")).isEqualTo(Optional.empty());
    that(view -> view.nodeTraces().usedTwin(node, "02")).isEqualTo(Optional.empty());
    write(tx -> tx.nodeTraces().renewed(node, "01", "03"));
    that(view -> view.nodeTraces().usedTwin(node, "02")).isEqualTo(Optional.empty());
    that(view -> view.nodeTraces().usedTwin(node, "03")).isEqualTo(Optional.of("02"));
    that(view -> view.nodeTraces().usedTwin(samples.id(), "03")).isEqualTo(Optional.empty());
    that(view -> view.nodeTraces().newestSettledAt(node).isPresent()).isEqualTo(true);
    that(view -> view.nodeTraces().newestSettledAt(samples.id())).isEqualTo(Optional.empty());
    write(tx -> {
      assertThat(tx.nodeTraces().returned(node, first)).isEqualTo(1);
      assertThat(tx.nodeTraces().returned(node, first)).isEqualTo(2);
      assertThat(tx.nodeTraces().returned(node, second)).isEqualTo(1);
    });
    write(tx -> tx.nodeTraces().forget(node));
    that(view -> view.nodeTraces().hasSettled(node, first)).isEqualTo(false);
    that(view -> view.nodeTraces().usedSuccessor(node, "01")).isEqualTo(Optional.empty());
  }

  @Test
  void theKeyThatWasDecidedForANode_isTheLast_andStays() {
    Rows rows = insertRows();
    Id node = rows.node.id();
    Sha256 first = Sha256.of(new byte[] {1});
    Sha256 second = Sha256.of(new byte[] {2});
    that(view -> view.nodeTraces().isDecided(node, first)).isEqualTo(false);
    write(tx -> tx.nodeTraces().decided(node, first));
    write(tx -> {
      tx.nodeTraces().forget(node);
      tx.nodes().update(rows.node);
    });
    that(view -> view.nodeTraces().isDecided(node, first)).isEqualTo(true);
    that(view -> view.nodeTraces().isDecided(node, second)).isEqualTo(false);
    write(tx -> tx.nodeTraces().decided(node, second));
    that(view -> view.nodeTraces().isDecided(node, first)).isEqualTo(false);
    that(view -> view.nodeTraces().isDecided(node, second)).isEqualTo(true);
  }

  @Test
  void certificates_areCounted_amongTheNewest_ifTheyAreValid() {
    Rows rows = insertRows();
    Instant now = samples.time();
    Execution execution = samples.execution(rows.registration, rows.node);
    Id authority = samples.id();
    Id tainted = samples.id();
    write(tx -> {
      tx.executions().insert(execution);
      for (int i = -1; i < 5; i++) {
        tx.executions()
            .insert(
                new CertificateRecord(
                    "c" + (1 + i),
                    samples.digest(),
                    Holder.execution(execution.id()),
                    now.plusSeconds(i),
                    now.plusSeconds(10 + i),
                    Optional.of(i < 0 ? tainted : authority)));
      }
    });
    Id id = execution.id();
    that(view -> view.executions().countValid(id, 9, now, now)).isEqualTo(5);
    that(view -> view.executions().countValid(id, 3, now, now)).isEqualTo(3);
    that(view -> view.executions().countValid(id, 9, now.plusSeconds(11), now)).isEqualTo(3);
    that(view -> view.executions().countValid(id, 9, now, now.plusSeconds(4))).isEqualTo(1);
    that(view -> view.executions().countValid(samples.id(), 9, now, now)).isEqualTo(0);
  }

  @Test
  void numbersOfCrls_rise_andAreAtLeastWhatIsAsked() {
    thatWrite(tx -> tx.meta().nextCrlNumber(100)).isEqualTo(100L);
    thatWrite(tx -> tx.meta().nextCrlNumber(90)).isEqualTo(101L);
    thatWrite(tx -> tx.meta().nextCrlNumber(102)).isEqualTo(102L);
    thatWrite(tx -> tx.meta().nextCrlNumber(102)).isEqualTo(103L);
    thatWrite(tx -> tx.meta().nextCrlNumber(1_000)).isEqualTo(1_000L);
    thatWrite(tx -> tx.meta().nextCrlNumber(0)).isEqualTo(1_001L);
  }

  @Test
  void revoked_areListed_untilTheyExpire_eachOnce() {
    Rows rows = insertRows();
    Instant now = samples.time();
    var soon = new RevokedCertificate("0a", now, now.plusSeconds(10));
    var later = new RevokedCertificate("0b", now, now.plusSeconds(20));
    that(view -> view.revoked().last()).isEqualTo(0L);
    write(tx -> {
      tx.revoked().add(soon);
      tx.revoked().add(later);
      tx.revoked().add(new RevokedCertificate("0a", now.plusSeconds(1), now.plusSeconds(99)));
    });
    that(view -> view.revoked().last()).isEqualTo(2L);
    that(view -> view.revoked().unexpired(now, 5)).isEqualTo(List.of(later, soon));
    that(view -> view.revoked().unexpired(now, 1)).isEqualTo(List.of(later));
    that(view -> view.revoked().unexpired(now.plusSeconds(10), 5)).isEqualTo(List.of(later));
    var ofNode = new RevokedCertificate("0e", now, now.plusSeconds(30), true);
    write(tx -> tx.revoked().add(ofNode));
    that(view -> view.revoked().unexpired(now, 5)).isEqualTo(List.of(later, soon));
    that(view -> view.revoked().unexpiredOfNodes(now, 5)).isEqualTo(List.of(ofNode));
    that(view -> view.revoked().unexpiredOfNodes(now.plusSeconds(30), 5)).isEqualTo(List.of());

    Execution execution = samples.execution(rows.registration, rows.node);
    var held =
        new CertificateRecord(
            "0c",
            samples.digest(),
            Holder.execution(execution.id()),
            now,
            now.plusSeconds(5),
            Optional.empty());
    var nodes =
        new CertificateRecord(
            "0d",
            rows.node.key(),
            Holder.node(rows.node.id()),
            now,
            now.plusSeconds(5),
            Optional.empty());
    write(tx -> {
      tx.executions().insert(execution);
      tx.executions().insert(held);
      tx.executions().insert(nodes);
    });
    var ended = new RevokedReads.Ended(Instant.EPOCH, now, 5);
    Id node = rows.node.id();
    Id subject = execution.host().subjectId();
    that(view -> view.revoked().endedOn(node, ended)).isEqualTo(List.of());
    Execution over = samples.ended(execution);
    write(tx -> tx.executions().update(over));
    that(view -> view.revoked().endedOn(node, ended)).isEqualTo(List.of(held));
    that(view -> view.revoked().endedOn(node, subject, ended)).isEqualTo(List.of(held));
    that(view -> view.revoked().endedOf(subject, ended)).isEqualTo(List.of(held));
    that(view -> view.revoked().endedOn(samples.id(), ended)).isEqualTo(List.of());
    that(view -> view.revoked().endedOn(node, samples.id(), ended)).isEqualTo(List.of());
    that(view -> view.revoked().endedOf(samples.id(), ended)).isEqualTo(List.of());
    int uid = execution.attestation().process().uid();
    that(view -> view.revoked().endedAs(node, uid, ended))
        .as("not through what a registrar gave")
        .isEqualTo(List.of());
    Instant end = over.end().orElseThrow().at();
    that(view -> view.revoked().endedOn(node, new RevokedReads.Ended(end, now, 5)))
        .isEqualTo(List.of(held));
    that(view -> view.revoked().endedOn(node, new RevokedReads.Ended(end.plusNanos(1), now, 5)))
        .isEqualTo(List.of());
    that(view -> view.revoked().endedOn(node, new RevokedReads.Ended(end, now.plusSeconds(5), 5)))
        .isEqualTo(List.of());
    that(view -> view.revoked().endedOn(node, new RevokedReads.Ended(end, now, 0)))
        .isEqualTo(List.of());
    that(view -> view.revoked().heldBy(execution.id(), now)).isEqualTo(List.of(held));
    that(view -> view.revoked().heldBy(execution.id(), now.plusSeconds(5))).isEqualTo(List.of());
    that(view -> view.revoked().heldByNode(rows.node.key(), now)).isEqualTo(List.of(nodes));
    that(view -> view.revoked().heldByNode(held.spki(), now)).isEqualTo(List.of());
    that(view -> view.executions().countValidOfNode(node, 5, now)).isEqualTo(1);
    that(view -> view.executions().countValidOfNode(node, 0, now)).isEqualTo(0);
    that(view -> view.executions().countValidOfNode(node, 5, now.plusSeconds(5))).isEqualTo(0);
    that(view -> view.executions().countValidOfNode(samples.id(), 5, now)).isEqualTo(0);
  }

  @Test
  void endedAs_isOfThatUid_throughARegistrarsSet_alsoWhenItWasRemoved() {
    Rows rows = insertRows();
    Registration given = samples.registration(rows.agent, new NodeSelection.AnyNode());
    var registrars =
        new Registration(
            given.id(),
            given.subjectId(),
            given.selectors(),
            given.nodes(),
            given.createdAt(),
            true);
    Execution execution = samples.execution(registrars, rows.node);
    CertificateRecord held = samples.certificate(Holder.execution(execution.id()));
    write(tx -> {
      tx.subjects().insert(registrars);
      tx.executions().insert(execution);
      tx.executions().insert(held);
    });
    Id node = rows.node.id();
    int uid = execution.attestation().process().uid();
    var ended = new RevokedReads.Ended(Instant.EPOCH, held.notAfter().minusSeconds(1), 5);
    that(view -> view.revoked().endedAs(node, uid, ended)).isEqualTo(List.of());
    write(tx -> tx.executions().update(samples.ended(execution)));
    that(view -> view.revoked().endedAs(node, uid, ended)).isEqualTo(List.of(held));
    write(tx -> tx.subjects().remove(registrars, samples.time()));
    that(view -> view.revoked().endedAs(node, uid, ended)).isEqualTo(List.of(held));
    that(view -> view.revoked().endedAs(node, uid + 1, ended)).isEqualTo(List.of());
    that(view -> view.revoked().endedAs(samples.id(), uid, ended)).isEqualTo(List.of());
  }

  @Test
  void executions_ofOneProcessNodeAndSubject_runOnlyOnce() {
    Rows rows = insertRows();
    Execution first = samples.execution(rows.registration, rows.node);
    Execution twin =
        new Execution(
            samples.id(),
            first.kind(),
            first.host(),
            first.attestation(),
            samples.time(),
            Optional.empty());
    write(tx -> tx.executions().insert(first));
    refusedByConstraint(tx -> tx.executions().insert(twin));
    write(tx -> tx.executions().update(samples.ended(first)));
    write(tx -> tx.executions().insert(twin));
  }

  @Test
  void executions_areListed_byFilter_inOrder() {
    Rows rows = insertRows();
    Execution first = samples.execution(rows.registration, rows.node);
    Execution second = samples.execution(rows.registration, rows.node);
    write(tx -> {
      tx.executions().insert(first);
      tx.executions().insert(second);
    });
    Execution ended = samples.ended(first);
    write(tx -> tx.executions().update(ended));
    var page = new Page.Request(10, Optional.empty());
    assertThat(
            read(view ->
                    view.executions().list(new Executions.Filter(Optional.empty(), true), page))
                .items())
        .isEqualTo(List.of(ended, second));
    assertThat(
            read(view ->
                    view.executions()
                        .list(new Executions.Filter(Optional.of(rows.agent.id()), false), page))
                .items())
        .isEqualTo(List.of(second));
    assertThat(
            read(view ->
                    view.executions()
                        .list(new Executions.Filter(Optional.of(samples.id()), true), page))
                .items())
        .isEmpty();
  }

  @Test
  void certificates_areFoundByKey_andAWorkloadsKeyIsCertifiedOnce() {
    Rows rows = insertRows();
    Execution execution = samples.execution(rows.registration, rows.node);
    CertificateRecord first = samples.certificate(Holder.execution(execution.id()));
    CertificateRecord second = samples.certificate(Holder.execution(execution.id()));
    write(tx -> {
      tx.executions().insert(execution);
      tx.executions().insert(first);
      tx.executions().insert(second);
      tx.executions().insert(samples.certificate(Holder.server()));
    });
    that(view -> view.executions().certificateOfKey(first.spki())).isEqualTo(Optional.of(first));
    that(view -> view.executions().isCertified(first.spki())).isEqualTo(true);
    that(view -> view.executions().isCertified(samples.digest())).isEqualTo(false);
    that(view -> view.executions().isCertified(rows.node.key())).isEqualTo(true);
    assertThat(read(view -> view.executions().certificateOfKey(samples.digest())).isPresent())
        .isFalse();
    that(view -> view.executions().newestCertificate(execution.id()))
        .isEqualTo(Optional.of(second));
    refusedByConstraint(tx ->
        tx.executions()
            .insert(samples.certificate(first.spki(), Holder.execution(execution.id()))));
  }

  @Test
  void servers_beginAndAreSeen_andTheirStreamsAreOver() {
    Rows rows = insertRows();
    Instant now = samples.time();
    var first = new ServerRecord(samples.id(), samples.id(), "", now, now);
    var other = new ServerRecord(samples.id(), samples.id(), "b:8443", now, now);
    var link = new NodeLink(rows.node.id(), samples.id(), first.id(), true, 3);
    that(view -> view.servers().all()).isEqualTo(List.of());
    write(tx -> {
      tx.servers().begin(first);
      tx.servers().begin(other);
      tx.servers().open(link);
    });
    that(view -> view.servers().all()).isEqualTo(List.of(first, other));
    that(view -> view.servers().link(rows.node.id())).isEqualTo(Optional.of(link));
    that(view -> view.servers().link(samples.id())).isEqualTo(Optional.empty());

    var seen = new ServerRecord(other.id(), other.startId(), "c:8443", now, now.plusSeconds(5));
    var again = new ServerRecord(first.id(), samples.id(), "", now.plusSeconds(9), now);
    write(tx -> {
      tx.servers().update(seen);
      tx.servers().begin(again);
    });
    that(view -> view.servers().all()).isEqualTo(List.of(again, seen));
    that(view -> view.servers().links())
        .isEqualTo(List.of(new NodeLink(link.node(), link.stream(), first.id(), false, 3)));
    refusedByConstraint(
        tx -> tx.servers().open(new NodeLink(rows.node.id(), samples.id(), samples.id(), true, 0)));
  }

  @Test
  void links_onlyTheNewestStreamSpeaks() {
    Rows rows = insertRows();
    Instant now = samples.time();
    Id node = rows.node.id();
    var server = new ServerRecord(samples.id(), samples.id(), "", now, now);
    var older = new NodeLink(node, samples.id(), server.id(), true, 1);
    var newer = new NodeLink(node, samples.id(), server.id(), true, 2);
    write(tx -> {
      tx.servers().begin(server);
      tx.servers().open(older);
      tx.servers().open(newer);
      tx.servers().close(node, older.stream());
      tx.servers().acknowledged(node, older.stream(), 9);
      tx.servers().acknowledged(node, newer.stream(), 1);
    });
    that(view -> view.servers().links()).isEqualTo(List.of(newer));
    write(tx -> {
      tx.servers().acknowledged(node, newer.stream(), 5);
      tx.servers().close(node, newer.stream());
    });
    that(view -> view.servers().link(node))
        .isEqualTo(Optional.of(new NodeLink(node, newer.stream(), server.id(), false, 5)));
  }

  @Test
  void crls_theNewestOfEachAuthority() {
    AuthorityRecord authority = samples.authority(AuthorityState.ACTIVE);
    Instant now = samples.time();
    byte[] der = {1, 2, 3};
    write(tx -> {
      tx.authorities().insert(authority);
      tx.servers().publish(new PublishedCrl(authority.id(), new byte[] {9}, 1, now, now));
      tx.servers().publish(new PublishedCrl(authority.id(), der, 2, now, now.plusSeconds(9)));
    });
    that(view -> view.servers().crl(authority.id()).map(PublishedCrl::log))
        .isEqualTo(Optional.of(2L));
    that(view -> List.of(view.servers().crl(authority.id()).orElseThrow().der()[2], (byte) 3))
        .isEqualTo(List.of((byte) 3, (byte) 3));
    that(view -> view.servers().crl(authority.id()).map(PublishedCrl::usableUntil))
        .isEqualTo(Optional.of(now.plusSeconds(9)));
    that(view -> view.servers().crl(samples.id())).isEqualTo(Optional.empty());
  }

  @Test
  void executions_hostsAreTheNodesOfRunningOnes() {
    Rows rows = insertRows();
    Execution execution = samples.execution(rows.registration, rows.node);
    that(view -> view.executions().hosts()).isEqualTo(Set.of());
    write(tx -> tx.executions().insert(execution));
    that(view -> view.executions().hosts()).isEqualTo(Set.of(rows.node.id()));
    write(tx -> tx.executions().update(samples.ended(execution)));
    that(view -> view.executions().hosts()).isEqualTo(Set.of());
  }

  @Test
  void authorities_oneOfAServerIsActive_andTheBundlesNumberRises() {
    AuthorityRecord first = samples.authority(AuthorityState.ACTIVE);
    AuthorityRecord second = samples.authority(AuthorityState.PREPARED);
    write(tx -> {
      tx.authorities().insert(first);
      tx.authorities().insert(second);
    });
    that(view -> view.authorities().all()).isEqualTo(List.of(first, second));
    that(view -> view.authorities().bundleSequence()).isEqualTo(1L);
    refusedByConstraint(
        tx -> tx.authorities().update(second.become(AuthorityState.ACTIVE, samples.time())));
    refusedByConstraint(tx -> tx.authorities().insert(samples.authority(AuthorityState.ACTIVE)));
    AuthorityRecord old = first.become(AuthorityState.OLD, samples.time());
    write(tx -> {
      tx.authorities().update(old);
      tx.authorities().nextBundleSequence();
    });
    that(view -> view.authorities().find(first.id())).isEqualTo(Optional.of(old));
    that(view -> view.authorities().find(samples.id())).isEqualTo(Optional.empty());
    that(view -> view.authorities().bundleSequence()).isEqualTo(2L);
  }

  @Test
  void authorities_liveIsTheNewestCertificateOfWhatRuns() {
    Rows rows = insertRows();
    Execution execution = samples.execution(rows.registration, rows.node);
    AuthorityRecord one = samples.authority(AuthorityState.OLD);
    AuthorityRecord other = samples.authority(AuthorityState.ACTIVE);
    Instant now = samples.time();
    Instant later = now.plusSeconds(600);
    CertificateRecord first =
        signed(one, samples.digest(), Holder.execution(execution.id()), later);
    CertificateRecord ofNode = signed(one, rows.node.key(), Holder.node(rows.node.id()), later);
    write(tx -> {
      tx.authorities().insert(one);
      tx.authorities().insert(other);
      tx.executions().insert(execution);
      tx.executions().insert(first);
      tx.executions().insert(ofNode);
      tx.executions().insert(signed(one, samples.digest(), Holder.server(), later));
    });
    that(view -> view.authorities().countLive(one.id(), now)).isEqualTo(2L);
    that(view -> view.authorities().live(one.id(), now, 9)).isEqualTo(List.of(first, ofNode));
    that(view -> view.authorities().live(one.id(), now, 1)).isEqualTo(List.of(first));
    that(view -> view.authorities().countLive(one.id(), later)).isEqualTo(0L);
    write(tx ->
        tx.executions()
            .insert(signed(other, samples.digest(), Holder.execution(execution.id()), later)));
    that(view -> view.authorities().live(one.id(), now, 9)).isEqualTo(List.of(ofNode));
    that(view -> view.authorities().countLive(other.id(), now)).isEqualTo(1L);
    write(tx -> tx.executions().update(samples.ended(execution)));
    that(view -> view.authorities().countLive(other.id(), now)).isEqualTo(0L);
  }

  private CertificateRecord signed(
      AuthorityRecord by, Sha256 key, Holder holder, Instant notAfter) {
    CertificateRecord made = samples.certificate(key, holder);
    return new CertificateRecord(
        made.serial(), key, holder, made.notBefore(), notAfter, Optional.of(by.id()));
  }

  @Test
  void certificates_ofANode_mayHaveTheSameKeyAgain() {
    Rows rows = insertRows();
    Holder node = Holder.node(rows.node.id());
    CertificateRecord renewed = samples.certificate(rows.node.key(), node);
    write(tx -> tx.executions().insert(samples.certificate(rows.node.key(), node)));
    write(tx -> tx.executions().insert(renewed));
    that(view -> view.executions().certificateOfKey(rows.node.key()))
        .isEqualTo(Optional.of(renewed));
  }

  // --- what must be unique, and what must be there

  @Test
  void names_areUsedOnce() {
    Rows rows = insertRows();
    Owner owner = rows.owner;
    refusedByConstraint(tx ->
        tx.owners()
            .insert(
                new Owner(
                    samples.id(),
                    owner.name(),
                    owner.contact(),
                    owner.accountable(),
                    Optional.empty(),
                    owner.state(),
                    owner.createdAt())));
    refusedByConstraint(tx ->
        tx.subjects()
            .insert(samples.subject(SubjectKind.AGENT, owner, rows.agent.handle().name())));
    refusedByConstraint(tx ->
        tx.nodes()
            .insert(
                new Node(
                    samples.id(),
                    rows.node.state(),
                    rows.node.origin(),
                    rows.node.key(),
                    rows.node.presence())));
    refusedByConstraint(tx -> tx.owners().insert(samples.owner(samples.person())));
  }

  // --- events

  @Test
  void events_areNumberedFromOneWithoutGaps_andFiltered() {
    Id subject = samples.id();
    Instant at = samples.time();
    Event first = append(EventKind.REFUSED, Optional.empty(), at);
    Event second = append(EventKind.SVID_ISSUED, Optional.of(subject), at.plusSeconds(1));
    // The clock went back.
    Event third = append(EventKind.SVID_ISSUED, Optional.empty(), at.minusSeconds(1));
    assertThat(List.of(first.number(), second.number(), third.number()))
        .isEqualTo(List.of(1L, 2L, 3L));
    assertThat(events(Events.Filter.everything(0))).isEqualTo(List.of(first, second, third));
    assertThat(events(Events.Filter.everything(2))).isEqualTo(List.of(third));
    assertThat(events(new Events.Filter(0, Optional.of(at), Optional.empty(), Optional.empty())))
        .isEqualTo(List.of(first, second));
    assertThat(
            events(
                new Events.Filter(
                    0, Optional.empty(), Optional.of(EventKind.SVID_ISSUED), Optional.empty())))
        .isEqualTo(List.of(second, third));
    assertThat(
            events(new Events.Filter(0, Optional.empty(), Optional.empty(), Optional.of(subject))))
        .isEqualTo(List.of(second));
    that(view -> view.events().list(Events.Filter.everything(0), 2))
        .isEqualTo(List.of(first, second));
    that(view -> view.events().last()).isEqualTo(3L);
  }

  @Test
  void registration_keepsWhatItDemands() {
    Rows rows = insertRows();
    Registration plain = samples.registration(rows.agent, new NodeSelection.AnyNode());
    var demanding =
        new Registration(
            samples.id(),
            rows.agent.id(),
            plain.selectors(),
            plain.nodes(),
            plain.createdAt(),
            true,
            new Governance.Assurance(CodeAssurance.ORCHESTRATOR, Isolation.SANDBOXED));
    write(tx -> {
      tx.subjects().insert(plain);
      tx.subjects().insert(demanding);
    });
    that(view -> view.subjects().registration(plain.id()).orElseThrow()).isEqualTo(plain);
    that(view -> view.subjects().registration(demanding.id()).orElseThrow()).isEqualTo(demanding);
    that(view -> view.subjects().registrationsOf(rows.agent.id()).getLast()).isEqualTo(demanding);
  }

  @Test
  void events_ofOneNode() {
    Instant at = samples.time();
    append(EventKind.UNREGISTERED, Optional.empty(), at);
    Event second = append(EventKind.UNREGISTERED, Optional.empty(), at.plusSeconds(1));
    append(EventKind.SVID_ISSUED, Optional.empty(), at.plusSeconds(2));
    Event fourth = append(EventKind.UNREGISTERED, Optional.empty(), at.plusSeconds(3));
    var kind = Optional.of(EventKind.UNREGISTERED);
    var every = new Events.Filter(0, Optional.empty(), kind, Optional.empty());
    var ofNode =
        new Events.Filter(
            0, Optional.empty(), kind, Optional.empty(), second.what().about().node());
    assertThat(events(ofNode)).isEqualTo(List.of(second));
    assertThat(events(every.after(second.number()))).isEqualTo(List.of(fourth));
  }

  // --- the inventory of what asks

  private static UnregisteredSum asked(User user, String executable, long event, Instant at) {
    return new UnregisteredSum(
        new UnregisteredSum.Key(user, executable),
        new UnregisteredSum.Tally(event + 5, 2, at.minusSeconds(9)),
        new UnregisteredSum.Newest(
            event,
            at,
            "alice",
            List.of(Selector.parse("unix:uid:7"), Selector.parse("unix:path:/opt/a b:c"))));
  }

  private User user(long uid) {
    return new User(Optional.of(samples.id()), OptionalLong.of(uid));
  }

  private static User user(User sameNode, long uid) {
    return new User(sameNode.node(), OptionalLong.of(uid));
  }

  private List<UnregisteredSum> inventory(Instant since, Optional<Id> node) {
    List<UnregisteredSum> all = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      var request = new Page.Request(2, next);
      Page<UnregisteredSum> page =
          read(view -> view.inventory().list(new InventoryReads.Filter(since, node), request));
      all.addAll(page.items());
      next = page.next();
    } while (next.isPresent());
    return all;
  }

  @Test
  void inventory_keepsOneRowOfAKey_whoeverItIsOf() {
    Instant at = samples.time();
    User one = user(4_294_967_294L);
    List<UnregisteredSum> rows =
        List.of(
            asked(one, "/opt/Ö", 1, at),
            asked(one, "/opt/ö", 2, at),
            asked(one, "", 3, at),
            asked(user(one, 0), "/opt/Ö", 4, at),
            asked(user(0), "/opt/Ö", 5, at),
            asked(one.several(), UnregisteredSum.OTHERS, 6, at),
            asked(new User(Optional.empty(), OptionalLong.empty()), UnregisteredSum.OTHERS, 7, at));
    write(tx -> rows.forEach(tx.inventory()::put));
    assertThat(inventory(Instant.EPOCH, Optional.empty())).isEqualTo(rows);
    var changed =
        new UnregisteredSum(
            rows.get(1).key(),
            new UnregisteredSum.Tally(Long.MAX_VALUE, 9, at),
            new UnregisteredSum.Newest(99, at.plusSeconds(1), "", List.of()));
    write(tx -> {
      tx.inventory().put(changed);
      tx.inventory().remove(rows.getFirst().key());
      tx.inventory().remove(rows.getFirst().key());
    });
    thatWrite(tx -> tx.inventory().find(rows.getFirst().key())).isEqualTo(Optional.empty());
    thatWrite(tx -> tx.inventory().find(changed.key())).isEqualTo(Optional.of(changed));
    assertThat(inventory(Instant.EPOCH, Optional.empty()).getFirst())
        .as("it stays at its place")
        .isEqualTo(changed);
  }

  @Test
  void inventory_isListed_bySinceAndNode() {
    Instant at = samples.time();
    User one = user(1);
    User other = user(1);
    List<UnregisteredSum> rows = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      rows.add(asked(i % 2 == 0 ? one : other, "/opt/" + i, i + 1, at.plusSeconds(i)));
    }
    write(tx -> rows.forEach(tx.inventory()::put));
    assertThat(inventory(at.plusSeconds(2), Optional.empty())).isEqualTo(rows.subList(2, 5));
    assertThat(inventory(at.plusSeconds(1), one.node()))
        .isEqualTo(List.of(rows.get(2), rows.get(4)));
    assertThat(inventory(at.plusSeconds(5), Optional.empty())).isEqualTo(List.of());
    var forged = new Page.Request(1, Optional.of("forged"));
    var filter = new InventoryReads.Filter(at, Optional.empty());
    assertThatThrownBy(() -> read(view -> view.inventory().list(filter, forged)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("page token");
  }

  @Test
  void inventory_knowsTheHeaviestUser_andWhoWasQuietForLongest() {
    Instant at = samples.time();
    User light = user(1);
    User quiet = user(light, 2);
    User busy = user(light, 3);
    write(tx -> {
      tx.inventory().put(asked(light, "/opt/a", 1, at));
      tx.inventory().put(asked(quiet, "/opt/b", 5, at));
      tx.inventory().put(asked(quiet, "/opt/a", 4, at));
      tx.inventory().put(asked(busy, "/opt/a", 3, at));
      tx.inventory().put(asked(busy, "/opt/b", 6, at));
      tx.inventory().put(asked(light.several(), UnregisteredSum.OTHERS, 7, at));
      tx.inventory().put(asked(user(9), "/opt/a", 8, at));
    });
    thatWrite(tx -> tx.inventory().of(quiet).stream().map(it -> it.newest().event()).toList())
        .isEqualTo(List.of(4L, 5L));
    thatWrite(tx -> tx.inventory().countOn(light.node())).isEqualTo(5);
    thatWrite(tx -> tx.inventory().heaviest(light.node(), light))
        .as("it would have as many, and was quiet for longest")
        .isEqualTo(OptionalLong.of(1));
    thatWrite(tx -> tx.inventory().heaviest(light.node(), user(light, 4)))
        .isEqualTo(OptionalLong.of(2));
    thatWrite(tx -> tx.inventory().heaviest(light.node(), busy)).isEqualTo(OptionalLong.of(3));
    thatWrite(tx -> tx.inventory().heaviest(Optional.of(samples.id()), busy))
        .isEqualTo(OptionalLong.empty());
  }

  @Test
  void inventory_forgetsTheOldest_inBounds() {
    Instant at = samples.time();
    User user = user(1);
    List<UnregisteredSum> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rows.add(asked(user, "/opt/" + i, i + 1, at.plusSeconds(4 - i)));
    }
    write(tx -> rows.forEach(tx.inventory()::put));
    write(tx -> tx.inventory().forget(at.plusSeconds(3), 1));
    assertThat(inventory(Instant.EPOCH, Optional.empty())).isEqualTo(rows.subList(0, 3));
    write(tx -> tx.inventory().forget(at.plusSeconds(3), 9));
    assertThat(inventory(Instant.EPOCH, Optional.empty())).isEqualTo(rows.subList(0, 2));
  }

  private Event append(EventKind kind, Optional<Id> subject, Instant at) {
    var event = samples.event(kind, subject);
    return store.write(tx -> tx.events().append(event, at));
  }

  private List<Event> events(Events.Filter filter) {
    return read(view -> view.events().list(filter, 1000));
  }

  // --- requests, meta, pages

  @Test
  void answers_areRememberedPerActor_andForgottenOldestFirst() {
    Requests.Answer old = samples.answer("uid:1");
    Requests.Answer newer = samples.answer("uid:1");
    write(tx -> {
      tx.requests().remember(old);
      tx.requests().remember(newer);
    });
    that(view -> view.requests().find("uid:1", old.id())).isEqualTo(Optional.of(old));
    assertThat(read(view -> view.requests().find("uid:2", old.id())).isPresent()).isFalse();
    write(tx -> tx.requests().forget(old.at(), newer.at(), 10));
    assertThat(read(view -> view.requests().find("uid:1", old.id())).isPresent()).isTrue();
    write(tx -> tx.requests().forget(newer.at().plusSeconds(1), newer.at().plusSeconds(1), 1));
    assertThat(read(view -> view.requests().find("uid:1", old.id())).isPresent()).isFalse();
    assertThat(read(view -> view.requests().find("uid:1", newer.id())).isPresent()).isTrue();
  }

  @Test
  void answers_fromBeforeTheClockWasSetBack_doNotKeepTheOthers() {
    Requests.Answer future = samples.answer("uid:1");
    Requests.Answer behind = samples.answer("uid:1");
    write(tx -> {
      tx.requests().remember(future);
      tx.requests().remember(behind);
    });
    Instant between = future.at().minusSeconds(1);
    write(tx -> tx.requests().forget(between, between, 1));
    assertThat(read(view -> view.requests().find("uid:1", future.id())).isPresent()).isFalse();
  }

  @Test
  void tokens_thatExpiredLongAgo_areForgotten() {
    JoinTokenRecord old = samples.token();
    write(tx -> tx.nodes().insert(old));
    write(tx -> tx.nodes().forgetTokens(old.expiresAt(), 9));
    assertThat(read(view -> view.nodes().token(old.secretDigest())).isPresent()).isTrue();
    write(tx -> tx.nodes().forgetTokens(old.expiresAt().plusSeconds(1), 9));
    assertThat(read(view -> view.nodes().token(old.secretDigest())).isPresent()).isFalse();
  }

  @Test
  void meta_keepsEpochNumberTimeAndTrustDomain() {
    Id epoch = read(view -> view.meta().epoch());
    thatWrite(tx -> tx.meta().nextRegistryNumber()).isEqualTo(1L);
    thatWrite(tx -> tx.meta().nextRegistryNumber()).isEqualTo(2L);
    Instant late = samples.time();
    write(tx -> tx.meta().noteTime(late));
    write(tx -> tx.meta().noteTime(late.minusSeconds(5)));
    that(view -> view.meta().highestTime()).isEqualTo(Optional.of(late));
    assertThat(read(view -> view.meta().trustDomain()).isPresent()).isFalse();
    write(tx -> tx.meta().setTrustDomain("example.org"));
    that(view -> view.meta().trustDomain()).isEqualTo(Optional.of("example.org"));
    assertThat(read(view -> view.meta().epoch()).equals(epoch)).isTrue();
  }

  @Test
  void pages_giveEverythingOnce_inOrderOfCreation() {
    Person person = samples.person();
    List<Owner> owners = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      owners.add(samples.owner(person));
    }
    write(tx -> {
      tx.owners().insert(person);
      owners.forEach(tx.owners()::insert);
    });
    for (int size = 1; size <= 8; size++) {
      List<Owner> all = new ArrayList<>();
      Optional<String> next = Optional.empty();
      do {
        var request = new Page.Request(size, next);
        Page<Owner> page = read(view -> view.owners().list(request));
        all.addAll(page.items());
        next = page.next();
      } while (next.isPresent());
      assertThat(all).isEqualTo(owners);
    }
    assertThatThrownBy(
            () -> read(view -> view.owners().list(new Page.Request(1, Optional.of("forged")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("page token");
  }

  @Test
  void administrators_areFoundByNameTokenAndKey_andRemovedIsFinal() {
    Rows rows = insertRows();
    var made =
        new Administrator(
            samples.id(),
            samples.name(),
            new Administrator.Scope(
                AdministratorRole.REGISTRAR,
                Set.of(rows.owner.id()),
                java.time.Duration.ofHours(12)),
            AdministratorState.ACTIVE,
            Optional.empty(),
            Optional.of(
                new Administrator.Token(samples.digest(), samples.time(), Optional.empty())),
            samples.time(),
            1);
    write(tx -> tx.administrators().insert(made));
    var token = made.token().orElseThrow();
    that(view -> view.administrators().find(made.name())).isEqualTo(Optional.of(made));
    that(view -> view.administrators().byToken(token.secretDigest())).isEqualTo(Optional.of(made));
    var key = new Administrator.Key(samples.digest(), samples.time());
    var enrolled =
        made.certified(
            key,
            Optional.of(
                new Administrator.Token(
                    token.secretDigest(), token.expiresAt(), Optional.of(key.digest()))));
    write(tx -> tx.administrators().update(enrolled));
    that(view -> view.administrators().byKey(key.digest())).isEqualTo(Optional.of(enrolled));
    Page<Administrator> page =
        read(view -> view.administrators().list(new Page.Request(1, Optional.empty())));
    assertThat(page.items()).containsExactly(enrolled);
    assertThatThrownBy(() -> write(tx -> tx.administrators().insert(made)))
        .isInstanceOf(RuntimeException.class);
    Administrator removed = enrolled.in(AdministratorState.REMOVED);
    write(tx -> tx.administrators().update(removed));
    that(view -> view.administrators().find(made.id())).isEqualTo(Optional.of(removed));
    that(view -> view.administrators().byToken(token.secretDigest())).isEqualTo(Optional.empty());
    assertThatThrownBy(
            () -> write(tx -> tx.administrators().update(removed.in(AdministratorState.ACTIVE))))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void closedStore_refuses() {
    store.close();
    assertThatThrownBy(() -> write(_ -> {})).isInstanceOf(StoreException.class);
  }
}
