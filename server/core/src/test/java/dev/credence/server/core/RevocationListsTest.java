package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Certificates;
import dev.credence.server.core.DecideNode.Decision;
import dev.credence.server.core.DecideNode.Wanted;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What CRLs say: forced ends, no others, until they expire.
final class RevocationListsTest {
  private ExecutionsBench bench;
  private IssuedSvid svid;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
    svid = bench.open(bench.matching());
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private X509CRL crl() throws Exception {
    return crl(bench.world.core);
  }

  private X509CRL crl(ServerCore core) throws Exception {
    byte[] der = core.revocationLists().of(bench.world.authority.id()).orElseThrow();
    var crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    crl.verify(bench.world.authority.certificate().getPublicKey());
    assertThat(crl.getIssuerX500Principal())
        .isEqualTo(bench.world.authority.certificate().getSubjectX500Principal());
    return crl;
  }

  private static Set<String> serials(X509CRL crl) {
    return crl.getRevokedCertificates() == null
        ? Set.of()
        : crl.getRevokedCertificates().stream()
            .map(X509CRLEntry::getSerialNumber)
            .map(RevocationListsTest::hex)
            .collect(Collectors.toSet());
  }

  private static String hex(BigInteger serial) {
    String digits = serial.toString(16);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }

  private static String serial(IssuedSvid issued) {
    return hex(issued.chain().getFirst().getSerialNumber());
  }

  private static BigInteger number(X509CRL crl) {
    byte[] extension = crl.getExtensionValue("2.5.29.20");
    // OCTET STRING of INTEGER.
    return new BigInteger(1, java.util.Arrays.copyOfRange(extension, 4, extension.length));
  }

  private void revoke(IssuedSvid issued) throws ServerException {
    RevokedExecution _ =
        bench
            .world
            .core
            .revokeExecution()
            .run(CoreWorld.ADMIN, bench.world.request(), issued.execution().toString(), "");
  }

  @Test
  void forcedEnds_areListed_withEveryCertificateThatIsStillValid_andNothingBefore()
      throws Exception {
    assertThat(serials(crl())).isEmpty();
    IssuedSvid renewed =
        bench.renew(svid.execution(), bench.shown(svid.execution()).execution().attestation());
    assertThat(serials(crl())).isEmpty();
    revoke(svid);
    // At once, not after the minute for which an answer is kept.
    assertThat(serials(crl())).containsExactlyInAnyOrder(serial(svid), serial(renewed));
    assertThat(crl().getRevokedCertificate(svid.chain().getFirst()).getRevocationDate().toInstant())
        .isBetween(bench.world.clock.instant().minusSeconds(1), bench.world.clock.instant());
  }

  @Test
  void whatHasExpired_isLeftOut() throws Exception {
    revoke(svid);
    bench.world.clock.advance(Duration.ofMinutes(11));
    assertThat(serials(crl())).isEmpty();
  }

  @Test
  void itIsMadeAnewEachMinute_andItsNumberRises() throws Exception {
    X509CRL first = crl();
    assertThat(crl()).isEqualTo(first);
    revoke(svid);
    X509CRL second = crl();
    bench.world.clock.advance(RevocationLists.REFRESH);
    X509CRL third = crl();
    assertThat(number(second)).isGreaterThan(number(first));
    assertThat(number(third)).isGreaterThan(number(second));
    assertThat(third.getNextUpdate().toInstant())
        .isEqualTo(third.getThisUpdate().toInstant().plus(RevocationLists.USABLE));
  }

  @Test
  void aBannedNodesOwnSvid_isListed_andItsExecutionsAre() throws Exception {
    DecidedNode _ =
        bench
            .world
            .core
            .decideNode()
            .run(
                CoreWorld.ADMIN,
                bench.world.request(),
                new Wanted(Decision.BAN, bench.node.id().toString(), ""));
    assertThat(serials(crl())).hasSize(2).contains(serial(svid));
  }

  private void exits(IssuedSvid issued) throws ServerException {
    Execution _ =
        bench
            .world
            .core
            .endExecution()
            .byNode(
                bench.node.id(),
                bench.world.request(),
                new EndExecution.Report(
                    bench.node.startId(), issued.execution(), "process-exited"));
  }

  private void ban() throws ServerException {
    DecidedNode _ =
        bench
            .world
            .core
            .decideNode()
            .run(
                CoreWorld.ADMIN,
                bench.world.request(),
                new Wanted(Decision.BAN, bench.node.id().toString(), ""));
  }

  @Test
  void whatALyingNodeSaidHadExited_isListed_whenTheNodeIsBanned() throws Exception {
    exits(svid);
    assertThat(serials(crl())).isEmpty();
    ban();
    assertThat(serials(crl())).hasSize(2).contains(serial(svid));
  }

  @Test
  void whatEndedAsNodeLost_isListed_whenTheNodeIsBanned() throws Exception {
    for (int looks = 0; looks < 30; looks++) {
      bench.world.clock.advance(NodeLeases.LOOK_EVERY);
      bench.world.ticker.tick();
    }
    assertThat(bench.shown(svid.execution()).execution().running()).isFalse();
    assertThat(serials(crl())).isEmpty();
    ban();
    assertThat(serials(crl())).hasSize(2).contains(serial(svid));
  }

  @Test
  void whatEndedSoLongAgoThatItHasExpired_isNotListed() throws Exception {
    exits(svid);
    bench.world.clock.advance(Duration.ofMinutes(11));
    ban();
    assertThat(serials(crl())).hasSize(1).doesNotContain(serial(svid));
  }

  @Test
  void exitsOfThatAgentOnThatNode_areListed_withARevocation() throws Exception {
    IssuedSvid exited = bench.open(bench.matching());
    exits(exited);
    assertThat(serials(crl())).isEmpty();
    revoke(svid);
    assertThat(serials(crl())).containsExactlyInAnyOrder(serial(svid), serial(exited));
  }

  @Test
  void aSuspendedAgents_areListed_runningAndEnded_notThoseOfOthers() throws Exception {
    IssuedSvid exited = bench.open(bench.matching());
    exits(exited);
    var _ =
        bench
            .world
            .core
            .life()
            .states()
            .suspend(
                CoreWorld.ADMIN,
                ChangeAsk.now(bench.world.request(), ""),
                new ChangeSubjectState.Which(SubjectKind.AGENT, "finance/bot"));
    assertThat(serials(crl())).containsExactlyInAnyOrder(serial(svid), serial(exited));
  }

  @Test
  void aListIsBounded_whatExpiresFirstIsLeftOut() throws Exception {
    var now = bench.world.clock.instant();
    bench.store.tamper(tx -> {
      for (int i = 0; i < RevocationLists.MOST_ENTRIES + 10; i++) {
        // The largest serial that is issued: 16 bytes.
        String serial = "7fffffffffffffffffffffff%08x".formatted(i);
        tx.revoked().add(new RevokedCertificate(serial, now, now.plusSeconds(100 + i)));
      }
    });
    byte[] der = bench.world.core.revocationLists().of(bench.world.authority.id()).orElseThrow();
    assertThat(der.length).isLessThanOrEqualTo(RevocationLists.LARGEST);
    assertThat(serials(crl()))
        .hasSize(RevocationLists.MOST_ENTRIES)
        .doesNotContain("7fffffffffffffffffffffff00000009")
        .contains("7fffffffffffffffffffffff0000000a");
  }

  private void fill(int count, boolean ofNodes) {
    var now = bench.world.clock.instant();
    bench.store.tamper(tx -> {
      for (int i = 0; i < count; i++) {
        String serial = "7fff%s%024x".formatted(ofNodes ? "0001" : "0002", i);
        tx.revoked()
            .add(new RevokedCertificate(serial, now, now.plus(Duration.ofHours(20)), ofNodes));
      }
    });
  }

  @Test
  void serialsOfNodes_neverPushOutThoseOfExecutions() throws Exception {
    revoke(svid);
    fill(RevocationLists.MOST_ENTRIES + 10, true);
    assertThat(serials(crl())).hasSize(RevocationLists.MOST_ENTRIES).contains(serial(svid));
  }

  @Test
  void serialsOfExecutions_neverPushOutThoseOfNodes() throws Exception {
    fill(RevocationLists.MOST_ENTRIES + 10, false);
    ban();
    bench.world.clock.advance(Duration.ofHours(4));
    Set<String> listed = serials(crl());
    assertThat(listed).hasSize(RevocationLists.MOST_ENTRIES);
    assertThat(listed).filteredOn(it -> !it.startsWith("7fff0002")).hasSize(1);
    fill(RevocationLists.OF_NODES + 10, true);
    assertThat(serials(crl()))
        .hasSize(RevocationLists.MOST_ENTRIES)
        .filteredOn(it -> !it.startsWith("7fff0002"))
        .hasSize(RevocationLists.OF_NODES);
  }

  @Test
  void itsNumberRises_overARestart_althoughTheClockWasSetBack() throws Exception {
    bench.world.clock.advance(Duration.ofHours(5));
    BigInteger first = number(crl());
    bench.world.clock.advance(Duration.ofHours(-3));
    try (ServerCore after = bench.world.restarted()) {
      BigInteger second = number(crl(after));
      assertThat(second).isGreaterThan(first);
      bench.world.clock.advance(RevocationLists.REFRESH);
      assertThat(number(crl(after))).isGreaterThan(second);
      bench.world.clock.advance(Duration.ofHours(-1));
      assertThat(number(crl(after))).isGreaterThan(second.add(BigInteger.ONE));
    }
  }

  @Test
  void whileTheDatabaseCannotBeWritten_theLastOneIsHandedOut_ifNothingWasRevokedSince()
      throws Exception {
    X509CRL first = crl();
    bench.world.clock.advance(RevocationLists.REFRESH);
    bench.store.failNextWrite(MemoryStore.Failure.NOTHING_WRITTEN);
    assertThat(crl()).isEqualTo(first);
    revoke(svid);
    bench.store.failNextWrite(MemoryStore.Failure.NOTHING_WRITTEN);
    assertThatThrownBy(this::crl)
        .isInstanceOfSatisfying(
            ServerException.class,
            e -> assertThat(e.kind()).isEqualTo(ServerException.Kind.UNAVAILABLE));
    assertThat(serials(crl())).containsExactly(serial(svid));
  }

  @Test
  void anotherAuthority_hasNone() throws Exception {
    assertThat(bench.world.core.revocationLists().of(svid.execution())).isEqualTo(Optional.empty());
    assertThat(Certificates.serialHex(svid.chain().getFirst())).isEqualTo(serial(svid));
  }
}
