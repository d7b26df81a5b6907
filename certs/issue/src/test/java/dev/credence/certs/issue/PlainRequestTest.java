package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.issue.CsrException.Reason;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The request of our own nodes, which is read without a parser: what that makes of it is what the
/// general reader makes of it, and nothing else passes for it.
final class PlainRequestTest {
  private static final int ROUNDS = 20;

  static java.util.stream.Stream<Named<Provider>> providers() {
    return Providers.all();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void isReadAsTheGeneralReaderReadsIt(Provider provider) throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      byte[] csr = request(provider);
      PlainRequest plain = PlainRequest.read(csr).orElseThrow();
      var general = CertificationRequest.getInstance(csr);
      var info = general.getCertificationRequestInfo();
      assertThat(plain.signed()).isEqualTo(info.getEncoded(ASN1Encoding.DER));
      assertThat(plain.spki())
          .isEqualTo(info.getSubjectPublicKeyInfo().getEncoded(ASN1Encoding.DER));
      assertThat(plain.point())
          .isEqualTo(info.getSubjectPublicKeyInfo().getPublicKeyData().getOctets());
      assertThat(plain.signature()).isEqualTo(general.getSignature().getOctets());
      assertThat(new CsrChecker(provider).check(csr).spkiDigest())
          .isEqualTo(Sha256.of(plain.spki()));
    }
  }

  /// Each bit of it, turned: where it still passes for a plain one, only point or signature is
  /// another, and then the signature does not hold. Nothing is accepted.
  @ParameterizedTest
  @MethodSource("providers")
  void withABitTurned_isRefused(Provider provider) {
    byte[] csr = request(provider);
    var checker = new CsrChecker(provider);
    for (int bit = 0; bit < 8 * csr.length; bit++) {
      byte[] turned = csr.clone();
      turned[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(refusal(checker, turned)).as("bit %d", bit).isPresent();
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void ofAnotherLength_isNoPlainRequest(Provider provider) {
    byte[] csr = request(provider);
    for (int length = 0; length < csr.length; length++) {
      assertThat(PlainRequest.read(Arrays.copyOf(csr, length))).isEmpty();
    }
    assertThat(PlainRequest.read(Arrays.copyOf(csr, csr.length + 1))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void withAPointThatIsOnNoCurve_isRefusedForItsKey(Provider provider) {
    byte[] csr = request(provider);
    PlainRequest plain = PlainRequest.read(csr).orElseThrow();
    int end = csr.length - plain.signature().length - 3 - 14;
    csr[end - 1] ^= 1;
    assertThat(PlainRequest.read(csr)).isPresent();
    assertThat(refusal(new CsrChecker(provider), csr)).contains(Reason.KEY);
  }

  private static Optional<Reason> refusal(CsrChecker checker, byte[] csr) {
    try {
      checker.check(csr);
      return Optional.empty();
    } catch (CsrException e) {
      return Optional.of(e.reason());
    }
  }

  private static byte[] request(Provider provider) {
    KeyPair keys = PrivateKeys.generateP256(provider, new SecureRandom());
    return CertificateRequest.create(keys, provider);
  }
}
