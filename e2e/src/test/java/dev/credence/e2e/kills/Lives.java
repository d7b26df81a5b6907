package dev.credence.e2e.kills;

import com.google.protobuf.Duration;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.kills.Asked.Outcome;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.EndExecutionRequest;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.RevokeExecutionRequest;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectLifeRequest;
import dev.credence.proto.admin.v1.UnbarExecutionRequest;
import dev.credence.proto.admin.v1.UpdateSubjectRequest;
import dev.credence.proto.common.v1.SubjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The lives of agents that running processes are: created, changed, suspended, resumed, revoked
/// and let in again, retired. At most a few at a time, so that each change has time to arrive.
final class Lives implements Load {
  static final String OWNER = "finance";

  private static final int AT_A_TIME = 3;
  private static final int RETIRE_PERCENT = 15;

  private final Book book;
  private final Random random;
  private final List<String> selectors;
  private final Map<String, Agent> agents = new TreeMap<>();
  private int made;

  /// One that is not retired.
  private static final class Agent {
    private final String name;
    private Deed last;
    private String state = "active";
    // The execution by which it was barred.
    private Optional<String> barred = Optional.empty();

    Agent(String name, Deed last) {
      this.name = name;
      this.last = last;
    }
  }

  /// @param selectors what the processes are known by
  Lives(Book book, Random random, List<String> selectors) {
    this.book = book;
    this.random = random;
    this.selectors = List.copyOf(selectors);
  }

  /// Names of agents that processes are to have SVIDs of now.
  List<String> entitled() {
    return agents.values().stream()
        .filter(agent -> agent.state.equals("active") && agent.barred.isEmpty())
        .map(agent -> agent.name)
        .toList();
  }

  /// After what was unknown is known.
  void resolved() {
    agents
        .values()
        .removeIf(agent -> {
          apply(agent);
          return agent.state.equals("retired") || agent.state.equals(States.ABSENT);
        });
  }

  private static void apply(Agent agent) {
    boolean done = agent.last.outcome() == Outcome.ACKNOWLEDGED;
    switch (agent.last.verb()) {
      case "agent-created" -> agent.state = done ? "active" : States.ABSENT;
      case "agent-suspended" -> agent.state = done ? "suspended" : agent.state;
      case "agent-resumed" -> agent.state = done ? "active" : agent.state;
      case "agent-retired" -> agent.state = done ? "retired" : agent.state;
      case "bar-lifted" -> agent.barred = done ? Optional.empty() : agent.barred;
      default -> {}
    }
  }

  @Override
  public boolean step(Admin admin) throws InterruptedException {
    if (agents.size() < AT_A_TIME) {
      return create(admin);
    }
    var all = new ArrayList<>(agents.values());
    var agent = all.get(random.nextInt(all.size()));
    boolean answered = change(admin, agent);
    if (answered) {
      resolved();
    }
    return answered;
  }

  private boolean create(Admin admin) throws InterruptedException {
    String name = "a-" + ++made;
    var deed =
        new Deed(
            "agent-created",
            OWNER + "/" + name,
            (to, request) ->
                to.create(
                        Admin.agent(OWNER, name, selectors.toArray(String[]::new))
                            .setRequestId(request))
                    .getId());
    agents.put(name, new Agent(name, deed));
    return book.ask(admin, deed) != Outcome.UNKNOWN;
  }

  private boolean change(Admin admin, Agent agent) throws InterruptedException {
    if (random.nextInt(100) < RETIRE_PERCENT) {
      return ask(admin, agent, life(agent, "agent-retired"));
    }
    if (agent.barred.isPresent()) {
      return ask(admin, agent, unbar(agent));
    }
    if (agent.state.equals("suspended")) {
      return ask(admin, agent, life(agent, "agent-resumed"));
    }
    return switch (random.nextInt(5)) {
      case 0, 1 -> ask(admin, agent, update(agent));
      case 2 -> ask(admin, agent, life(agent, "agent-suspended"));
      case 3 -> revoke(admin, agent);
      default -> end(admin, agent);
    };
  }

  private boolean ask(Admin admin, Agent agent, Deed deed) throws InterruptedException {
    agent.last = deed;
    return book.ask(admin, deed) != Outcome.UNKNOWN;
  }

  private static String thing(Agent agent) {
    return OWNER + "/" + agent.name;
  }

  private Deed life(Agent agent, String verb) {
    return new Deed(
        verb,
        thing(agent),
        (admin, request) -> {
          var stub = admin.call(SubjectLifeGrpc::newBlockingStub);
          var wanted =
              SubjectLifeRequest.newBuilder()
                  .setOptions(ChangeOptions.newBuilder().setRequestId(request))
                  .setKind(SubjectKind.SUBJECT_KIND_AGENT)
                  .setReference(thing(agent))
                  .build();
          var change =
              switch (verb) {
                case "agent-suspended" -> stub.suspendSubject(wanted);
                case "agent-resumed" -> stub.resumeSubject(wanted);
                default -> stub.retireSubject(wanted);
              };
          return change.getSubject().getId();
        });
  }

  /// A lifetime that it did not have.
  private Deed update(Agent agent) {
    long seconds = 600L + random.nextInt(10_000);
    return new Deed(
        "agent-updated",
        thing(agent),
        (admin, request) ->
            admin
                .call(SubjectLifeGrpc::newBlockingStub)
                .updateSubject(
                    UpdateSubjectRequest.newBuilder()
                        .setOptions(ChangeOptions.newBuilder().setRequestId(request))
                        .setKind(SubjectKind.SUBJECT_KIND_AGENT)
                        .setReference(thing(agent))
                        .addFields("svid_ttl")
                        .setSvidTtl(Duration.newBuilder().setSeconds(seconds))
                        .build())
                .getSubject()
                .getId());
  }

  private boolean revoke(Admin admin, Agent agent) throws InterruptedException {
    var execution = anyOf(admin, agent);
    if (execution.isEmpty()) {
      return ask(admin, agent, update(agent));
    }
    String id = execution.get();
    agent.barred = Optional.of(id);
    return ask(
        admin,
        agent,
        new Deed(
            "bar-set",
            thing(agent),
            (to, request) ->
                to.call(EndsGrpc::newBlockingStub)
                    .revokeExecution(
                        RevokeExecutionRequest.newBuilder()
                            .setRequestId(request)
                            .setExecutionId(id)
                            .build())
                    .getBar()
                    .getId()));
  }

  private static Deed unbar(Agent agent) {
    String id = agent.barred.orElseThrow();
    return new Deed(
        "bar-lifted",
        thing(agent),
        (admin, request) ->
            admin
                .call(EndsGrpc::newBlockingStub)
                .unbarExecution(
                    UnbarExecutionRequest.newBuilder()
                        .setRequestId(request)
                        .setExecutionId(id)
                        .build())
                .getId());
  }

  /// Its process may begin anew. It may have ended by itself meanwhile.
  private boolean end(Admin admin, Agent agent) throws InterruptedException {
    var execution = anyOf(admin, agent);
    if (execution.isEmpty()) {
      return ask(admin, agent, update(agent));
    }
    String id = execution.get();
    return ask(
        admin,
        agent,
        new Deed(
            "execution-ended",
            id,
            (to, request) ->
                to.call(ExecutionsGrpc::newBlockingStub)
                    .endExecution(
                        EndExecutionRequest.newBuilder()
                            .setRequestId(request)
                            .setExecutionId(id)
                            .setReason("kills")
                            .build())
                    .getId()));
  }

  private Optional<String> anyOf(Admin admin, Agent agent) {
    try {
      List<String> running =
          admin.executions(false).stream()
              .filter(one -> one.getAgent().equals(agent.name))
              .map(Execution::getId)
              .collect(Collectors.toList());
      return running.isEmpty()
          ? Optional.empty()
          : Optional.of(running.get(random.nextInt(running.size())));
    } catch (io.grpc.StatusRuntimeException e) {
      return Optional.empty();
    }
  }
}
