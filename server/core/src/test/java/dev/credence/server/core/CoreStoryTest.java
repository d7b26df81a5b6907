package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.SvidVerifier;
import dev.credence.server.core.Push.BundlePush;
import dev.credence.server.core.Push.RegistryPush;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import dev.credence.server.core.testing.MemoryStore;
import java.security.Security;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The way from an empty server to a process with a certificate, and its end.
final class CoreStoryTest {
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
  }

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void process_ofARegisteredAgent_getsACertificateThatSaysWhoItIs() throws Exception {
    // 01 an owner, an agent of it, a node
    var _ = world.owner("finance");
    SubjectView agent =
        world.create(
            CoreWorld.newAgentOn(
                "region:eu", "finance", "invoice-bot", "unix:uid:1000", "unix:path:/opt/bot"));
    Joined node = world.join(Map.of("region", "eu"));

    // 02 the node hears of the bundle and the registration
    assertThat(node.stream().next()).get().isInstanceOf(BundlePush.class);
    assertThat(node.stream().next())
        .get()
        .isInstanceOfSatisfying(
            RegistryPush.class,
            push -> {
              assertThat(push.full()).isTrue();
              assertThat(push.registrations())
                  .extracting(it -> it.subject().handle().display())
                  .containsExactly("finance/invoice-bot");
            });
    assertThat(node.stream().next()).isEqualTo(Optional.empty());

    // 03 it attests a process and opens its execution
    ProcessSeen process = world.process();
    Attestation attestation =
        CoreWorld.attestation(process, "unix:uid:1000", "unix:gid:1000", "unix:path:/opt/bot");
    IssuedSvid svid =
        world
            .core
            .openExecution()
            .run(
                node.id(),
                world.request(),
                new OpenExecution.Asked(
                    node.startId(),
                    agent.registrations().getFirst().id(),
                    agent.subject().revision(),
                    attestation),
                world.csr());
    var peer =
        new SvidVerifier(Security.getProvider("SunEC"))
            .verify(svid.chain(), world.core.trust().bundle().bundle(), world.clock.instant());
    assertThat(peer.id().toString()).isEqualTo("spiffe://example.org/agent/finance/invoice-bot");
    var facts = peer.execution().orElseThrow();
    assertThat(facts.executionId()).isEqualTo(svid.execution());
    assertThat(facts.agentId()).isEqualTo(agent.subject().id());
    assertThat(facts.attestation()).isEqualTo(DigestedAttestation.of(attestation).digest());
    assertThat(facts.code().label()).isEqualTo("file");

    // 04 the process exits
    var _ =
        world
            .core
            .endExecution()
            .byNode(
                node.id(),
                world.request(),
                new EndExecution.Report(node.startId(), svid.execution(), "process-exited"));
    ExecutionView ended = world.core.queries().execution(svid.execution().toString());
    assertThat(ended.execution().end().orElseThrow().reason()).isEqualTo("process-exited");
    assertThat(ended.newestCertificate().orElseThrow().serial()).isEqualTo(peer.serial());

    assertThat(world.eventKinds())
        .containsExactly(
            "authority-created",
            "authority-created",
            "server-started",
            "svid-issued",
            "person-created",
            "owner-created",
            "agent-created",
            "registration-created",
            "join-token-created",
            "node-attested",
            "node-started",
            "execution-began",
            "svid-issued",
            "execution-ended");
  }
}
