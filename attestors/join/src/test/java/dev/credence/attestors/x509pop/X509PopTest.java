package dev.credence.attestors.x509pop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.NodeAttestorContract;
import dev.credence.attestors.NodeProof;
import dev.credence.attestors.NodeProver;
import dev.credence.attestors.NodeVerifier;
import dev.credence.attestors.x509pop.Machines.Certified;
import dev.credence.attestors.x509pop.Machines.Recipe;
import dev.credence.certs.Certificates;
import dev.credence.certs.Sha256;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A machine joins by a certificate whose key it holds, and by no other.
final class X509PopTest extends NodeAttestorContract {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Certified ROOT = Machines.root("machines");
  private static final Certified OTHER = Machines.root("others");
  private static final Certified HOST = host().by(ROOT);

  private static Recipe host() {
    return new Recipe("CN=host-7,O=plant");
  }

  private static X509PopVerifier verifierAt(Clock clock) {
    return new X509PopVerifier(
        PopAuthorities.parse(Certificates.toPem(List.of(ROOT.certificate()))), clock, RANDOM);
  }

  private static X509PopVerifier verifierNow() {
    return verifierAt(Clock.fixed(Machines.NOW, ZoneOffset.UTC));
  }

  private static X509PopProver prover(Certified leaf, KeyPair keys, X509Certificate... above) {
    return new X509PopProver(
        Stream.concat(Stream.of(leaf.certificate()), Stream.of(above)).toList(),
        keys.getPrivate(),
        RANDOM);
  }

  @Override
  protected NodeProver prover() {
    return prover(HOST, HOST.keys());
  }

  @Override
  protected NodeVerifier verifier() {
    return verifierNow();
  }

  private static NodeProof verify(NodeProver prover) throws AttestationException {
    return verifierNow().verify(prover.evidence(), prover::answer);
  }

  private static void refused(NodeProver prover, String why) {
    assertThatThrownBy(() -> verify(prover))
        .isInstanceOf(AttestationException.class)
        .hasMessageContaining(why);
  }

  @Test
  void whatItSays_isTheFingerprint_andSelectorsUnderSpiresNames() throws Exception {
    Certified middle = new Recipe("CN=site").authority(0).by(ROOT);
    Certified leaf = host().by(middle);
    var proof =
        (NodeProof.HoldsCertificate) verify(prover(leaf, leaf.keys(), middle.certificate()));
    assertThat(proof.fingerprint()).isEqualTo(Sha256.of(Certificates.toDer(leaf.certificate())));
    assertThat(proof.selectors().stream().map(Object::toString))
        .containsExactlyInAnyOrder(
            "x509pop:subject:cn:host-7",
            "x509pop:ca:fingerprint:" + CertificateNames.sha1(ROOT.certificate()),
            "x509pop:ca:fingerprint:" + CertificateNames.sha1(middle.certificate()));
  }

  @Test
  void aCommonNameThatCannotBeASelector_makesNone() throws Exception {
    Certified leaf = new Recipe("CN=two words").by(ROOT);
    var proof = (NodeProof.HoldsCertificate) verify(prover(leaf, leaf.keys()));
    assertThat(proof.selectors()).noneMatch(selector -> selector.name().equals("subject"));
  }

  static Stream<Arguments> keysThatCount() {
    return Stream.of(
        Arguments.of("P-384", Machines.keys("EC", 384)),
        Arguments.of("P-521", Machines.keys("EC", 521)),
        Arguments.of("RSA", Machines.keys("RSA", 2048)),
        Arguments.of("Ed25519", Machines.keys("Ed25519", 0)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keysThatCount")
  void strongKeys_areTaken(String name, KeyPair keys) throws Exception {
    Certified leaf = host().keys(keys).by(ROOT);
    assertThat(verify(prover(leaf, keys))).as(name).isInstanceOf(NodeProof.HoldsCertificate.class);
  }

  static Stream<Arguments> spoiled() {
    var rsa =
        new Recipe("CN=machines")
            .keys(Machines.keys("RSA", 2048))
            .authority(1)
            .signedWith("SHA256withRSA");
    Certified leafAsIssuer = host().by(ROOT);
    return Stream.of(
        Arguments.of("another authority", host().by(OTHER), "no configured authority"),
        Arguments.of(
            "the same name, another key", host().by(Machines.root("machines")), "certificate path"),
        Arguments.of(
            "expired",
            host().valid(Machines.NOW.minusSeconds(9), Machines.NOW.minusSeconds(1)).by(ROOT),
            "certificate path"),
        Arguments.of(
            "not yet valid",
            host().valid(Machines.NOW.plusSeconds(1), Machines.NOW.plusSeconds(9)).by(ROOT),
            "certificate path"),
        Arguments.of("an authority", host().authority(0).by(ROOT), "the leaf is an authority"),
        Arguments.of(
            "for encipherment",
            host().usage(KeyUsage.keyEncipherment).by(ROOT),
            "digitalSignature"),
        Arguments.of(
            "for servers", host().extended(KeyPurposeId.id_kp_serverAuth).by(ROOT), "clientAuth"),
        Arguments.of(
            "for any purpose",
            host().extended(KeyPurposeId.anyExtendedKeyUsage).by(ROOT),
            "clientAuth"),
        Arguments.of(
            "a workload's", host().named("spiffe://example.org/ns/a").by(ROOT), "SPIFFE ID"),
        Arguments.of("a workload's, shouted", host().named("SPIFFE://x/y").by(ROOT), "SPIFFE ID"),
        Arguments.of("RSA 1024", host().keys(Machines.keys("RSA", 1024)).by(ROOT), "RSA key"),
        Arguments.of("SHA-1", host().signedWith("SHA1withECDSA").by(ROOT), "SHA1withECDSA"),
        Arguments.of("below a leaf", host().by(leafAsIssuer), "no configured authority"),
        Arguments.of(
            "SHA-1 with RSA",
            host().signedWith("SHA1withRSA").by(rsa.selfSigned()),
            "SHA1withRSA"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spoiled")
  void whatDoesNotHold_isRefused(String what, Certified leaf, String why) {
    assertThat(what).isNotBlank();
    refused(prover(leaf, leaf.keys()), why);
  }

  @Test
  void aCertificateForClients_isTaken() throws Exception {
    Certified leaf = host().extended(KeyPurposeId.id_kp_clientAuth).by(ROOT);
    assertThat(verify(prover(leaf, leaf.keys()))).isNotNull();
  }

  @Test
  void anIntermediate_thatMayIssueForServersOnly_makesNoNodes() throws Exception {
    Certified web =
        new Recipe("CN=web").authority(0).extended(KeyPurposeId.id_kp_serverAuth).by(ROOT);
    Certified leaf = host().extended(KeyPurposeId.id_kp_clientAuth).by(web);
    refused(prover(leaf, leaf.keys(), web.certificate()), "clientAuth");
    Certified any =
        new Recipe("CN=any").authority(0).extended(KeyPurposeId.anyExtendedKeyUsage).by(ROOT);
    Certified other = host().by(any);
    assertThat(verify(prover(other, other.keys(), any.certificate()))).isNotNull();
  }

  @Test
  void anAuthorityThatIssuedNothingOfTheChain_givesNoSelector() throws Exception {
    var both =
        new X509PopVerifier(
            PopAuthorities.parse(
                Certificates.toPem(List.of(ROOT.certificate(), OTHER.certificate()))),
            Clock.fixed(Machines.NOW, ZoneOffset.UTC),
            RANDOM);
    var prover = prover(HOST, HOST.keys(), ROOT.certificate(), OTHER.certificate());
    var proof = (NodeProof.HoldsCertificate) both.verify(prover.evidence(), prover::answer);
    assertThat(proof.selectors().stream().map(Object::toString))
        .containsExactlyInAnyOrder(
            "x509pop:subject:cn:host-7",
            "x509pop:ca:fingerprint:" + CertificateNames.sha1(ROOT.certificate()));
  }

  @Test
  void anotherSignatureOverTheSame_isTheSameCertificate() throws Exception {
    Certified again = Machines.resigned(HOST, ROOT);
    var first = (NodeProof.HoldsCertificate) verify(prover(HOST, HOST.keys()));
    var second = (NodeProof.HoldsCertificate) verify(prover(again, HOST.keys()));
    assertThat(second.fingerprint()).isNotEqualTo(first.fingerprint());
    assertThat(second.signed()).isEqualTo(first.signed());
    var other = host().by(ROOT);
    assertThat(((NodeProof.HoldsCertificate) verify(prover(other, other.keys()))).signed())
        .isNotEqualTo(first.signed());
  }

  @Test
  void tooManyIntermediates_areRefused() {
    Certified one = new Recipe("CN=1").authority(2).by(ROOT);
    Certified two = new Recipe("CN=2").authority(1).by(one);
    Certified three = new Recipe("CN=3").authority(0).by(two);
    Certified leaf = host().by(three);
    refused(
        prover(leaf, leaf.keys(), three.certificate(), two.certificate(), one.certificate()),
        "more intermediates than the authority allows");
  }

  @Test
  void whoHasTheCertificate_andNotItsKey_isRefused() {
    refused(prover(HOST, Machines.keys("EC", 256)), "not of the certificate's key");
  }

  @Test
  void anAnswer_isGoodForItsChallengeAndItsBinding_andForNothingElse() throws Exception {
    X509PopProver prover = prover(HOST, HOST.keys());
    var recorded = new AtomicReference<byte[]>();
    NodeProof _ =
        verifierNow()
            .verify(
                prover.evidence(),
                challenge -> {
                  recorded.set(prover.answer(challenge));
                  return recorded.get().clone();
                });
    assertThatThrownBy(() -> verifierNow().verify(prover.evidence(), _ -> recorded.get()))
        .hasMessageContaining("over this challenge");
    // The node signed for another key of its own than the one that is asked for.
    var bound =
        new NodeVerifier.Challenger() {
          @Override
          public byte[] ask(byte[] challenge) throws AttestationException {
            return prover.answer(challenge, new byte[] {1});
          }

          @Override
          public byte[] binding() {
            return new byte[] {2};
          }
        };
    assertThatThrownBy(() -> verifierNow().verify(prover.evidence(), bound))
        .hasMessageContaining("over this challenge");
  }

  @Test
  void whoNeverAnswers_orAnswersNonsense_isRefused() {
    for (byte[] answer : List.of(new byte[0], new byte[32], new byte[33], new byte[200])) {
      assertThatThrownBy(() -> verifierNow().verify(prover().evidence(), _ -> answer))
          .isInstanceOf(AttestationException.class);
    }
  }

  @Test
  void anAuthorityThatIsOver_vouchesForNobody() {
    var later = Clock.fixed(Machines.NOW.plus(Duration.ofDays(31)), ZoneOffset.UTC);
    Certified leaf = host().valid(Machines.NOW, Machines.NOW.plus(Duration.ofDays(60))).by(ROOT);
    var prover = prover(leaf, leaf.keys());
    assertThatThrownBy(() -> verifierAt(later).verify(prover.evidence(), prover::answer))
        .hasMessageContaining("certificate path");
  }

  @Test
  void authorities_areCheckedAsTheyAreRead() {
    assertThatThrownBy(() -> PopAuthorities.parse("")).hasMessageContaining("1 to 64");
    assertThatThrownBy(() -> PopAuthorities.parse("nonsense"))
        .isInstanceOf(IllegalArgumentException.class);
    String leaf = Certificates.toPem(List.of(HOST.certificate()));
    assertThatThrownBy(() -> PopAuthorities.parse(leaf)).hasMessageContaining("no authority");
    String workloads =
        Certificates.toPem(
            List.of(
                new Recipe("CN=td").authority(0).named("spiffe://td").selfSigned().certificate()));
    assertThatThrownBy(() -> PopAuthorities.parse(workloads)).hasMessageContaining("SPIFFE ID");
    String web =
        Certificates.toPem(
            List.of(
                new Recipe("CN=web")
                    .authority(0)
                    .extended(KeyPurposeId.id_kp_serverAuth)
                    .selfSigned()
                    .certificate()));
    assertThatThrownBy(() -> PopAuthorities.parse(web)).hasMessageContaining("clientAuth");
    String weak =
        Certificates.toPem(
            List.of(
                new Recipe("CN=weak")
                    .keys(Machines.keys("RSA", 1024))
                    .authority(0)
                    .signedWith("SHA256withRSA")
                    .selfSigned()
                    .certificate()));
    assertThatThrownBy(() -> PopAuthorities.parse(weak)).hasMessageContaining("RSA key");
  }
}
