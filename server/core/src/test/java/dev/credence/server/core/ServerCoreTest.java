package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Svid;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.ManualTicker;
import dev.credence.server.core.testing.MemoryStore;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Opening, the server's own identity, and what survives a restart.
final class ServerCoreTest {
  private MemoryStore store;
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    store = new MemoryStore();
    world = CoreWorld.in(store);
  }

  @AfterEach
  void end() {
    world.close();
  }

  @Test
  void restart_keepsTheRegistry_andSaysSoOnce() throws Exception {
    var _ = world.owner("finance");
    SubjectView agent = world.create(CoreWorld.newAgent("finance", "bot", "unix:uid:1"));
    try (ServerCore later = world.restarted()) {
      RegistryEntry entry =
          later.registry().find(agent.registrations().getFirst().id()).orElseThrow();
      assertThat(entry.subject()).isEqualTo(agent.subject());
      assertThat(later.registry().number()).isEqualTo(world.core.registry().number());
      assertThat(later.registry().epoch()).isEqualTo(world.core.registry().epoch());
    }
    assertThat(world.eventKinds()).filteredOn("authority-created"::equals).hasSize(2);
    assertThat(world.eventKinds()).filteredOn("server-started"::equals).hasSize(2);
  }

  @Test
  void databaseOrAuthority_ofAnotherTrustDomain_isRefused() {
    TrustDomain other = TrustDomain.parse("other.example");
    var settings =
        CoreSettings.standard(other, false, () -> new ServerAddress("server.example.org", 8443));
    var seams =
        new CoreSeams(
            Clock.systemUTC(),
            new SecureRandom(),
            Security.getProvider("SunEC"),
            new ManualTicker(),
            CoreMetrics.none());
    ServerException _ =
        refused(
            Kind.INVALID,
            "authority of trust domain example.org (expected: other.example)",
            () -> ServerCore.open(store, world.authority, settings, seams));
    Authority authority =
        Authority.selfSigned(
            other, seams.crypto(), seams.clock().instant(), Duration.ofDays(1), seams.random());
    ServerException _ =
        refused(
            Kind.INVALID,
            "database of trust domain example.org (expected: other.example, as configured)",
            () -> ServerCore.open(store, authority, settings, seams));
  }

  @Test
  void serversSvid_isRenewedAtHalfOfItsLife_withANewKey() throws Exception {
    X509Svid first = world.core.identity().svid();
    var _ =
        new SvidVerifier(Security.getProvider("SunEC"))
            .verify(first.chain(), world.core.trust().bundle().bundle(), world.clock.instant());
    assertThat(first.id().toString()).isEqualTo("spiffe://example.org/server");
    world.clock.advance(Duration.ofHours(11));
    world.ticker.tick();
    assertThat(world.core.identity().svid()).isSameAs(first);
    world.clock.advance(Duration.ofHours(1));
    store.failNextWrite(MemoryStore.Failure.NOTHING_WRITTEN);
    world.ticker.tick();
    assertThat(world.core.identity().svid()).isSameAs(first);
    world.ticker.tick();
    X509Svid second = world.core.identity().svid();
    assertThat(second.leaf().getPublicKey()).isNotEqualTo(first.leaf().getPublicKey());
    assertThat(second.leaf().getNotAfter()).isAfter(first.leaf().getNotAfter());
  }

  @Test
  void highestTime_isStoredWithEachCommit() throws Exception {
    world.clock.advance(Duration.ofMinutes(3));
    var _ = world.owner("finance");
    assertThat(store.read(view -> view.meta().highestTime()).orElseThrow())
        .isEqualTo("2026-05-04T10:03:00.123Z");
  }

  @Test
  void oldAnswers_areForgotten_inBoundedSteps() throws Exception {
    for (int i = 0; i < 64; i++) {
      var _ = world.owner("old-" + i);
    }
    world.clock.advance(Duration.ofMinutes(61));
    for (int i = 0; i < 64; i++) {
      var _ = world.owner("new-" + i);
    }
    long left = store.answers();
    assertThat(left).isEqualTo(64);
  }
}
