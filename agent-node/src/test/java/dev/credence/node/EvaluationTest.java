package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.linux.IsolationMeter.Measured;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.SecretBytes;
import dev.credence.certs.SpiffeId;
import dev.credence.node.Outcome.Stands;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// That the node could not look says nothing about the process.
class EvaluationTest {
  private final ManualTime time = new ManualTime(Instant.EPOCH);
  private final Seams seams = new Seams(time, time, new SecureRandom(), CryptoProviders.jdk());
  private final NoServer server = new NoServer();
  private final HeldExecutions held =
      new HeldExecutions(new EndReports(server, Runnable::run, seams), _ -> {});
  private final Knowledge knowledge = new Knowledge();
  private final Registration registration = Registrations.of(1, "unix:uid:0");
  private final RecentLook recent = new RecentLook();
  private boolean blind = true;
  private PinnedProcess process;

  /// Takes ends only.
  private static final class NoServer implements ExecutionCalls {
    private int ends;

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
      ends++;
    }
  }

  @BeforeEach
  void hold() throws Exception {
    process = PinnedProcess.ofPid((int) ProcessHandle.current().pid());
    knowledge.apply(
        new RegistryChange(Cursor.of(new byte[16], 1), 0, true, List.of(registration), Set.of()));
    var svid =
        new HeldSvid(
            SpiffeId.parse("spiffe://test.example/agent/team/a1"),
            new byte[] {1},
            SecretBytes.of(new byte[] {1}),
            Instant.EPOCH.plusSeconds(600),
            () -> Instant.EPOCH.plusSeconds(300));
    held.hold(
        new HeldExecution(
            new Id(5, 5),
            registration.subject().id(),
            registration.id(),
            Optional.of(registration.essence()),
            Optional.of(svid),
            false));
  }

  @AfterEach
  void close() {
    process.close();
  }

  private Stands evaluate() {
    var attester =
        new Attester(
            List.of(),
            facts -> {
              if (blind) {
                throw UnattestableException.notNow("no descriptors", new IOException("EMFILE"));
              }
              return Measured.of(Isolation.SHARED_UID);
            },
            Spoiling.NONE);
    var evaluation =
        new Evaluation(
            attester,
            knowledge,
            new Issuance(server, seams, new SoundAuthorities(time), new Unissued(time, _ -> true)),
            time,
            new NodeMetrics());
    var subject = new Evaluation.Subject(new ProcessHost(process), held, recent);
    return (Stands) evaluation.evaluate(subject, true);
  }

  @Test
  void whatIsHeldStaysWhileItIsValidThenTheAnswerIsLater() {
    Stands valid = evaluate();
    assertThat(valid.failed()).isTrue();
    assertThat(valid.standing())
        .isInstanceOfSatisfying(
            Standing.Entitled.class, entitled -> assertThat(entitled.identities()).hasSize(1));
    time.advance(Duration.ofSeconds(601));
    assertThat(evaluate().standing()).isInstanceOf(Standing.NotNow.class);
    assertThat(held.all()).hasSize(1);
    assertThat(server.ends).isZero();
  }

  @Test
  void aLookThatFindsNothingEndsIt() {
    blind = false;
    assertThat(evaluate().standing()).isInstanceOf(Standing.Denied.class);
    assertThat(server.ends).isEqualTo(1);
  }
}
