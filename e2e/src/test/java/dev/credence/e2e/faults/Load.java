package dev.credence.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.FirstContact;
import dev.credence.e2e.client.RawNode;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.node.v1.Registration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// 200 changes, made by several threads at once; what became of each; and what must be true
/// afterwards.
final class Load {

  /// The agent whose processes the node claims to see.
  static final String BASE = "base";

  /// Its selector.
  static final String UID = "unix:uid:4000000";

  private static final int REGISTRATIONS = 70;
  private static final int REFUSALS = 10;
  private static final int EXECUTIONS = 80;
  private static final int TOKENS = 20;
  private static final int THREADS = 8;

  private final RawNode node;
  private final List<Deed.Register> registrations = new ArrayList<>();
  private final List<Deed.Register> refusals = new ArrayList<>();
  private final List<Deed.OpenExecution> executions = new ArrayList<>();
  private final List<Deed.Redeem> redemptions = new ArrayList<>();
  private final List<Deed> all = new ArrayList<>();

  private Load(RawNode node) {
    this.node = node;
  }

  static Load of(Random random, RawNode node, Registration base, Supplier<FirstContact> tokens) {
    var load = new Load(node);
    for (int i = 0; i < REGISTRATIONS; i++) {
      load.registrations.add(Deed.Register.good("agent-" + i));
    }
    for (int i = 0; i < REFUSALS; i++) {
      load.refusals.add(Deed.Register.bad("bad-" + i));
    }
    for (int i = 0; i < EXECUTIONS; i++) {
      load.executions.add(Deed.OpenExecution.of(node, base));
    }
    for (int i = 0; i < TOKENS; i++) {
      var contact = tokens.get();
      // Two machines with one token: two keys.
      load.redemptions.add(Deed.Redeem.with(contact));
      load.redemptions.add(Deed.Redeem.with(contact));
    }
    load.all.addAll(load.registrations);
    load.all.addAll(load.refusals);
    load.all.addAll(load.executions);
    load.all.addAll(load.redemptions);
    Collections.shuffle(load.all, random);
    return load;
  }

  /// Does everything that can be done before the server is dead.
  void runUntilOver(Admin admin) throws Exception {
    try (admin) {
      inParallel(admin, all);
    }
  }

  private static void inParallel(Admin admin, List<? extends Deed> deeds) throws Exception {
    var queue = new ConcurrentLinkedQueue<>(deeds);
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < THREADS; i++) {
        running.add(
            threads.submit(() -> {
              for (var deed = queue.poll(); deed != null; deed = queue.poll()) {
                deed.attempt(admin);
              }
            }));
      }
      for (var one : running) {
        one.get();
      }
    }
  }

  String summary() {
    return "acknowledged %d, refused %d, unknown %d"
        .formatted(
            count(Deed::isAcknowledged),
            count(Deed::isRefused),
            count(deed -> !deed.isAcknowledged() && !deed.isRefused()));
  }

  private long count(java.util.function.Predicate<Deed> what) {
    return all.stream().filter(what).count();
  }

  /// After the restart, before anything else is done.
  void checkKept(Admin admin) {
    var agents = byName(admin);
    var began =
        admin.executions(true).stream()
            .collect(Collectors.toMap(Execution::getId, Function.identity()));
    var nodes =
        admin.nodes().stream()
            .map(dev.credence.proto.admin.v1.Node::getId)
            .collect(Collectors.toSet());
    var events = admin.events();
    for (var deed : registrations) {
      deed.acknowledged()
          .ifPresent(made -> {
            assertThat(agents.get(deed.name()))
                .as("acknowledged agent " + deed.name())
                .containsExactly(made);
            assertThat(about(events, "agent-created", Event::getSubjectId)).contains(made.getId());
          });
    }
    refusals.forEach(deed -> assertThat(agents).doesNotContainKey(deed.name()));
    for (var deed : executions) {
      deed.acknowledged()
          .ifPresent(issued -> {
            assertThat(began).as("acknowledged execution").containsKey(issued.getExecutionId());
            assertThat(about(events, "execution-began", Event::getExecutionId))
                .contains(issued.getExecutionId());
            assertThat(about(events, "svid-issued", Event::getExecutionId))
                .contains(issued.getExecutionId());
          });
    }
    redemptions.forEach(deed ->
        deed.acknowledged()
            .ifPresent(attested -> assertThat(nodes).contains(attested.getNodeId())));
  }

  private static Set<String> about(List<Event> events, String kind, Function<Event, String> id) {
    return events.stream()
        .filter(event -> event.getKind().equals(kind))
        .map(id)
        .collect(Collectors.toSet());
  }

  /// Every request once more, under its own id: whoever had an answer gets the same one.
  void again(Admin admin) throws Exception {
    try (var session = node.sync()) {
      assertThat(session.registration(BASE).getName()).isEqualTo(BASE);
      var before = new ArrayList<String>();
      all.forEach(deed -> before.add(deed.answer()));
      var knew = all.stream().map(Deed::isAcknowledged).toList();
      inParallel(admin, all);
      for (int i = 0; i < all.size(); i++) {
        if (knew.get(i)) {
          assertThat(all.get(i).answer()).as("answer to the same request").isEqualTo(before.get(i));
        }
      }
    }
  }

  /// At the end.
  void checkOnce(Admin admin) {
    var agents = byName(admin);
    registrations.forEach(deed -> assertThat(agents.get(deed.name())).as(deed.name()).hasSize(1));
    refusals.forEach(deed -> assertThat(agents).doesNotContainKey(deed.name()));
    var pids =
        admin.executions(true).stream()
            .map(execution -> execution.getProcess().getMark().getPid())
            .toList();
    assertThat(pids)
        .as("one execution for each process")
        .hasSize(EXECUTIONS)
        .doesNotHaveDuplicates();
    assertThat(executions)
        .as("every execution was acknowledged in the end")
        .allMatch(Deed::isAcknowledged);
    var byToken = redemptions.stream().collect(Collectors.groupingBy(Deed.Redeem::contact));
    byToken
        .values()
        .forEach(pair ->
            assertThat(pair.stream().filter(Deed::isAcknowledged))
                .as("keys that redeemed one token")
                .hasSize(1));
    assertThat(admin.nodes())
        .as("a node for each token, and the one that was there")
        .hasSize(TOKENS + 1);
    var serials = new HashSet<String>();
    admin
        .executions(true)
        .forEach(execution -> assertThat(serials.add(execution.getSerial())).isTrue());
  }

  private static java.util.Map<String, List<Subject>> byName(Admin admin) {
    return admin.subjects(SubjectKind.SUBJECT_KIND_AGENT).stream()
        .collect(Collectors.groupingBy(Subject::getName));
  }
}
