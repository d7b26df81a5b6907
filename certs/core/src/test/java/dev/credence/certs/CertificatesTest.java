package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.Pki.Certified;
import dev.credence.certs.SvidException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CertificatesTest {
  private static final Certified ROOT = Pki.authority("root", "td").selfSigned();
  private static final Certified LEAF = Pki.leaf("spiffe://td/a").signedBy(ROOT);
  private static final byte[] DER = Certificates.toDer(LEAF.certificate());

  static Stream<Named<Provider>> providers() {
    return Providers.all();
  }

  @Test
  void chainIsReadInItsOrder() throws Exception {
    var chain = List.of(LEAF.certificate(), ROOT.certificate());
    assertThat(Certificates.parseChain(Certificates.toDer(chain))).isEqualTo(chain);
    assertThat(Certificates.parse(DER)).isEqualTo(LEAF.certificate());
  }

  @Test
  void otherBytesAreRefused() {
    assertThat(reason(new byte[0])).isEqualTo(Reason.EMPTY_CHAIN);
    assertThat(reason(Arrays.copyOf(DER, DER.length - 1))).isEqualTo(Reason.MALFORMED);
    assertThat(reason(Arrays.copyOf(DER, DER.length + 1))).isEqualTo(Reason.MALFORMED);
    assertThat(
            reason(
                Certificates.toPem(List.of(LEAF.certificate()))
                    .getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(Reason.MALFORMED);
    assertThat(reason(Der.sequence())).isEqualTo(Reason.MALFORMED);
    assertThat(reason(Certificates.toDer(Collections.nCopies(9, LEAF.certificate()))))
        .isEqualTo(Reason.CHAIN_TOO_LONG);
    assertThat(reason(Der.sequence(new byte[70_000]))).isEqualTo(Reason.MALFORMED);
    assertThat(
            catchThrowableOfType(
                    SvidException.class, () -> Certificates.parse(Der.concatenated(DER, DER)))
                .reason())
        .isEqualTo(Reason.CHAIN_TOO_LONG);
  }

  private static Reason reason(byte[] der) {
    return catchThrowableOfType(SvidException.class, () -> Certificates.parseChain(der)).reason();
  }

  @Test
  void bytesInsideTheOuterSequenceAfterTheCertificateAreRefused() throws Exception {
    var outer = new DerReader(DER);
    byte[] content = outer.content(DerReader.SEQUENCE, "certificate");
    assertThat(reason(Der.sequence(content, Der.integer(1)))).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void pemIsReadBetweenWhiteSpaceOnly() throws Exception {
    String pem = Certificates.toPem(List.of(LEAF.certificate(), ROOT.certificate()));
    assertThat(Certificates.parsePem("\n" + pem.replace("\n", "\r\n") + "\n"))
        .containsExactly(LEAF.certificate(), ROOT.certificate());
    assertThat(Certificates.parsePem(" ")).isEmpty();
    assertThat(
            catchThrowableOfType(SvidException.class, () -> Certificates.parsePem("x" + pem))
                .reason())
        .isEqualTo(Reason.MALFORMED);
  }

  @Test
  void secondEncodingOfTheSameCertificateIsRefused() throws Exception {
    DerReader parts = new DerReader(DER).enter(DerReader.SEQUENCE, "certificate");
    byte[] signed = parts.element(DerReader.SEQUENCE, "signed part");
    byte[] algorithm = parts.element(DerReader.SEQUENCE, "algorithm");
    byte[] bits = parts.content(DerReader.BIT_STRING, "signature");
    assertThat(Der.sequence(signed, algorithm, Der.element(DerReader.BIT_STRING, bits)))
        .isEqualTo(DER);
    bits[0] = 1;
    assertThat(reason(Der.sequence(signed, algorithm, Der.element(DerReader.BIT_STRING, bits))))
        .isEqualTo(Reason.MALFORMED);
  }

  @Test
  void overlongPemIsRefused() {
    assertThat(
            catchThrowableOfType(
                    SvidException.class, () -> Certificates.parsePem(" ".repeat(1 << 21)))
                .reason())
        .isEqualTo(Reason.MALFORMED);
  }

  @Test
  void serialNumberHasTwoDigitsAByte() {
    String hex = Certificates.serialHex(LEAF.certificate());
    assertThat(hex).matches("([0-9a-f]{2})+").doesNotStartWith("00");
    assertThat(new java.math.BigInteger(hex, 16)).isEqualTo(LEAF.certificate().getSerialNumber());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void requestHoldsTheKeyAndNothingElse(Provider provider) throws Exception {
    KeyPair keys = PrivateKeys.generateP256(provider, new SecureRandom());
    byte[] der = CertificateRequest.create(keys, provider);
    var request = new PKCS10CertificationRequest(der);
    assertThat(request.getSubject())
        .isEqualTo(X500Name.getInstance(new org.bouncycastle.asn1.DERSequence()));
    assertThat(request.getAttributes()).isEmpty();
    assertThat(request.getSubjectPublicKeyInfo().getEncoded())
        .isEqualTo(keys.getPublic().getEncoded());
    assertThat(request.getSignatureAlgorithm().getAlgorithm().getId())
        .isEqualTo("1.2.840.10045.4.3.2");
    assertThat(request.getSignatureAlgorithm().getParameters()).isNull();
    assertThat(
            request.isSignatureValid(
                new JcaContentVerifierProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(request.getSubjectPublicKeyInfo())))
        .isTrue();
    assertThat(der.length).isLessThan(250);
  }
}
