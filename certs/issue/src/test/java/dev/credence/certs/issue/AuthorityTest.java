package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import dev.credence.certs.PeerSvid;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthorityTest {
  private static final Instant SECOND = Instant.parse("2026-11-22T12:00:00Z");

  static Stream<Named<Provider>> providers() {
    return Providers.all();
  }

  @ParameterizedTest
  @MethodSource("providers")
  @DisplayName("XL-14 XL-16 an issued SVID verifies up to the bundle, and its key belongs to it")
  void issuedSvidVerifies(Provider provider) throws Exception {
    var world = new World(provider);
    KeyPair keys = world.newKeys();
    var template = world.agent(world.checked(keys), List.of());

    IssuedCertificate issued = world.authority.issue(template, World.NOW);

    PeerSvid peer =
        new SvidVerifier(provider).verify(issued.chain(), world.authority.bundle(), World.NOW);
    assertThat(peer.id()).isEqualTo(template.id());
    assertThat(peer.identity())
        .contains(new Identity.Agent(new Name("finance"), new Name("invoice-bot")));
    assertThat(peer.execution()).contains(template.execution());
    assertThat(peer.serial()).isEqualTo(issued.serialHex());
    assertThat(X509Svid.of(issued.chain(), keys.getPrivate()).id()).isEqualTo(template.id());
    assertThat(X509Svid.of(issued.chain(), keys).id()).isEqualTo(template.id());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void everyKindOfTemplateIsIssued(Provider provider) throws Exception {
    var world = new World(provider);
    for (SvidTemplate template :
        List.of(world.agent(), world.service(), world.node(), world.server())) {
      IssuedCertificate issued = world.authority.issue(template, World.NOW);
      PeerSvid peer =
          new SvidVerifier(provider).verify(issued.chain(), world.authority.bundle(), World.NOW);
      assertThat(peer.id()).isEqualTo(template.id());
      assertThat(issued.spkiDigest()).isEqualTo(template.key().spkiDigest());
      assertThat(Certificates.spkiDigest(issued.leaf())).isEqualTo(template.key().spkiDigest());
    }
  }

  @Test
  @DisplayName("XL-01 XL-09 the SPIFFE ID is the one URI SAN and stands first, DNS names follow")
  void namesAreAsRegistered() throws Exception {
    var world = new World(Providers.jdk());
    X509Certificate leaf =
        world
            .authority
            .issue(world.agent(world.newKey(), List.of("b.example", "a.example")), World.NOW)
            .leaf();
    assertThat(List.copyOf(leaf.getSubjectAlternativeNames()))
        .isEqualTo(
            List.of(
                List.of(6, "spiffe://example.org/agent/finance/invoice-bot"),
                List.of(2, "b.example"),
                List.of(2, "a.example")));
    assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=invoice-bot,O=finance");
  }

  @Test
  @DisplayName("XL-03 XL-04 XL-05 XL-06 XL-07 XL-08 XL-13 extensions of a leaf")
  void leafHasExactlyTheProfilesExtensions() throws Exception {
    var world = new World(Providers.jdk());
    X509Certificate leaf = world.authority.issue(world.agent(), World.NOW).leaf();
    assertThat(leaf.getCriticalExtensionOIDs()).isEqualTo(Set.of("2.5.29.19", "2.5.29.15"));
    assertThat(leaf.getNonCriticalExtensionOIDs())
        .isEqualTo(Set.of("2.5.29.37", "2.5.29.14", "2.5.29.35", "2.5.29.17", ExecutionFacts.OID));
    // XL-03: a subject is there, so the SAN need not be critical
    assertThat(leaf.getSubjectX500Principal().getEncoded().length).isGreaterThan(2);
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getExtensionValue("2.5.29.19")).isEqualTo(new byte[] {4, 2, 0x30, 0});
    assertThat(leaf.getKeyUsage())
        .isEqualTo(new boolean[] {true, false, false, false, false, false, false, false, false});
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    byte[] authoritySki = world.authority.certificate().getExtensionValue("2.5.29.14");
    byte[] leafAki = leaf.getExtensionValue("2.5.29.35");
    assertThat(lastTwenty(leafAki)).isEqualTo(lastTwenty(authoritySki));
  }

  private static byte[] lastTwenty(byte[] value) {
    return java.util.Arrays.copyOfRange(value, value.length - 20, value.length);
  }

  @Test
  @DisplayName("XL-18 certificates are signed with ecdsa-with-SHA256, parameters absent")
  void signatureAlgorithm() {
    var world = new World(Providers.jdk());
    X509Certificate leaf = world.authority.issue(world.node(), World.NOW).leaf();
    assertThat(leaf.getSigAlgOID()).isEqualTo("1.2.840.10045.4.3.2");
    assertThat(leaf.getSigAlgParams()).isNull();
    assertThat(world.authority.certificate().getSigAlgOID()).isEqualTo("1.2.840.10045.4.3.2");
  }

  @Test
  @DisplayName("XL-02 there is no template for an id without a path")
  void trustDomainIdIsNeverIssued() {
    var world = new World(Providers.jdk());
    SpiffeId id = World.TRUST_DOMAIN.id();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SvidTemplate.Node(id, world.newKey(), Duration.ofHours(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SvidTemplate.Server(id, world.newKey(), Duration.ofHours(1)));
  }

  @Test
  void templateWhosePartsDisagreeCannotBeMade() {
    var world = new World(Providers.jdk());
    SvidTemplate.Workload good = world.agent();
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new SvidTemplate.Workload(
                good.id(),
                new Name("legal"),
                good.subjectName(),
                List.of(),
                good.execution(),
                good.key(),
                good.ttl()))
        .withMessageContaining("of owner legal");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new SvidTemplate.Workload(
                new Identity.Server().in(World.TRUST_DOMAIN),
                good.owner(),
                good.subjectName(),
                List.of(),
                good.execution(),
                good.key(),
                good.ttl()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*.example.org",
        "A.example",
        "a..b",
        ".a",
        "a.",
        "-a.b",
        "a-.b",
        "a_b",
        "10.0.0.1",
        "1",
        "a b",
        "a\u0000b",
        "xn--é"
      })
  @DisplayName("XL-09 DNS names that are not plain host names are refused")
  void badDnsNameIsRefused(String name) {
    var world = new World(Providers.jdk());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> world.agent(world.newKey(), List.of(name)))
        .withMessageContaining("DNS name");
  }

  @Test
  void sameDnsNameTwiceAndTooManyAreRefused() {
    var world = new World(Providers.jdk());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> world.agent(world.newKey(), List.of("a.b", "a.b")));
    var many = Stream.iterate(0, i -> i + 1).limit(17).map(i -> "h" + i + ".example").toList();
    assertThatIllegalArgumentException().isThrownBy(() -> world.agent(world.newKey(), many));
  }

  @Test
  @DisplayName("XL-11 notBefore is back-dated by 30 s, notAfter is the lifetime from now")
  void validityIsAsAsked() {
    var world = new World(Providers.jdk());
    Instant later = World.NOW.plus(Duration.ofDays(1));
    IssuedCertificate issued = world.authority.issue(world.agent(), later);
    Instant second = SECOND.plus(Duration.ofDays(1));
    assertThat(issued.notBefore()).isEqualTo(second.minusSeconds(30));
    assertThat(issued.notAfter()).isEqualTo(second.plus(Duration.ofMinutes(10)));
    assertThat(issued.leaf().getNotAfter().toInstant()).isEqualTo(issued.notAfter());
  }

  @Test
  @DisplayName("XL-11 no SVID outlives its authority, or begins before it")
  void validityStaysWithinTheAuthoritys() {
    var provider = Providers.jdk();
    var world = new World(provider);
    try (var brief =
        Authority.selfSigned(
            World.TRUST_DOMAIN, provider, World.NOW, Duration.ofMinutes(5), world.random)) {
      IssuedCertificate issued = brief.issue(world.agent(), World.NOW);
      assertThat(issued.notAfter()).isEqualTo(brief.certificate().getNotAfter().toInstant());
      Instant first = brief.certificate().getNotBefore().toInstant();
      assertThat(brief.issue(world.agent(), first).notBefore()).isEqualTo(first);
      Instant end = brief.certificate().getNotAfter().toInstant();
      assertThatIllegalStateException().isThrownBy(() -> brief.issue(world.agent(), end));
      assertThatIllegalStateException()
          .isThrownBy(() -> brief.issue(world.agent(), first.minusSeconds(1)));
    }
  }

  @Test
  @DisplayName("XL-12 serial numbers are unique, positive, random and at most 17 bytes")
  void serialNumbers() {
    var world = new World(Providers.all().toList().getLast().getPayload());
    Set<BigInteger> serials = new HashSet<>();
    int bits = 0;
    var template = world.node();
    for (int i = 0; i < 1000; i++) {
      BigInteger serial = world.authority.issue(template, World.NOW).leaf().getSerialNumber();
      assertThat(serial.signum()).isPositive();
      assertThat(serial.toByteArray().length).isLessThanOrEqualTo(17);
      serials.add(serial);
      bits += serial.bitCount();
    }
    assertThat(serials).hasSize(1000);
    assertThat(bits / 1000).isBetween(60, 68);
  }

  @Test
  @DisplayName("XL-15 the chain is the leaf alone: the root is not in it")
  void chainExcludesTheRoot() {
    var world = new World(Providers.jdk());
    IssuedCertificate issued = world.authority.issue(world.agent(), World.NOW);
    assertThat(issued.chain()).containsExactly(issued.leaf());
    assertThat(issued.leaf().getIssuerX500Principal())
        .isEqualTo(world.authority.certificate().getSubjectX500Principal())
        .isNotEqualTo(issued.leaf().getSubjectX500Principal());
  }

  @Test
  @DisplayName("XC-01 XC-02 XC-03 XC-04 XC-06 XC-07 XC-08 the authority's certificate")
  void authorityCertificateProfile() throws Exception {
    var world = new World(Providers.jdk());
    X509Certificate ca = world.authority.certificate();
    assertThat(ca.getBasicConstraints()).isEqualTo(0);
    assertThat(ca.getCriticalExtensionOIDs()).isEqualTo(Set.of("2.5.29.19", "2.5.29.15"));
    assertThat(ca.getNonCriticalExtensionOIDs())
        .isEqualTo(Set.of("2.5.29.14", "2.5.29.35", "2.5.29.17"));
    assertThat(ca.getKeyUsage())
        .isEqualTo(new boolean[] {false, false, false, false, false, true, true, false, false});
    assertThat(List.copyOf(ca.getSubjectAlternativeNames()))
        .isEqualTo(List.of(List.of(6, "spiffe://example.org")));
    ca.verify(ca.getPublicKey());
    assertThat(ca.getNotAfter().toInstant()).isEqualTo(SECOND.plus(World.LIFE));
    assertThat(ca.getSubjectX500Principal().getName())
        .isEqualTo("CN=authority " + world.authority.id() + ",O=example.org");
  }

  @Test
  @DisplayName("XC-05 an authority's certificate is nobody's SVID")
  void authorityIsNoSvid() {
    var world = new World(Providers.jdk());
    var verifier = new SvidVerifier(world.provider);
    List<X509Certificate> chain = List.of(world.authority.certificate());
    X509Bundle bundle = world.authority.bundle();
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> verifier.verify(chain, bundle, World.NOW)))
        .isInstanceOf(dev.credence.certs.SvidException.class);
  }

  @Test
  void authorityWithALongTrustDomainNameHasNoOrganization() {
    var name = TrustDomain.parse("a".repeat(60) + "." + "b".repeat(60));
    try (var authority =
        Authority.selfSigned(
            name, Providers.jdk(), World.NOW, World.LIFE, new java.security.SecureRandom())) {
      assertThat(authority.certificate().getSubjectX500Principal().getName())
          .isEqualTo("CN=authority " + authority.id());
    }
  }

  @Test
  void otherTrustDomainsTemplateIsRefused() {
    var world = new World(Providers.jdk());
    var foreign =
        new SvidTemplate.Server(
            new Identity.Server().in(TrustDomain.parse("example.com")),
            world.newKey(),
            Duration.ofHours(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> world.authority.issue(foreign, World.NOW))
        .withMessageContaining("trust domain example.org");
  }

  @Test
  void closedAuthorityIssuesNothing() {
    var world = new World(Providers.jdk());
    world.authority.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> world.authority.issue(world.agent(), World.NOW))
        .withMessageContaining("closed");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void manyThreadsIssueAtOnce(Provider provider) throws Exception {
    var world = new World(provider);
    var template = world.agent();
    Set<String> serials = new HashSet<>();
    try (var executor = Executors.newFixedThreadPool(8)) {
      List<Future<IssuedCertificate>> issued = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        issued.add(executor.submit(() -> world.authority.issue(template, World.NOW)));
      }
      for (Future<IssuedCertificate> one : issued) {
        serials.add(one.get().serialHex());
        assertThat(ExecutionFacts.of(one.get().leaf()))
            .isEqualTo(Optional.of(template.execution()));
      }
    }
    assertThat(serials).hasSize(200);
  }
}
