package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.Pki.Certified;
import dev.credence.certs.Pki.Recipe;
import dev.credence.certs.SvidException.Reason;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SvidVerifierTest {
  private static final Instant NOW = Pki.NOW;
  private static final TrustDomain TD = TrustDomain.parse("td");
  private static final String ID = "spiffe://td/workload";
  private static final Certified ROOT = Pki.authority("root", "td").selfSigned();
  private static final X509Bundle BUNDLE = bundle(TD, ROOT);

  private final SvidVerifier verifier = new SvidVerifier(Providers.jdk());

  private static X509Bundle bundle(TrustDomain trustDomain, Certified... authorities) {
    return X509Bundle.of(
        trustDomain, Arrays.stream(authorities).map(Certified::certificate).toList());
  }

  private static List<X509Certificate> chain(Certified... certificates) {
    return Arrays.stream(certificates).map(Certified::certificate).toList();
  }

  private PeerSvid accepted(List<X509Certificate> chain, X509Bundle bundle) throws SvidException {
    return verifier.verify(chain, bundle, NOW);
  }

  private void assertRefused(List<X509Certificate> chain, X509Bundle bundle, Reason reason) {
    assertRefusedAt(NOW, chain, bundle, reason);
  }

  private void assertRefusedAt(
      Instant now, List<X509Certificate> chain, X509Bundle bundle, Reason reason) {
    SvidException refused =
        catchThrowableOfType(SvidException.class, () -> verifier.verify(chain, bundle, now));
    assertThat(refused).as("refused").isNotNull();
    assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason);
    assertThat(refused.getMessage()).isNotBlank();
  }

  static Stream<Named<Provider>> providers() {
    return Providers.all();
  }

  @ParameterizedTest
  @MethodSource("providers")
  @DisplayName("XV-01 a plain leaf is accepted, with each provider")
  void plainLeafIsAccepted(Provider provider) throws Exception {
    Certified leaf = Pki.leaf(ID).signedBy(ROOT);
    PeerSvid peer = new SvidVerifier(provider).verify(chain(leaf), BUNDLE, NOW);
    assertThat(peer.id()).hasToString(ID);
    assertThat(peer.identity()).isEmpty();
    assertThat(peer.execution()).isEmpty();
    assertThat(peer.leaf()).isEqualTo(leaf.certificate());
    assertThat(peer.notAfter()).isEqualTo(NOW.plusSeconds(600));
    assertThat(peer.serial()).isEqualTo(Certificates.serialHex(leaf.certificate()));
    assertThat(peer).hasToString(ID + " (serial " + peer.serial() + ")");
  }

  @Test
  @DisplayName("XV-01 the provider given is used where it is installed")
  void installedProviderIsUsed() throws Exception {
    Provider installed = Security.getProvider("SunEC");
    assertThat(installed).isNotNull();
    assertThat(new SvidVerifier(installed).verify(chain(Pki.leaf(ID).signedBy(ROOT)), BUNDLE, NOW))
        .isNotNull();
  }

  @Test
  @DisplayName("XV-02 chains through one and two intermediates are accepted")
  void intermediatesAreAccepted() throws Exception {
    Certified first = Pki.authority("first", "td").signedBy(ROOT);
    Certified second = Pki.authority("second", "td").authority(0).signedBy(first);
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(first), first), BUNDLE)).isNotNull();
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(second), second, first), BUNDLE)).isNotNull();
  }

  @Test
  @DisplayName("XV-02 the presented chain may end with the root itself")
  void rootInTheChainIsAccepted() throws Exception {
    Certified leaf = Pki.leaf(ID).signedBy(ROOT);
    assertThat(accepted(chain(leaf, ROOT), BUNDLE).id()).hasToString(ID);
    Certified between = Pki.authority("first", "td").signedBy(ROOT);
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(between), between, ROOT), BUNDLE)).isNotNull();
  }

  @Test
  @DisplayName("XV-02 an authority of the bundle need not be self-signed")
  void anchorThatIsNoRootIsAccepted() throws Exception {
    Certified between = Pki.authority("first", "td").signedBy(ROOT);
    Certified leaf = Pki.leaf(ID).signedBy(between);
    assertThat(accepted(chain(leaf), bundle(TD, between))).isNotNull();
    assertThat(accepted(chain(leaf, between, ROOT), bundle(TD, between))).isNotNull();
  }

  @Test
  @DisplayName("XV-02 a root without a URI SAN, or with one that no leaf may have, is accepted")
  void foreignRootsAreAccepted() throws Exception {
    Certified plain = Pki.authority("plain", "td").withoutNames().selfSigned();
    Certified slash = Pki.authority("slash", "td").withoutNames().uri("spiffe://td/").selfSigned();
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(plain)), bundle(TD, plain))).isNotNull();
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(slash)), bundle(TD, slash))).isNotNull();
  }

  static Stream<Arguments> goodLeaves() {
    return Stream.of(
        row(
            "XV-03 other SANs beside",
            r ->
                r.name(GeneralName.dNSName, "a.example")
                    .name(GeneralName.iPAddress, "10.0.0.1")
                    .name(GeneralName.rfc822Name, "a@b.example")),
        row("XV-04 empty subject and critical SAN", r -> r.subject("").criticalNames()),
        row("no basic constraints", Recipe::withoutConstraints),
        row("XV-24 no extended key usage", r -> r),
        row(
            "XV-24 client authentication only",
            r -> r.purposes(false, KeyPurposeId.id_kp_clientAuth)),
        row(
            "critical extended key usage",
            r -> r.purposes(true, KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth)),
        row(
            "keyEncipherment and keyAgreement as well",
            r ->
                r.keyUsage(
                    KeyUsage.digitalSignature | KeyUsage.keyEncipherment | KeyUsage.keyAgreement)),
        row(
            "an unknown extension that is not critical",
            r -> r.extension("1.2.3.4.5", false, DERNull.INSTANCE)),
        row("a P-384 key", r -> r.keys(Pki.ec("secp384r1"))),
        row("an RSA key", r -> r.keys(Pki.rsa(2048))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodLeaves")
  void legalLeafIsAccepted(String name, UnaryOperator<Recipe> change) throws Exception {
    Certified leaf = change.apply(Pki.leaf(ID)).signedBy(ROOT);
    assertThat(accepted(chain(leaf), BUNDLE).id()).hasToString(ID);
  }

  private static Arguments row(String name, UnaryOperator<Recipe> change) {
    return Arguments.of(name, change);
  }

  private static Arguments row(String name, Reason reason, UnaryOperator<Recipe> change) {
    return Arguments.of(name, reason, change);
  }

  private static UnaryOperator<Recipe> uri(String uri) {
    return r -> r.withoutNames().uri(uri);
  }

  static Stream<Arguments> badLeaves() {
    return Stream.of(
        row("XV-09 cA true", Reason.NOT_A_LEAF, r -> r.authority(null)),
        row(
            "XV-09 cA true with keyCertSign",
            Reason.NOT_A_LEAF,
            r -> r.authority(0).keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)),
        row(
            "XV-10 keyCertSign alone with digitalSignature",
            Reason.NOT_A_LEAF,
            r -> r.keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)),
        row(
            "XV-11 cRLSign",
            Reason.NOT_A_LEAF,
            r -> r.keyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign)),
        row("XV-12 no key usage", Reason.KEY_USAGE, Recipe::withoutKeyUsage),
        row("XV-12 key usage not critical", Reason.KEY_USAGE, Recipe::uncriticalKeyUsage),
        row(
            "XV-12 no digitalSignature",
            Reason.KEY_USAGE,
            r -> r.keyUsage(KeyUsage.keyEncipherment)),
        row("XV-13 two SPIFFE IDs", Reason.SPIFFE_ID, r -> r.uri("spiffe://td/other")),
        row("XV-13 the same SPIFFE ID twice", Reason.SPIFFE_ID, r -> r.uri(ID)),
        row("XV-13 SPIFFE, then https", Reason.SPIFFE_ID, r -> r.uri("https://td/workload")),
        row(
            "XV-13 https, then SPIFFE",
            Reason.SPIFFE_ID,
            r -> r.withoutNames().uri("https://td/workload").uri(ID)),
        row("XV-14 no SAN", Reason.SPIFFE_ID, Recipe::withoutNames),
        row(
            "XV-14 only a DNS name",
            Reason.SPIFFE_ID,
            r -> r.withoutNames().name(GeneralName.dNSName, "td")),
        row("XV-15 https", Reason.SPIFFE_ID, uri("https://td/workload")),
        row("XV-15 sparfe", Reason.SPIFFE_ID, uri("sparfe://td/workload")),
        row("XV-16 no path", Reason.SPIFFE_ID, uri("spiffe://td")),
        row("XV-16 a slash for a path", Reason.SPIFFE_ID, uri("spiffe://td/")),
        row("XV-17 query", Reason.SPIFFE_ID, uri("spiffe://td/workload?a")),
        row("XV-17 fragment", Reason.SPIFFE_ID, uri("spiffe://td/workload#a")),
        row("XV-17 percent", Reason.SPIFFE_ID, uri("spiffe://td/%41")),
        row("XV-17 trailing slash", Reason.SPIFFE_ID, uri("spiffe://td/workload/")),
        row("XV-17 port", Reason.SPIFFE_ID, uri("spiffe://td:80/workload")),
        row("XV-17 user", Reason.SPIFFE_ID, uri("spiffe://u@td/workload")),
        row("XV-17 upper-case trust domain", Reason.SPIFFE_ID, uri("spiffe://TD/workload")),
        row("XV-17 upper-case scheme", Reason.SPIFFE_ID, uri("SPIFFE://td/workload")),
        row(
            "XV-07 expired",
            Reason.EXPIRED,
            r -> r.valid(NOW.minusSeconds(60), NOW.minusSeconds(1))),
        row(
            "XV-07 not yet valid",
            Reason.NOT_YET_VALID,
            r -> r.valid(NOW.plusSeconds(1), NOW.plusSeconds(60))),
        row("XV-19 another trust domain's id", Reason.TRUST_DOMAIN, uri("spiffe://other/workload")),
        row(
            "XV-23 an unknown critical extension",
            Reason.UNTRUSTED,
            r -> r.extension("1.2.3.4.5", true, DERNull.INSTANCE)),
        row("RSA key of 1024 bits", Reason.WEAK, r -> r.keys(Pki.rsa(1024))),
        row(
            "malformed execution extension",
            Reason.EXECUTION,
            r -> r.extension(ExecutionFacts.OID, false, DERNull.INSTANCE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badLeaves")
  void illegalLeafIsRefused(String name, Reason reason, UnaryOperator<Recipe> change) {
    assertRefused(chain(change.apply(Pki.leaf(ID)).signedBy(ROOT)), BUNDLE, reason);
  }

  @Test
  @DisplayName("XV-07 both ends of the validity are valid, a second beyond is not")
  void validityBoundsAreExact() throws Exception {
    List<X509Certificate> chain = chain(Pki.leaf(ID).signedBy(ROOT));
    Instant from = NOW.minusSeconds(30);
    Instant to = NOW.plusSeconds(600);
    assertThat(verifier.verify(chain, BUNDLE, from)).isNotNull();
    assertThat(verifier.verify(chain, BUNDLE, to)).isNotNull();
    assertRefusedAt(from.minusSeconds(1), chain, BUNDLE, Reason.NOT_YET_VALID);
    assertRefusedAt(to.plusSeconds(1), chain, BUNDLE, Reason.EXPIRED);
  }

  @Test
  @DisplayName("XV-08 an expired intermediate or root is refused")
  void expiredIssuersAreRefused() {
    Instant before = NOW.minus(Duration.ofDays(2));
    Certified old = Pki.authority("old", "td").valid(before, NOW.minusSeconds(1)).signedBy(ROOT);
    assertRefused(chain(Pki.leaf(ID).signedBy(old), old), BUNDLE, Reason.EXPIRED);
    Certified oldRoot = Pki.authority("o", "td").valid(before, NOW.minusSeconds(1)).selfSigned();
    assertRefused(chain(Pki.leaf(ID).signedBy(oldRoot)), bundle(TD, oldRoot), Reason.EXPIRED);
    Certified soon =
        Pki.authority("s", "td").valid(NOW.plusSeconds(1), NOW.plusSeconds(9)).selfSigned();
    assertRefused(chain(Pki.leaf(ID).signedBy(soon)), bundle(TD, soon), Reason.NOT_YET_VALID);
  }

  @Test
  @DisplayName("XV-08 of two authorities with one name and key, the valid one counts")
  void renewedRootIsFoundBesideTheExpiredOne() throws Exception {
    Instant before = NOW.minus(Duration.ofDays(2));
    Certified expired =
        Pki.authority("root", "td")
            .keys(ROOT.keys())
            .valid(before, NOW.minusSeconds(1))
            .selfSigned();
    List<X509Certificate> chain = chain(Pki.leaf(ID).signedBy(ROOT));
    assertThat(accepted(chain, bundle(TD, expired, ROOT))).isNotNull();
    assertThat(accepted(chain, bundle(TD, ROOT, expired))).isNotNull();
  }

  @Test
  @DisplayName("XV-05 any authority of the bundle is good")
  void anyAuthorityOfTheBundleIsGood() throws Exception {
    Certified other = Pki.authority("other", "td").selfSigned();
    Certified sameName = Pki.authority("root", "td").selfSigned();
    X509Bundle both = bundle(TD, other, sameName, ROOT);
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(ROOT)), both)).isNotNull();
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(other)), both)).isNotNull();
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(sameName)), both)).isNotNull();
  }

  @Test
  @DisplayName("XV-06 an untrusted authority of the same names is refused")
  void untrustedAuthorityIsRefused() {
    Certified imitation = Pki.authority("root", "td").selfSigned();
    Certified leaf = Pki.leaf(ID).signedBy(imitation);
    assertRefused(chain(leaf), BUNDLE, Reason.UNTRUSTED);
    assertRefused(chain(leaf, imitation), BUNDLE, Reason.UNTRUSTED);
    Certified stranger = Pki.authority("stranger", "td").selfSigned();
    assertRefused(chain(Pki.leaf(ID).signedBy(stranger), stranger), BUNDLE, Reason.UNTRUSTED);
  }

  @Test
  @DisplayName("XV-20 a trust domain's authority cannot speak for another one, either way")
  void bundlesAreNeverMerged() {
    TrustDomain other = TrustDomain.parse("other");
    Certified otherRoot = Pki.authority("other", "other").selfSigned();
    X509Bundle otherBundle = bundle(other, otherRoot);
    Certified oursByTheirs = Pki.leaf("spiffe://td/x").signedBy(otherRoot);
    Certified theirsByOurs = Pki.leaf("spiffe://other/x").signedBy(ROOT);
    assertRefused(chain(oursByTheirs), BUNDLE, Reason.UNTRUSTED);
    assertRefused(chain(oursByTheirs), otherBundle, Reason.TRUST_DOMAIN);
    assertRefused(chain(theirsByOurs), otherBundle, Reason.UNTRUSTED);
    assertRefused(chain(theirsByOurs), BUNDLE, Reason.TRUST_DOMAIN);
  }

  @Test
  @DisplayName("XV-21 an empty bundle refuses everything")
  void emptyBundleRefusesEverything() {
    X509Bundle empty = X509Bundle.of(TD, List.of());
    assertRefused(chain(Pki.leaf(ID).signedBy(ROOT), ROOT), empty, Reason.EMPTY_BUNDLE);
  }

  static Stream<Arguments> badIntermediates() {
    return Stream.of(
        row("no cA", Recipe::notAnAuthority),
        row("no basic constraints", Recipe::withoutConstraints),
        row("no keyCertSign", r -> r.keyUsage(KeyUsage.cRLSign)),
        row("unknown critical extension", r -> r.extension("1.2.3.4.5", true, DERNull.INSTANCE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badIntermediates")
  @DisplayName("XV-22 an intermediate that may not sign is refused")
  void illegalIntermediateIsRefused(String name, UnaryOperator<Recipe> change) {
    Certified between = change.apply(Pki.authority("between", "td")).signedBy(ROOT);
    assertRefused(chain(Pki.leaf(ID).signedBy(between), between), BUNDLE, Reason.UNTRUSTED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badIntermediates")
  @DisplayName("XV-22 an authority of the bundle that may not sign is refused too")
  void illegalAnchorIsRefused(String name, UnaryOperator<Recipe> change) {
    Certified anchor = change.apply(Pki.authority("anchor", "td")).selfSigned();
    assertRefused(chain(Pki.leaf(ID).signedBy(anchor)), bundle(TD, anchor), Reason.UNTRUSTED);
  }

  @Test
  @DisplayName("XV-22 path lengths are kept, the anchor's too")
  void pathLengthIsKept() {
    Certified noMore = Pki.authority("no-more", "td").authority(0).signedBy(ROOT);
    Certified below = Pki.authority("below", "td").signedBy(noMore);
    assertRefused(chain(Pki.leaf(ID).signedBy(below), below, noMore), BUNDLE, Reason.UNTRUSTED);
    Certified shortRoot = Pki.authority("short", "td").authority(0).selfSigned();
    Certified between = Pki.authority("between", "td").signedBy(shortRoot);
    assertRefused(
        chain(Pki.leaf(ID).signedBy(between), between), bundle(TD, shortRoot), Reason.UNTRUSTED);
  }

  @Test
  @DisplayName("XV-22 a missing intermediate, a wrong order and a stray one")
  void incompleteChains() throws Exception {
    Certified first = Pki.authority("first", "td").signedBy(ROOT);
    Certified second = Pki.authority("second", "td").signedBy(first);
    Certified leaf = Pki.leaf(ID).signedBy(second);
    assertRefused(chain(leaf, second), BUNDLE, Reason.UNTRUSTED);
    assertRefused(chain(leaf), BUNDLE, Reason.UNTRUSTED);
    assertRefused(chain(leaf, first, second), BUNDLE, Reason.UNTRUSTED);
    Certified stray = Pki.authority("stray", "td").selfSigned();
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(ROOT), stray), BUNDLE)).isNotNull();
  }

  @Test
  void leafThatSignsAnotherLeafIsRefused() {
    Certified leaf = Pki.leaf(ID).subject("CN=between").signedBy(ROOT);
    Certified child = Pki.leaf("spiffe://td/other").signedBy(leaf);
    assertRefused(chain(child, leaf), BUNDLE, Reason.UNTRUSTED);
  }

  @Test
  @DisplayName("name constraints bind, the anchor's and an intermediate's")
  void nameConstraintsBind() throws Exception {
    Certified elsewhere = constrained("elsewhere.example").selfSigned();
    Certified here = constrained("td").selfSigned();
    assertRefused(chain(Pki.leaf(ID).signedBy(elsewhere)), bundle(TD, elsewhere), Reason.UNTRUSTED);
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(here)), bundle(TD, here))).isNotNull();
    Certified below = constrained("elsewhere.example").signedBy(ROOT);
    Certified belowHere = constrained("td").signedBy(ROOT);
    assertRefused(chain(Pki.leaf(ID).signedBy(below), below), BUNDLE, Reason.UNTRUSTED);
    assertThat(accepted(chain(Pki.leaf(ID).signedBy(belowHere), belowHere), BUNDLE)).isNotNull();
    // A constrained anchor that is no root cannot be held to its constraints, so it is refused.
    assertRefused(chain(Pki.leaf(ID).signedBy(belowHere)), bundle(TD, belowHere), Reason.UNTRUSTED);
  }

  private static Recipe constrained(String host) {
    var only = new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, host));
    return Pki.authority("constrained", "td")
        .extension("2.5.29.30", true, new NameConstraints(new GeneralSubtree[] {only}, null));
  }

  @Test
  @DisplayName(
      "XL-18 weak signatures and keys are refused, an anchor's own signature does not count")
  void weakSignaturesAndKeysAreRefused() throws Exception {
    assertRefused(
        chain(Pki.leaf(ID).signedWith("SHA1withECDSA").signedBy(ROOT)), BUNDLE, Reason.WEAK);
    Certified weak = rsaAuthority(1024, "SHA256withRSA");
    Certified below = Pki.leaf(ID).signedWith("SHA256withRSA").signedBy(weak);
    assertRefused(chain(below), bundle(TD, weak), Reason.WEAK);
    Certified old = rsaAuthority(2048, "SHA1withRSA");
    Certified fresh = Pki.leaf(ID).signedWith("SHA256withRSA").signedBy(old);
    assertThat(accepted(chain(fresh), bundle(TD, old))).isNotNull();
    assertRefused(
        chain(Pki.leaf(ID).signedWith("SHA1withRSA").signedBy(old)), bundle(TD, old), Reason.WEAK);
  }

  @Test
  @DisplayName("XL-18 the digest inside RSASSA-PSS counts")
  void pssDigestCounts() throws Exception {
    Certified root = rsaAuthority(2048, "SHA256withRSA");
    Certified good = Pki.leaf(ID).signedWith("SHA256withRSAandMGF1").signedBy(root);
    assertThat(accepted(chain(good), bundle(TD, root))).isNotNull();
    Certified bad = Pki.leaf(ID).signedWith("SHA1withRSAandMGF1").signedBy(root);
    assertRefused(chain(bad), bundle(TD, root), Reason.WEAK);
  }

  private static Certified rsaAuthority(int bits, String algorithm) {
    return Pki.authority("rsa", "td").keys(Pki.rsa(bits)).signedWith(algorithm).selfSigned();
  }

  @Test
  void emptyAndOverlongChainsAreRefused() {
    assertRefused(List.of(), BUNDLE, Reason.EMPTY_CHAIN);
    X509Certificate leaf = Pki.leaf(ID).signedBy(ROOT).certificate();
    assertRefused(Collections.nCopies(9, leaf), BUNDLE, Reason.CHAIN_TOO_LONG);
  }

  @Test
  @DisplayName("XV-18 a SAN that the platform cannot read is refused by a declared exception")
  void unreadableSanIsRefused() {
    for (String uri :
        new String[] {"spiffe://td/a b", "spiffe://td/%zz", "", "spiffe://td/\u0000"}) {
      byte[] der = Pki.leaf(ID).withoutNames().uri(uri).derSignedBy(ROOT);
      SvidException refused =
          catchThrowableOfType(
              SvidException.class,
              () -> verifier.verify(Certificates.parseChain(der), BUNDLE, NOW));
      assertThat(refused).as(Printable.quoted(uri)).isNotNull();
      assertThat(refused.reason()).isIn(Reason.MALFORMED, Reason.SPIFFE_ID);
    }
  }

  @Test
  @DisplayName("the execution extension is read with the certificate; R12 it must not be critical")
  void executionIsReadWithTheCertificate() throws Exception {
    ExecutionFacts facts =
        ExecutionFacts.builder()
            .ownerId(new Id(1, 1))
            .agentId(new Id(2, 2))
            .executionId(new Id(3, 3))
            .process()
            .attested(Sha256.of(new byte[1]), CodeAssurance.FILE, Isolation.OWN_UID)
            .build();
    Certified good = leafWithExecution(facts.encode(), false);
    assertThat(accepted(chain(good), BUNDLE).execution()).contains(facts);
    byte[] longer = Arrays.copyOf(facts.encode(), facts.encode().length + 1);
    assertRefused(chain(leafWithExecution(longer, false)), BUNDLE, Reason.EXECUTION);
    SvidException critical =
        catchThrowableOfType(
            SvidException.class,
            () -> ExecutionFacts.of(leafWithExecution(facts.encode(), true).certificate()));
    assertThat(critical.reason()).isEqualTo(Reason.EXECUTION);
    assertRefused(chain(leafWithExecution(facts.encode(), true)), BUNDLE, Reason.UNTRUSTED);
  }

  private static Certified leafWithExecution(byte[] value, boolean critical) {
    return Pki.leaf(ID).extension(ExecutionFacts.OID, critical, value).signedBy(ROOT);
  }

  @Test
  @DisplayName("XV-26 looking again refuses what a changed bundle or the time made invalid")
  void recheckSeesTimeAndBundle() throws Exception {
    List<X509Certificate> chain = chain(Pki.leaf(ID).signedBy(ROOT));
    PeerSvid peer = accepted(chain, BUNDLE);
    assertThat(verifier.recheck(peer, BUNDLE, NOW.plusSeconds(600))).isSameAs(peer);
    assertThat(recheckReason(peer, BUNDLE, NOW.plusSeconds(601))).isEqualTo(Reason.EXPIRED);
    assertThat(recheckReason(peer, BUNDLE, NOW.minusSeconds(31))).isEqualTo(Reason.NOT_YET_VALID);
    Certified other = Pki.authority("other", "td").selfSigned();
    assertThat(verifier.recheck(peer, bundle(TD, other, ROOT), NOW).id()).isEqualTo(peer.id());
    assertThat(recheckReason(peer, bundle(TD, other), NOW)).isEqualTo(Reason.UNTRUSTED);
    assertThat(recheckReason(peer, X509Bundle.of(TD, List.of()), NOW))
        .isEqualTo(Reason.EMPTY_BUNDLE);
  }

  private Reason recheckReason(PeerSvid peer, X509Bundle bundle, Instant now) {
    SvidException refused =
        catchThrowableOfType(SvidException.class, () -> verifier.recheck(peer, bundle, now));
    assertThat(refused).isNotNull();
    return refused.reason();
  }
}
