package dev.credence.e2e.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.kills.Asked.Outcome;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.Subject;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A history in which all is well; and each thing that must not be, put into it.
@DisplayName("the checker of what was killed finds what is wrong")
class CheckerTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final String LATER = "2026-06-01T01:00:00Z";

  private final List<Event.Builder> events = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private final List<Subject> agents = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Execution> running = new ArrayList<>();
  private Set<BigInteger> listed = Set.of(BigInteger.valueOf(0xa1));

  CheckerTest() {
    asked("agent-created", "o/kept", "r1", Outcome.ACKNOWLEDGED);
    asked("agent-created", "o/gone", "r2", Outcome.ACKNOWLEDGED);
    asked("agent-suspended", "o/gone", "r3", Outcome.ACKNOWLEDGED);
    asked("agent-created", "o/never", "r4", Outcome.UNKNOWN);
    asked("node-attested", "token-1", "r5", Outcome.ACKNOWLEDGED);
    asked("node-attested", "token-1", "r6", Outcome.REFUSED);
    event("agent-created", it -> it.setRequestId("r1").setSubjectId("kept"));
    event("agent-created", it -> it.setRequestId("r2").setSubjectId("gone"));
    event("node-attested", it -> attested(it, "k1", "false"));
    event("node-attested", it -> attested(it, "k1", "true").putDetails("serial", "c2"));
    began("kept", "x1", "b1", "kb1");
    began("gone", "x2", "a1", "ka1");
    event("execution-ended", it -> it.setSubjectId("gone").setNodeId("n1").setExecutionId("x2"));
    event("agent-suspended", it -> it.setRequestId("r3").setSubjectId("gone"));
    agents.add(agent("kept", "active"));
    agents.add(agent("gone", "suspended"));
    nodes.add(Node.newBuilder().setId("n1").setState("active").build());
    running.add(
        Execution.newBuilder()
            .setId("x1")
            .setSubjectId("kept")
            .setNodeId("n1")
            .setSerial("b1")
            .build());
  }

  private void asked(String verb, String thing, String request, Outcome outcome) {
    var answers = outcome == Outcome.ACKNOWLEDGED ? List.of("n1") : List.<String>of();
    asked.add(new Asked(verb, thing, request, outcome, answers));
  }

  private void event(String kind, Consumer<Event.Builder> more) {
    var event = Event.newBuilder().setKind(kind).setNumber(events.size() + 1);
    more.accept(event);
    events.add(event);
  }

  private static Event.Builder attested(Event.Builder event, String key, String again) {
    return event
        .setNodeId("n1")
        .putDetails("token", "t1")
        .putDetails("key", key)
        .putDetails("again", again)
        .putDetails("serial", "c1")
        .putDetails("not-after", LATER);
  }

  private void began(String agent, String execution, String serial, String key) {
    event(
        "execution-began", it -> it.setSubjectId(agent).setNodeId("n1").setExecutionId(execution));
    event(
        "svid-issued",
        it ->
            it.setSubjectId(agent)
                .setNodeId("n1")
                .setExecutionId(execution)
                .putDetails("serial", serial)
                .putDetails("key", key)
                .putDetails("not-after", LATER));
  }

  private static Subject agent(String name, String state) {
    return Subject.newBuilder().setOwner("o").setName(name).setState(state).build();
  }

  private void renumber() {
    for (int i = 0; i < events.size(); i++) {
      events.get(i).setNumber(i + 1);
    }
  }

  private List<String> broken() {
    var evidence =
        new Evidence(
            events.stream().map(Event.Builder::build).toList(),
            agents,
            nodes,
            running,
            listed,
            NOW);
    return new Checker().broken(asked, evidence);
  }

  private void finds(String text) {
    assertThat(broken()).anySatisfy(line -> assertThat(line).contains(text));
  }

  @Test
  void allIsWell() {
    assertThat(broken()).isEmpty();
  }

  @Test
  void aLostWrite() {
    agents.removeFirst();
    events.removeFirst();
    renumber();
    finds("agent-created of o/kept (request r1) was ACKNOWLEDGED, and left 0 events");
    finds("o/kept is absent");
  }

  @Test
  void aWriteWithoutItsEvent() {
    events.removeFirst();
    renumber();
    finds("left 0 events");
  }

  @Test
  void anEndOfWhatHadEndedByItself() {
    asked("execution-ended", "x2", "r9", Outcome.ACKNOWLEDGED);
    assertThat(broken()).isEmpty();
  }

  @Test
  void aLostEnd() {
    asked("execution-ended", "x1", "r9", Outcome.ACKNOWLEDGED);
    finds("execution-ended of x1 (request r9) was ACKNOWLEDGED, and left 0 events");
  }

  @Test
  void aLostSuspension() {
    agents.set(1, agent("gone", "active"));
    finds("o/gone is active (expected: [suspended])");
  }

  @Test
  void aGap() {
    events.remove(events.size() - 2);
    finds("its number (expected: 9)");
  }

  @Test
  void aNumberTwice() {
    events.add(3, events.get(2).clone());
    finds("event 3, node-attested: its number (expected: 4)");
  }

  @Test
  void aRequestThatCountedTwice() {
    event("agent-created", it -> it.setRequestId("r1").setSubjectId("other"));
    finds("was ACKNOWLEDGED, and left 2 events");
  }

  @Test
  void anUnansweredRequestThatCountedTwice() {
    event("agent-created", it -> it.setRequestId("r4"));
    assertThat(broken()).isEmpty();
    event("agent-created", it -> it.setRequestId("r4"));
    finds("was UNKNOWN, and left 2 events");
  }

  @Test
  void aRefusedRequestThatCounted() {
    asked("node-banned", "n1", "r9", Outcome.REFUSED);
    event("node-banned", it -> it.setRequestId("r9").setNodeId("n9"));
    finds("was REFUSED, and left 1 events");
  }

  @Test
  void anotherAnswerToTheSameRequest() {
    asked.set(
        0, new Asked("agent-created", "o/kept", "r1", Outcome.ACKNOWLEDGED, List.of("a", "b")));
    finds("answers [a, b] (expected: one and the same)");
  }

  @Test
  void aTokenUsedByTwoKeys() {
    event("node-attested", it -> attested(it, "k2", "true"));
    finds("token t1 was used by keys [k1, k2]");
  }

  @Test
  void aTokenThatMadeTwoNodes() {
    event("node-attested", it -> attested(it, "k1", "false").setNodeId("n2"));
    finds("token t1 made nodes [n1, n2]");
    finds("token t1 was redeemed for the first time 2 times");
  }

  @Test
  void twoRedemptionsAcknowledged() {
    asked.set(5, new Asked("node-attested", "token-1", "r6", Outcome.ACKNOWLEDGED, List.of("n1")));
    finds("token-1 was redeemed by requests");
  }

  @Test
  void anAttestedNodeThatIsGone() {
    nodes.clear();
    finds("node n1 was attested, and is not there");
  }

  @Test
  void anSvidAfterTheSuspension() {
    began("gone", "x3", "a2", "ka2");
    finds("execution-began of gone, which is out of service");
    finds("svid-issued of gone, which is out of service");
  }

  @Test
  void anSvidAfterABar() {
    event("bar-set", it -> it.setSubjectId("kept").setNodeId("n1"));
    began("kept", "x3", "b2", "kb2");
    finds("svid-issued of keptn1, which is out of service");
  }

  @Test
  void aBannedNodeThatIsAttested() {
    event("node-banned", it -> it.setNodeId("n1"));
    event("node-attested", it -> attested(it, "k1", "true").putDetails("serial", "c3"));
    finds("node-attested of a node that is out of service");
  }

  @Test
  void anSvidForAnExecutionThatHasEnded() {
    event("execution-ended", it -> it.setExecutionId("x1"));
    event("svid-issued", it -> it.setExecutionId("x1").putDetails("serial", "b9"));
    finds("svid-issued of an execution that does not run");
  }

  @Test
  void anEndThatIsThereTwice() {
    event("execution-ended", it -> it.setExecutionId("x2"));
    finds("execution-ended of an execution that does not run");
  }

  @Test
  void aKeyAndASerialUsedTwice() {
    began("kept", "x3", "b1", "kb1");
    finds("with serial \"b1\"");
    finds("with key \"kb1\"");
  }

  @Test
  void anExecutionThatRunsAfterItsEnd() {
    running.add(Execution.newBuilder().setId("x2").setSubjectId("gone").build());
    finds("execution x2 runs (expected by events: it does not)");
  }

  @Test
  void anExecutionThatIsLost() {
    running.clear();
    finds("execution x1 does not run (expected by events: it does)");
  }

  @Test
  void twoExecutionsOfOneProcess() {
    began("kept", "x3", "b3", "kb3");
    running.add(running.getFirst().toBuilder().setId("x3").build());
    finds("a second one of its process");
  }

  @Test
  void aWithdrawnSerialThatIsNotListed() {
    listed = Set.of();
    finds("serial a1 is on no revocation list");
  }

  @Test
  void aRunningSerialThatIsListed() {
    listed = Set.of(BigInteger.valueOf(0xa1), BigInteger.valueOf(0xb1));
    finds("serial b1 is on a revocation list");
  }

  @Test
  void theSerialsOfABannedNode() {
    event("node-banned", it -> it.setNodeId("n1"));
    finds("serial c1 is on no revocation list");
    finds("serial b1 is on no revocation list");
  }
}
