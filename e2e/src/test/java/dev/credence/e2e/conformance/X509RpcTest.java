package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Certificates;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.workload.Seen;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Workload API: X.509 RPCs")
class X509RpcTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  @DisplayName(
      "WX-01 WX-03 WX-04 WX-05 WX-06 WX-08: the first message holds one complete, verifiable SVID")
  void complete() throws Exception {
    var agent = rig.agent("finance", "invoice-bot").hint("bills").forThisProcess();
    var message = rig.workload().fetchX509Svids();
    assertThat(message.getSvidsList()).hasSize(1);
    assertThat(message.getFederatedBundlesMap()).isEmpty();
    assertThat(message.getCrlList()).isEmpty();
    var svid = message.getSvids(0);
    assertThat(svid.getSpiffeId()).isEqualTo(agent.getSpiffeId());
    assertThat(svid.getHint()).isEqualTo("bills");
    var chain = Certificates.parseChain(svid.getX509Svid().toByteArray());
    var key = PrivateKeys.parsePkcs8(svid.getX509SvidKey().toByteArray(), Keys.CRYPTO);
    assertThat(X509Svid.of(chain, key).id()).isEqualTo(SpiffeId.parse(agent.getSpiffeId()));
    var bundle =
        X509Bundle.parse(TrustDomain.parse(rig.trustDomain()), svid.getBundle().toByteArray());
    var verified = new SvidVerifier(Keys.CRYPTO).verify(chain, bundle, rig.clock().instant());
    assertThat(verified.execution())
        .hasValueSatisfying(facts -> assertThat(facts.agentId()).hasToString(agent.getId()));
    assertThat(chain)
        .as("XL-15: without the root")
        .doesNotContainAnyElementsOf(bundle.authorities());
  }

  @Test
  @DisplayName(
      "XL-01 XL-03 XL-04 XL-05 XL-06 XL-07 XL-08 XL-09 XL-11 XL-12 XL-13 XL-17: the leaf is as the"
          + " standard wants it")
  void leaf() throws Exception {
    rig.agent("finance", "invoice-bot")
        .dns("bot.example.org")
        .ttl(Duration.ofMinutes(4))
        .forThisProcess();
    var svid = rig.workload().fetchX509Svid();
    var leaf = Certificates.parseChain(svid.getX509Svid().toByteArray()).getFirst();
    assertThat(leaf.getSubjectAlternativeNames())
        .contains(List.of(6, svid.getSpiffeId()), List.of(2, "bot.example.org"))
        .hasSize(2);
    assertThat(leaf.getExtensionValue("2.5.29.19")).as("basic constraints").isNotNull();
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.15");
    assertThat(leaf.getKeyUsage()[0]).as("digitalSignature").isTrue();
    assertThat(leaf.getKeyUsage()[5] || leaf.getKeyUsage()[6]).as("keyCertSign, cRLSign").isFalse();
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getNonCriticalExtensionOIDs())
        .contains("2.5.29.14", "2.5.29.35", "1.3.6.1.4.1.32473.1");
    assertThat(leaf.getSubjectX500Principal().getName()).contains("O=finance", "CN=invoice-bot");
    assertThat(leaf.getSerialNumber().signum()).isPositive();
    assertThat(leaf.getSerialNumber().toByteArray().length).isBetween(8, 20);
    assertThat(leaf.getNotBefore().toInstant()).isBefore(rig.clock().instant());
    assertThat(leaf.getNotAfter().toInstant())
        .isBetween(rig.clock().instant().plusSeconds(239), rig.clock().instant().plusSeconds(241));
    assertThat(svid.getX509SvidKey().size())
        .as("PKCS#8 with the public key inside")
        .isGreaterThan(120);
  }

  @Test
  @DisplayName(
      "WX-13 WX-20: without an identity both RPCs are PERMISSION_DENIED, \"no identity issued\"")
  void nothing() throws Exception {
    try (var svids = rig.workload().openX509Svids();
        var bundles = rig.workload().openX509Bundles()) {
      for (var status : List.of(svids.ended(SOON), bundles.ended(SOON))) {
        assertThat(status.getCode()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).isEqualTo("no identity issued");
      }
    }
  }

  @Test
  @DisplayName(
      "WX-02 WX-10 WX-18: registrations made while a stream is open are pushed; each message is"
          + " complete, in a stable order, the oldest first")
  void pushed() throws Exception {
    rig.agent("finance", "one").forThisProcess();
    try (var stream = rig.workload().openX509Svids()) {
      var first = stream.next(0, SOON);
      rig.agent("finance", "two").forThisProcess();
      rig.service("finance", "three").forThisProcess();
      var last =
          stream
              .messages()
              .first("three identities", message -> message.getSvidsCount() == 3, SOON);
      assertThat(names(last))
          .containsExactly("agent/finance/one", "agent/finance/two", "service/finance/three");
      assertThat(last.getSvids(0)).as("what was there did not change").isEqualTo(first.getSvids(0));
      assertThat(names(rig.workload().fetchX509Svids())).isEqualTo(names(last));
    }
  }

  @Test
  @DisplayName("WX-11: a hint is unique within a message: the oldest registration keeps it")
  void hints() throws Exception {
    rig.agent("finance", "one").hint("main").forThisProcess();
    rig.agent("finance", "two").hint("main").forThisProcess();
    rig.agent("finance", "three").forThisProcess();
    var message = rig.workload().fetchX509Svids();
    assertThat(
            message.getSvidsList().stream()
                .filter(svid -> svid.getHint().equals("main"))
                .map(X509SVID::getSpiffeId))
        .singleElement()
        .asString()
        .endsWith("/one");
  }

  @Test
  @DisplayName(
      "WX-12: a hint of 1024 bytes is registered, one of 1025 is refused; bytes, not characters")
  void hintLength() {
    assertThat(rig.agent("finance", "fits").hint("ä".repeat(512)).forThisProcess().getHint())
        .hasSize(512);
    assertThatThrownBy(
            () -> rig.agent("finance", "too-long").hint("ä".repeat(512) + "x").forThisProcess())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT));
  }

  @Test
  @DisplayName(
      "WX-15: before the SVID is too old, a new one is pushed: same execution, new key, new serial")
  void rotation() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    try (var stream = rig.workload().openX509Svids()) {
      var first = Seen.of(stream.next(0, SOON)).getFirst();
      int mark = stream.messages().mark();
      rig.clock().advance(Duration.ofMinutes(8));
      var second = Seen.of(stream.next(mark, SOON)).getFirst();
      assertThat(second.execution()).isEqualTo(first.execution());
      assertThat(second.serial()).isNotEqualTo(first.serial());
      assertThat(second.keyDigest()).isNotEqualTo(first.keyDigest());
    }
  }

  @Test
  @DisplayName("WX-15: twenty renewals later the stream still holds a valid SVID")
  void manyRotations() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    try (var stream = rig.workload().openX509Svids()) {
      var serials = new java.util.HashSet<String>();
      serials.add(Seen.of(stream.next(0, SOON)).getFirst().serial());
      for (int i = 0; i < 20; i++) {
        int mark = stream.messages().mark();
        rig.clock().advance(Duration.ofMinutes(8));
        var message = stream.next(mark, SOON);
        serials.add(Seen.of(message).getFirst().serial());
        var leaf =
            Certificates.parseChain(message.getSvids(0).getX509Svid().toByteArray()).getFirst();
        assertThat(leaf.getNotAfter().toInstant()).isAfter(rig.clock().instant());
      }
      assertThat(serials).hasSize(21);
    }
  }

  @Test
  @DisplayName("WX-19: FetchX509Bundles holds the own trust domain under its id")
  void bundles() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    try (var stream = rig.workload().openX509Bundles()) {
      var message = stream.next(0, SOON);
      assertThat(message.getBundlesMap().keySet())
          .isEqualTo(Set.of("spiffe://" + rig.trustDomain()));
      assertThat(message.getCrlList()).isEmpty();
      var authorities =
          Certificates.parseChain(message.getBundlesMap().values().iterator().next().toByteArray());
      assertThat(authorities)
          .allSatisfy(authority -> assertThat(authority.getBasicConstraints()).isNotNegative());
      assertThat(rig.admin().authorities()).hasSameSizeAs(authorities);
    }
  }

  @Test
  @DisplayName("WX-22: what does not concern the caller sends it nothing")
  void unrelated() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    try (var stream = rig.workload().openX509Svids()) {
      stream.next(0, SOON);
      for (int i = 0; i < 5; i++) {
        rig.agent("finance", "other-" + i).forProcesses("unix:uid:4000000");
      }
      rig.agent("finance", "second").forThisProcess();
      var second = stream.next(1, SOON);
      assertThat(names(second))
          .as("the second message is the one that concerns it")
          .containsExactly("agent/finance/invoice-bot", "agent/finance/second");
    }
  }

  @Test
  @DisplayName("WX-24: many streams of one process are served, and all of them hear of a change")
  void many() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    assertManyAreServed();
  }

  private void assertManyAreServed() throws Exception {
    var streams = IntStream.range(0, 90).mapToObj(i -> rig.workload().openX509Svids()).toList();
    try {
      for (var stream : streams) {
        assertThat(stream.next(0, SOON).getSvidsCount()).isOne();
      }
      rig.agent("finance", "second").forThisProcess();
      for (var stream : streams) {
        stream.messages().first("two identities", message -> message.getSvidsCount() == 2, SOON);
      }
    } finally {
      streams.forEach(stream -> stream.close());
    }
  }

  @Test
  @DisplayName("WX-14: the last agent of a process is retired: its stream ends, PERMISSION_DENIED")
  void withdrawn() throws Exception {
    var first = rig.agent("finance", "one").forThisProcess();
    var second = rig.agent("finance", "two").forThisProcess();
    try (var stream = rig.workload().openX509Svids()) {
      stream.messages().first("two identities", message -> message.getSvidsCount() == 2, SOON);
      int mark = stream.messages().mark();
      rig.admin().retire(first.getId());
      assertThat(names(stream.next(mark, SOON))).containsExactly("agent/finance/two");
      rig.admin().retire(second.getId());
      var status = stream.ended(SOON);
      assertThat(status.getCode()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(status.getDescription()).isEqualTo("no identity issued");
    }
  }

  @Test
  @DisplayName("WX-16: a new authority is pushed to open streams of SVIDs and of bundles")
  void newAuthority() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    try (var stream = rig.workload().openX509Svids();
        var bundles = rig.workload().openX509Bundles()) {
      var before = authorities(stream.next(0, SOON).getSvids(0).getBundle().toByteArray());
      assertThat(before).hasSize(1);
      assertThat(bundles.next(0, SOON).getBundlesMap()).hasSize(1);
      int mark = stream.messages().mark();
      int bundlesMark = bundles.messages().mark();
      rig.admin().prepareAuthority();
      var pushed = stream.next(mark, SOON).getSvids(0);
      assertThat(authorities(pushed.getBundle().toByteArray())).hasSize(2).containsAll(before);
      assertThat(
              authorities(
                  bundles
                      .next(bundlesMark, SOON)
                      .getBundlesMap()
                      .values()
                      .iterator()
                      .next()
                      .toByteArray()))
          .hasSize(2)
          .containsAll(before);
      assertThat(before)
          .as("and only then does it sign: the SVID is still the old one's")
          .anySatisfy(authority ->
              Certificates.parseChain(pushed.getX509Svid().toByteArray())
                  .getFirst()
                  .verify(authority.getPublicKey()));
    }
  }

  private static List<java.security.cert.X509Certificate> authorities(byte[] bundle)
      throws Exception {
    return Certificates.parseChain(bundle);
  }

  @Test
  @DisplayName("ID-32: what is no name in a SPIFFE ID cannot be registered, and nothing is stored")
  void registration() {
    rig.agent("finance", "invoice-bot").forThisProcess();
    long before = rig.admin().subjects(SubjectKind.SUBJECT_KIND_AGENT).size();
    for (var name :
        List.of(
            "",
            ".",
            "..",
            "/",
            "a/b",
            "a b",
            "a\u0000",
            "a?b",
            "a#b",
            "%61",
            "a:b",
            "a@b",
            "é",
            "\u212a",
            "A",
            "a".repeat(64),
            "-a",
            "a-",
            "spiffe://td/x")) {
      assertThatThrownBy(() -> rig.admin().owner(name))
          .as("owner \"%s\"", name)
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT));
      assertThatThrownBy(() -> rig.admin().create(Admin.agent("finance", name, "unix:uid:1")))
          .as("agent \"%s\"", name)
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT));
    }
    assertThat(rig.admin().subjects(SubjectKind.SUBJECT_KIND_AGENT)).hasSize((int) before);
    assertThat(rig.admin().owners()).hasSize(1);
  }

  @Test
  @DisplayName(
      "WX-25: streams opened and cancelled leave nothing behind: as many can be opened as before")
  void cancelled() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    // Several times as many as one process may hold at once.
    for (int i = 0; i < 1_000; i++) {
      try (var stream = rig.workload().openX509Svids()) {
        if (i % 50 == 0) {
          assertThat(stream.next(0, SOON).getSvidsCount()).isOne();
        }
      }
    }
    assertManyAreServed();
  }

  private List<String> names(X509SVIDResponse message) {
    return message.getSvidsList().stream()
        .map(svid -> svid.getSpiffeId().replace("spiffe://" + rig.trustDomain() + "/", ""))
        .toList();
  }
}
