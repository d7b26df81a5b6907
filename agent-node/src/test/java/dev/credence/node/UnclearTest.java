package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.AskedProperties;
import dev.credence.attestors.Attested;
import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.linux.IsolationMeter.Measured;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.SecretBytes;
import dev.credence.certs.SpiffeId;
import dev.credence.node.Outcome.Stands;
import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.Entitled;
import dev.credence.node.Standing.NotNow;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.linux.PinnedProcess;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What somebody has to be asked for who does not answer: it grants nothing, it ends nothing, and
/// it is in nobody else's way.
class UnclearTest {
  private static final String UNIT = "systemd:id:bot.service";
  private static final String UID = "unix:uid:1";

  private final ManualTime time = new ManualTime(Instant.EPOCH);
  private final Seams seams = new Seams(time, time, new SecureRandom(), CryptoProviders.jdk());
  private final List<EndReason> ends = new ArrayList<>();
  private final HeldExecutions held =
      new HeldExecutions(new EndReports(new Ends(), Runnable::run, seams), _ -> {});
  private final Knowledge knowledge = new Knowledge();
  private PinnedProcess process;
  private Attested unix = says(UID);
  private Attested systemd = silent();

  /// Takes ends only.
  private final class Ends implements ExecutionCalls {
    @Override
    public Issued open(Match match, Attestation attestation, byte[] csr) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Issued renew(Id execution, Match match, Attestation attestation, byte[] csr) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String token(Id execution, List<String> audiences) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void end(Id execution, EndReason reason) {
      ends.add(reason);
    }
  }

  private record Scripted(String type, Supplier<Attested> says) implements WorkloadAttestor {
    @Override
    public Set<String> names() {
      return AskedProperties.of(type).names();
    }

    @Override
    public Attested attest(ProcessRef process, Wanted wanted) {
      return says.get();
    }
  }

  private static Attested says(String... selectors) {
    return new Attested(
        Arrays.stream(selectors)
            .map(Selector::parse)
            .map(one -> Evidence.of(one, CodeAssurance.ORCHESTRATOR, "test"))
            .toList(),
        List.of());
  }

  private static Attested silent() {
    return new Attested(List.of(), List.of(new Gap("systemd:id", "no answer", true)));
  }

  @BeforeEach
  void pin() throws Exception {
    process = PinnedProcess.ofPid((int) ProcessHandle.current().pid());
  }

  @AfterEach
  void close() {
    process.close();
  }

  private void registered(Registration... registrations) throws Exception {
    knowledge.apply(
        new RegistryChange(Cursor.of(new byte[16], 1), 0, true, List.of(registrations), Set.of()));
  }

  private void holds(Registration registration, long execution) {
    var svid =
        new HeldSvid(
            registration.subject().spiffeId(),
            new byte[] {1},
            SecretBytes.of(new byte[] {1}),
            Instant.EPOCH.plusSeconds(600),
            () -> Instant.EPOCH.plusSeconds(300));
    held.hold(
        new HeldExecution(
            new Id(5, execution),
            registration.subject().id(),
            registration.id(),
            Optional.of(registration.essence()),
            Optional.of(svid),
            false));
  }

  private Stands evaluate() {
    var attester =
        new Attester(
            List.of(new Scripted("unix", () -> unix), new Scripted("systemd", () -> systemd)),
            _ -> Measured.of(Isolation.OWN_UID),
            Spoiling.NONE);
    var evaluation =
        new Evaluation(
            attester,
            knowledge,
            new Issuance(
                new Ends(), seams, new SoundAuthorities(time), new Unissued(time, _ -> true)),
            time,
            new NodeMetrics());
    var subject = new Evaluation.Subject(new ProcessHost(process), held, new RecentLook());
    return (Stands) evaluation.evaluate(subject, true);
  }

  private List<SpiffeId> served(Stands stands) {
    assertThat(stands.standing()).isInstanceOf(Entitled.class);
    return ((Entitled) stands.standing())
        .identities().stream().map(one -> one.svid().id()).toList();
  }

  @Test
  void itGrantsNothing_andIsAskedForAgain() throws Exception {
    registered(Registrations.of(1, UID, UNIT));
    Stands stands = evaluate();
    assertThat(stands.failed()).isTrue();
    assertThat(stands.standing())
        .isEqualTo(
            new NotNow(
                "this node cannot find out now what a registration asks for: systemd:id (no answer); try again"));
  }

  @Test
  void whatElseIsNamedDecidesWithoutIt() throws Exception {
    registered(Registrations.of(1, "unix:uid:2", UNIT));
    assertThat(evaluate().standing()).isInstanceOf(Denied.class);
    registered(
        Registrations.demanding(new Demands(CodeAssurance.NONE, Isolation.SANDBOXED), UID, UNIT));
    assertThat(evaluate().standing()).isInstanceOf(Denied.class);
  }

  @Test
  void aLastingGapIsNoExcuse() throws Exception {
    systemd = new Attested(List.of(), List.of(new Gap("systemd:id", "it belongs to no unit")));
    registered(Registrations.of(1, UID, UNIT));
    assertThat(evaluate().standing()).isInstanceOf(Denied.class);
  }

  @Test
  void whatIsHeldStaysWhileItIsValid_inItsPlace_besideWhatNeedsNothing() throws Exception {
    Registration first = Registrations.of(1, UID, UNIT);
    Registration second = Registrations.of(2, UID);
    registered(first, second);
    holds(second, 2);
    holds(first, 1);
    Stands stands = evaluate();
    assertThat(stands.failed()).isTrue();
    // The default identity is the first one, as before.
    assertThat(served(stands))
        .containsExactly(first.subject().spiffeId(), second.subject().spiffeId());
    time.advance(Duration.ofSeconds(601));
    registered(first);
    assertThat(evaluate().standing()).isInstanceOf(NotNow.class);
    assertThat(held.of(first.subject().id())).isPresent();
  }

  @Test
  void whatIsHeldEndsForWhatIsKnown() throws Exception {
    Registration registration = Registrations.of(1, UID, UNIT);
    registered(registration);
    holds(registration, 1);
    unix = says("unix:uid:2");
    assertThat(evaluate().standing()).isInstanceOf(Denied.class);
    assertThat(ends).containsExactly(EndReason.PROCESS_CHANGED);
  }

  @Test
  void whatIsHeldEndsOnceTheAnswerIsNo() throws Exception {
    Registration registration = Registrations.of(1, UID, UNIT);
    registered(registration);
    holds(registration, 1);
    assertThat(served(evaluate())).hasSize(1);
    systemd = says("systemd:id:other.service");
    assertThat(evaluate().standing()).isInstanceOf(Denied.class);
    assertThat(ends).containsExactly(EndReason.CODE_CHANGED);
  }

  @Test
  void whatWasHeldBeforeThisDaemonsStartIsNotEnded() throws Exception {
    Registration registration = Registrations.of(1, UID, UNIT);
    registered(registration);
    held.adopt(new HeldExecution(new Id(5, 1), registration.subject().id(), registration.id()));
    assertThat(evaluate().standing()).isInstanceOf(NotNow.class);
    assertThat(held.all()).hasSize(1);
    assertThat(ends).isEmpty();
  }
}
