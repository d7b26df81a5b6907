package dev.credence.node;

import static dev.credence.node.Registrations.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Evidence;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.node.launch.BeforeStart;
import dev.credence.node.launch.LaunchRefusal;
import dev.credence.node.launch.LaunchStep;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.ProcessMark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("which launches the registrations allow")
class LaunchGateTest {
  private static final String TREE = "code:tree:" + "0".repeat(64);
  private static final Demands LAUNCHED = new Demands(CodeAssurance.LAUNCHER, Isolation.SHARED_UID);
  private static final ProcessMark MARK = new ProcessMark("boot", 1, 100, 5, 1, 2, 3, 4, 5);
  private static final Evidence OWN_GROUP = says("sandbox:cgroup:own");

  private final Knowledge knowledge = new Knowledge();
  private final List<Refusal> told = new ArrayList<>();
  private final LaunchGate gate =
      new LaunchGate(
          knowledge,
          new RefusalLog(new ManualTime(Instant.EPOCH), Runnable::run, this::told),
          new NodeMetrics());

  private boolean told(List<Refusal> refusals) {
    return told.addAll(refusals);
  }

  private void knows(Registration... registrations) throws GapException {
    knowledge.apply(
        new RegistryChange(new Cursor("aa", 1), 0, true, List.of(registrations), Set.of()));
  }

  private static List<Evidence> measured(CodeAssurance code) {
    return List.of(says(TREE, code), OWN_GROUP);
  }

  private static BeforeStart before(List<Evidence> evidence) {
    return new BeforeStart(evidence, Optional.empty(), Optional::empty);
  }

  @Test
  @DisplayName("why the code counts as file is said where that is too little, and only there")
  void cause() throws Exception {
    knows(Registrations.demanding(LAUNCHED, TREE));
    var known =
        new BeforeStart(
            measured(CodeAssurance.FILE), Optional.of("others can rename /x"), Optional::empty);
    assertThat(gate.mismatch("a1", known).orElseThrow())
        .contains("code assurance is file (expected: at least launcher)")
        .contains("the code counts as file: others can rename /x");
    knows(Registrations.demanding(LAUNCHED, TREE, "launch:runtime:python"));
    assertThat(gate.mismatch("a1", known).orElseThrow())
        .contains("launch:runtime is not there")
        .doesNotContain("rename");
  }

  @Test
  @DisplayName("a minimum of isolation that cannot be reached is said before the start, with why")
  void isolation() throws Exception {
    knows(Registrations.demanding(new Demands(CodeAssurance.NONE, Isolation.SANDBOXED), TREE));
    var evidence = measured(CodeAssurance.LAUNCHER);
    assertThat(gate.mismatch("a1", before(evidence))).isEmpty();
    var crowded =
        new BeforeStart(evidence, Optional.empty(), () -> Optional.of("process 7 runs there"));
    assertThat(gate.mismatch("a1", crowded).orElseThrow())
        .contains("isolation is shared-uid (expected: at least sandboxed)")
        .contains("process 7 runs there");
    knows(Registrations.demanding(LAUNCHED, TREE));
    var unasked =
        new BeforeStart(
            evidence,
            Optional.empty(),
            () -> {
              throw new AssertionError("nobody demands it");
            });
    assertThat(gate.mismatch("a1", unasked)).isEmpty();
  }

  @Test
  @DisplayName("a minimum that the code does not reach is said before the start, with both levels")
  void minimum() throws Exception {
    knows(Registrations.demanding(LAUNCHED, TREE));
    assertThat(gate.mismatch("a1", before(measured(CodeAssurance.LAUNCHER)))).isEmpty();
    assertThat(gate.mismatch("a1", before(measured(CodeAssurance.FILE))).orElseThrow())
        .contains("code assurance is file (expected: at least launcher)");
  }

  @Test
  @DisplayName("a minimum is not met by selectors that say nothing about the code")
  void nothingAboutCode() throws Exception {
    knows(Registrations.demanding(LAUNCHED, "sandbox:cgroup:own"));
    assertThat(gate.mismatch("a1", before(measured(CodeAssurance.LAUNCHER))).orElseThrow())
        .contains("code assurance is none (expected: at least launcher)");
  }

  @Test
  @DisplayName("what is only read of the running process may still reach the minimum")
  void later() throws Exception {
    knows(
        Registrations.demanding(
            new Demands(CodeAssurance.FILE, Isolation.SHARED_UID),
            "unix:path:/bin/x",
            "sandbox:cgroup:own"));
    assertThat(gate.mismatch("a1", before(measured(CodeAssurance.LAUNCHER)))).isEmpty();
  }

  @Test
  @DisplayName("a variable that the registration does not name makes launcher file, in words")
  void variables() throws Exception {
    knows(Registrations.of(1, TREE));
    List<Evidence> known =
        List.of(
            says(TREE, CodeAssurance.LAUNCHER),
            OWN_GROUP,
            says("launch:env:TOKEN"),
            says("launch:env:DEBUG"));
    assertThat(gate.mismatch("team/a1", before(known))).isEmpty();
    assertThat(gate.notice("team/a1", known).orElseThrow())
        .contains("file, not launcher")
        .contains("(add --selector launch:env:DEBUG --selector launch:env:TOKEN)");
    knows(Registrations.of(1, TREE, "launch:env:TOKEN", "launch:env:DEBUG"));
    assertThat(gate.notice("team/a1", known)).isEmpty();
    knows(Registrations.demanding(LAUNCHED, TREE, "launch:env:TOKEN"));
    assertThat(gate.mismatch("team/a1", before(known)).orElseThrow())
        .contains("code assurance is file")
        .contains("--selector launch:env:DEBUG")
        .doesNotContain("TOKEN");
  }

  @Test
  @DisplayName("one that can change the code must be named by whichever registration is met")
  void loading() throws Exception {
    List<Evidence> known =
        List.of(says(TREE, CodeAssurance.LAUNCHER), OWN_GROUP, says("launch:env:PYTHONPATH"));
    knows(Registrations.of(1, TREE, "launch:env:PYTHONPATH"), Registrations.of(2, TREE));
    assertThat(gate.mismatch("team/a1", before(known)).orElseThrow()).contains("agent/team/a2");
    var launched = new ArrayList<>(known);
    launched.add(says("launch:agent:team/a1"));
    assertThat(gate.mismatch("team/a1", before(launched)))
        .as("the other agent does not count")
        .isEmpty();
  }

  @Test
  @DisplayName("which agents a name may mean")
  void agents() throws Exception {
    knows(Registrations.of(1, TREE), Registrations.of(11, TREE));
    assertThat(gate.agents("a1")).containsExactly("team/a1");
    assertThat(gate.agents("team/a1")).containsExactly("team/a1");
    assertThat(gate.agents("m/a1")).isEmpty();
    assertThat(gate.agents("other")).isEmpty();
  }

  private void refused(LaunchStep step, String agent, String why) {
    gate.refused(
        new LaunchRefusal(
            new PeerCredentials(1, 1000, 1000),
            Optional.of(MARK),
            step,
            new LaunchRefusal.Asked(agent, "\"python3\""),
            why));
  }

  @Test
  @DisplayName("a refusal is about the agent that is meant, each reason with its own words")
  void refusals() throws Exception {
    Registration known = Registrations.of(1, TREE);
    knows(known);
    refused(LaunchStep.USER, "a1", "no account");
    refused(LaunchStep.REGISTRATION, "invoce-bot", "no agent");
    assertThat(told).extracting(it -> it.told().detail()).containsExactly("no account", "no agent");
    assertThat(told)
        .extracting(it -> it.caller().aim())
        .containsExactly(
            new Refusal.Aim("user", Optional.of(known.subject().id())),
            new Refusal.Aim("registration", Optional.empty()));
    assertThat(told)
        .allSatisfy(it -> {
          assertThat(it.mark()).contains(MARK);
          assertThat(it.caller().uid()).isEqualTo(1000);
          assertThat(it.told().program()).isEqualTo("\"python3\"");
        });
  }

  @Test
  @DisplayName("names that callers make up are counted together")
  void manyNames() throws Exception {
    knows(Registrations.of(1, TREE));
    for (int i = 0; i < 100; i++) {
      refused(LaunchStep.REGISTRATION, "made-up-" + i, "no agent made-up-" + i);
    }
    assertThat(told).hasSize(1);
  }

  @Test
  @DisplayName("an agent that is suspended is not one that is not there")
  void suspended() throws Exception {
    Registration active = Registrations.of(1, TREE);
    Subject subject = active.subject();
    knows(
        new Registration(
            active.id(),
            active.revision(),
            active.essence(),
            new Subject(
                subject.id(), subject.kind(), subject.spiffeId(), false, "subject-suspended"),
            active.selectors(),
            active.demands(),
            active.hint(),
            active.createdAt(),
            active.jwt()));
    assertThat(gate.mismatch("team/a1", before(measured(CodeAssurance.LAUNCHER))).orElseThrow())
        .contains("agent/team/a1")
        .contains("subject-suspended");
    assertThat(gate.mismatch("other", before(measured(CodeAssurance.LAUNCHER))).orElseThrow())
        .isEqualTo(
            "no agent other has a registration on this node (expected: one with selectors such as code:tree, see credence agent measure; whoever administers Credence sees the names: credence agent list)");
  }
}
