package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.ManualTicker;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What goes by the time that is believed while the clock says another one.
final class BelievedTimeTest {
  private ExecutionsBench bench;
  private IssuedSvid svid;
  private final AtomicLong boot = new AtomicLong();
  private final ManualTicker ticker = new ManualTicker();
  private ServerCore core;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
    svid = bench.open(bench.matching());
    core = bench.world.restarted(ticker, boot::get);
  }

  @AfterEach
  void end() {
    core.close();
    bench.close();
  }

  /// Nothing goes by but the clock.
  private void moveClock(Duration by) {
    bench.world.clock.advance(by);
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() ->
            core.createJoinToken()
                .run(
                    CoreWorld.ADMIN,
                    bench.world.request(),
                    new CreateJoinToken.NewToken(java.util.Optional.empty(), Map.of())))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
  }

  private X509CRL crl() throws Exception {
    byte[] der = core.revocationLists().of(bench.world.authority.id()).orElseThrow();
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
  }

  @Test
  void aRevokedSvidThatIsValidStill_isOnTheCrl_althoughTheClockSaysThatItHasExpired()
      throws Exception {
    Instant believed = bench.world.clock.instant();
    moveClock(Duration.ofHours(2));
    RevokedExecution _ =
        core.revokeExecution()
            .run(CoreWorld.ADMIN, bench.world.request(), svid.execution().toString(), "stolen");
    var entry = crl().getRevokedCertificate(svid.chain().getFirst());
    assertThat(entry).as("on the list").isNotNull();
    assertThat(entry.getRevocationDate().toInstant()).isBeforeOrEqualTo(believed);
  }

  @Test
  void aListMadeMeanwhile_keepsWhatWasRevokedBefore() throws Exception {
    RevokedExecution _ =
        core.revokeExecution()
            .run(CoreWorld.ADMIN, bench.world.request(), svid.execution().toString(), "stolen");
    moveClock(Duration.ofHours(2));
    assertThat(crl().getRevokedCertificate(svid.chain().getFirst())).isNotNull();
  }

  @Test
  void leasesStandStill_whileTheClockIsNotBelieved() throws Exception {
    int lease = (int) core.settings().limits().nodeLease().dividedBy(NodeLeases.LOOK_EVERY);
    moveClock(Duration.ofHours(2));
    for (int looks = 0; looks < 2 * lease; looks++) {
      ticker.tick();
    }
    core.care().acceptClock().run(CoreWorld.ADMIN, bench.world.request(), "set right");
    for (int looks = 0; looks < lease - 1; looks++) {
      ticker.tick();
    }
    assertThat(isRunning()).as("before the lease is over").isTrue();
    ticker.tick();
    assertThat(isRunning()).as("when it is over").isFalse();
  }

  private boolean isRunning() throws ServerException {
    return core.queries().execution(svid.execution().toString()).execution().running();
  }

  @Test
  void theServersOwnSvid_isReplaced_whenItBeginsInTheFuture() throws Exception {
    bench.world.clock.advance(Duration.ofHours(6));
    ServerCore ahead = bench.world.restarted(ticker, boot::get);
    X509Certificate before = ahead.identity().svid().leaf();
    bench.world.clock.advance(Duration.ofHours(-5));
    ahead.identity().renewIfDue();
    X509Certificate after = ahead.identity().svid().leaf();
    assertThat(before.getNotBefore().toInstant()).isAfter(bench.world.clock.instant());
    assertThat(after.getNotBefore().toInstant()).isBefore(bench.world.clock.instant());
    ahead.identity().renewIfDue();
    assertThat(ahead.identity().svid().leaf()).isEqualTo(after);
    ahead.close();
  }
}
