package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Pki.Certified;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Short, seeded: nothing but the declared exception may come out of a parser. */
final class ParsersUnderFireTest {
  private static final Certified ROOT = Pki.authority("root", "td").selfSigned();
  private static final X509Bundle BUNDLE =
      X509Bundle.of(TrustDomain.parse("td"), List.of(ROOT.certificate()));

  interface Parser {
    void parse(byte[] bytes) throws GeneralSecurityException;
  }

  static Stream<Long> seeds() {
    return Stream.of(3L, 20261122L);
  }

  private static int attack(long seed, int times, byte[] original, Parser parser) {
    var mutations = new Mutations(seed);
    int accepted = 0;
    for (int i = 0; i < times; i++) {
      byte[] bytes = mutations.of(original);
      try {
        parser.parse(bytes);
        accepted++;
      } catch (SvidException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      } catch (Throwable t) {
        throw new AssertionError(
            "seed " + seed + ", round " + i + ": " + HexFormat.of().formatHex(bytes), t);
      }
    }
    return accepted;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void executionExtension(long seed) throws Exception {
    for (Json.Members vector : SpecFolder.vectors("execution-extension.json").objects("valid")) {
      byte[] original = HexFormat.of().parseHex(vector.text("der"));
      attack(
          seed,
          4_000,
          original,
          bytes -> assertThat(ExecutionFacts.parse(bytes).encode()).isEqualTo(bytes));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void certificateChains(long seed) {
    Certified leaf =
        Pki.leaf("spiffe://td/agent/a/b").name(GeneralName.dNSName, "a.example").signedBy(ROOT);
    byte[] original = Certificates.toDer(List.of(leaf.certificate(), ROOT.certificate()));
    attack(seed, 10_000, original, Certificates::parseChain);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void verificationOfSpoiledChains(long seed) {
    Certified leaf = Pki.leaf("spiffe://td/agent/a/b").signedBy(ROOT);
    byte[] original = Certificates.toDer(leaf.certificate());
    var verifier = new SvidVerifier(Providers.jdk());
    attack(
        seed,
        2_000,
        original,
        bytes -> {
          PeerSvid peer = verifier.verify(Certificates.parseChain(bytes), BUNDLE, Pki.NOW);
          // What was signed cannot be spoiled.
          assertThat(peer.leaf().getTBSCertificate())
              .isEqualTo(leaf.certificate().getTBSCertificate());
        });
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void verificationOfSpoiledChainsThatThePlatformRead(long seed) {
    // As in TLS, where the platform reads the certificates before any of our code does.
    Certified leaf = Pki.leaf("spiffe://td/agent/a/b").signedBy(ROOT);
    byte[] original = Certificates.toDer(leaf.certificate());
    var verifier = new SvidVerifier(Providers.jdk());
    attack(
        seed,
        2_000,
        original,
        bytes -> {
          X509Certificate read = readByThePlatform(bytes);
          PeerSvid peer = verifier.verify(List.of(read), BUNDLE, Pki.NOW);
          assertThat(peer.leaf().getTBSCertificate())
              .isEqualTo(leaf.certificate().getTBSCertificate());
        });
  }

  private static X509Certificate readByThePlatform(byte[] bytes) throws SvidException {
    try {
      var factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException | RuntimeException e) {
      throw new SvidException(SvidException.Reason.MALFORMED, "refused by the platform", e);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void privateKeys(long seed) {
    KeyPair keys = Pki.ec("secp256r1");
    byte[] original = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    attack(seed, 3_000, original, bytes -> PrivateKeys.parsePkcs8(bytes, Providers.jdk()));
  }
}
