package dev.credence.node;

import static dev.credence.node.Registrations.attestation;
import static dev.credence.node.Registrations.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.certs.SpiffeId;
import dev.credence.node.NearMiss.FailedDemand;
import dev.credence.node.NearMiss.FailedSelector;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EntitlementsTest {
  private static final Evidence UID = says("unix:uid:1000");
  private static final Evidence PATH = says("unix:path:/bin/agent", CodeAssurance.FILE);
  private static final Evidence CLAIM = says("unix:sha256:00", CodeAssurance.CLAIMED);

  @Test
  void allSelectorsMustHold() {
    Registration both = Registrations.of(1, "unix:uid:1000", "unix:path:/bin/agent");
    assertThat(Entitlements.of(List.of(both), attestation(UID, PATH)))
        .extracting(Match::registration)
        .containsExactly(both);
    assertThat(Entitlements.of(List.of(both), attestation(UID))).isEmpty();
    assertThat(Entitlements.of(List.of(both), attestation(PATH))).isEmpty();
  }

  @Test
  @DisplayName("a program that was launched for an agent is no other agent, whatever fits")
  void launchedFor() {
    Registration first = Registrations.of(1, "unix:uid:1000");
    Registration second = Registrations.of(2, "unix:uid:1000");
    var both = List.of(first, second);
    assertThat(Entitlements.of(both, attestation(UID))).hasSize(2);
    Attestation launched = attestation(UID, says("launch:agent:team/a2"));
    assertThat(Entitlements.of(both, launched))
        .extracting(Match::registration)
        .containsExactly(second);
    assertThat(Entitlements.of(both, attestation(UID, says("launch:agent:other/a2")))).isEmpty();
    NearMiss miss = NearestRegistration.of(both, launched).getFirst();
    assertThat(miss.registration()).isEqualTo(first);
    assertThat(miss.failed())
        .containsExactly(
            new FailedDemand(
                "the node started it for agent team/a2, and it has no other's identity"));
  }

  @Test
  @DisplayName("what cannot be found out about another agent's registration is not in its way")
  void launchedForAndUnclear() {
    Registration other = Registrations.of(1, "systemd:id:bot.service");
    var silent = new Gap("systemd:id", "no answer", true);
    assertThat(Unclear.of(List.of(other), Registrations.withGap(silent, UID)).isNone()).isFalse();
    assertThat(
            Unclear.of(
                    List.of(other),
                    Registrations.withGap(silent, UID, says("launch:agent:team/a2")))
                .isNone())
        .isTrue();
  }

  @Test
  @DisplayName("a service is not what was launched for an agent")
  void launchedForNoService() {
    Registration agent = Registrations.of(1, "unix:uid:1000");
    var service =
        new Registration(
            agent.id(),
            agent.revision(),
            agent.essence(),
            new Subject(
                agent.subject().id(),
                SubjectKind.SERVICE,
                SpiffeId.parse("spiffe://test.example/service/team/a1")),
            agent.selectors(),
            agent.demands(),
            agent.hint(),
            agent.createdAt(),
            agent.jwt());
    assertThat(Entitlements.of(List.of(service), attestation(UID))).hasSize(1);
    assertThat(Entitlements.of(List.of(service), attestation(UID, says("launch:agent:team/a1"))))
        .isEmpty();
  }

  @Test
  void aRegistrationWithoutSelectorsCannotBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> Registrations.of(1));
  }

  @Test
  void theCodeAssuranceIsTheWeakestOfTheMatchedSelectors() {
    var all = attestation(UID, PATH, CLAIM);
    assertThat(codeOf(all, "unix:uid:1000")).isEqualTo(CodeAssurance.NONE);
    assertThat(codeOf(all, "unix:uid:1000", "unix:path:/bin/agent")).isEqualTo(CodeAssurance.FILE);
    assertThat(codeOf(all, "unix:path:/bin/agent", "unix:sha256:00"))
        .isEqualTo(CodeAssurance.CLAIMED);
  }

  @Test
  void whatOutlivesItsProcessIsClaimedAtMost() {
    var evidence = Registrations.says("unix:path:/bin/agent", CodeAssurance.FILE);
    Attestation seen = Registrations.attestation(Isolation.OWN_UID, evidence);
    Registration tied = Registrations.of(1, "unix:path:/bin/agent");
    Subject subject = tied.subject();
    var loose =
        new Registration(
            tied.id(),
            tied.revision(),
            tied.essence(),
            new Subject(subject.id(), subject.kind(), subject.spiffeId(), true, ""),
            tied.selectors(),
            tied.demands(),
            tied.hint(),
            tied.createdAt(),
            tied.jwt());
    assertThat(Entitlements.code(tied, seen)).isEqualTo(CodeAssurance.FILE);
    assertThat(Entitlements.code(loose, seen)).isEqualTo(CodeAssurance.CLAIMED);
  }

  private static CodeAssurance codeOf(Attestation attestation, String... selectors) {
    return Entitlements.of(List.of(Registrations.of(1, selectors)), attestation).getFirst().code();
  }

  @Test
  void demandsMustBeMet() {
    Registration demanding =
        Registrations.demanding(
            new Demands(CodeAssurance.FILE, Isolation.OWN_UID), "unix:path:/bin/agent");
    assertThat(Entitlements.of(List.of(demanding), attestation(Isolation.SHARED_UID, PATH)))
        .isEmpty();
    assertThat(Entitlements.of(List.of(demanding), attestation(Isolation.OWN_UID, PATH)))
        .hasSize(1);
    Registration claimed =
        Registrations.demanding(
            new Demands(CodeAssurance.FILE, Isolation.SHARED_UID), "unix:sha256:00");
    assertThat(Entitlements.of(List.of(claimed), attestation(CLAIM))).isEmpty();
  }

  @Test
  void oneIdentityForEachSubjectByItsStrongestRegistration() {
    Registration weakAndOld = Registrations.build(1, 1, Demands.NONE, "unix:uid:1000");
    Registration strong = Registrations.build(1, 2, Demands.NONE, "unix:path:/bin/agent");
    Registration strongAndYoung = Registrations.build(1, 3, Demands.NONE, "unix:path:/bin/agent");
    Registration other = Registrations.build(2, 9, Demands.NONE, "unix:uid:1000");
    assertThat(
            Entitlements.of(
                List.of(other, strongAndYoung, weakAndOld, strong), attestation(UID, PATH)))
        .extracting(Match::registration)
        .containsExactly(strong, other);
  }

  // --- the nearest ---

  @Test
  void theNearestRegistrationMissesTheLeast() {
    Registration far = Registrations.of(1, "unix:uid:1", "unix:gid:1");
    Registration near = Registrations.of(2, "unix:uid:1000", "unix:path:/bin/other");
    Registration nearButSmaller = Registrations.of(3, "unix:uid:7");
    List<NearMiss> nearest =
        NearestRegistration.of(
            List.of(
                far, nearButSmaller, near, Registrations.of(4, "unix:a:b", "unix:c:d", "unix:e:f")),
            attestation(UID, PATH));
    assertThat(nearest)
        .extracting(NearMiss::registration)
        .containsExactly(near, nearButSmaller, far);
    assertThat(nearest.getFirst().failed())
        .containsExactly(
            new FailedSelector(Selector.parse("unix:path:/bin/other"), List.of("/bin/agent"), ""));
  }

  @Test
  void aDemandThatFailsIsSaid() {
    Registration demanding =
        Registrations.demanding(
            new Demands(CodeAssurance.FILE, Isolation.SANDBOXED), "unix:sha256:00");
    assertThat(NearestRegistration.of(List.of(demanding), attestation(CLAIM)).getFirst().failed())
        .containsExactly(
            new FailedDemand("code assurance is claimed (expected: at least file)"),
            new FailedDemand("isolation is shared-uid (expected: at least sandboxed)"));
  }

  @Test
  void whatCouldNotBeAttestedSaysWhy() {
    Registration wanted = Registrations.of(1, "unix:path:/bin/agent");
    var attestation = Registrations.withGap(new Gap("unix:path", "another mount namespace"), UID);
    assertThat(NearestRegistration.of(List.of(wanted), attestation).getFirst().failed())
        .containsExactly(
            new FailedSelector(
                Selector.parse("unix:path:/bin/agent"), List.of(), "another mount namespace"));
  }
}
