package dev.credence.certs.issue;

import static dev.credence.certs.issue.Requests.ECDSA_SHA256;
import static dev.credence.certs.issue.Requests.RSA_SHA256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.issue.CsrException.Reason;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CsrCheckerTest {
  private static final KeyPair P256 = Requests.ec("secp256r1");
  private static final KeyPair RSA = Requests.generated("RSA", 2048);
  private static final byte[] GOOD = Requests.signed(P256, "SHA256withECDSA", ECDSA_SHA256);
  private static final ASN1ObjectIdentifier NAME_OF_P256 = X9ObjectIdentifiers.prime256v1;
  private static final BigInteger F4 = BigInteger.valueOf(65537);

  static Stream<Named<Provider>> providers() {
    return Providers.all();
  }

  static Stream<Arguments> goodRequests() {
    List<Arguments> rows = new ArrayList<>();
    for (Named<Provider> provider : Providers.all().toList()) {
      rows.add(Arguments.of("P-256", provider, GOOD));
      rows.add(
          Arguments.of(
              "P-256 with SHA-384",
              provider,
              Requests.signed(
                  P256, "SHA384withECDSA", ecdsa(X9ObjectIdentifiers.ecdsa_with_SHA384))));
      rows.add(
          Arguments.of(
              "P-384",
              provider,
              Requests.signed(
                  Requests.ec("secp384r1"),
                  "SHA384withECDSA",
                  ecdsa(X9ObjectIdentifiers.ecdsa_with_SHA384))));
      rows.add(
          Arguments.of("RSA 2048", provider, Requests.signed(RSA, "SHA256withRSA", RSA_SHA256)));
    }
    return rows.stream();
  }

  private static AlgorithmIdentifier ecdsa(ASN1ObjectIdentifier oid) {
    return new AlgorithmIdentifier(oid);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goodRequests")
  void goodRequestIsAccepted(String name, Provider provider, byte[] csr) throws Exception {
    CheckedKey key = new CsrChecker(provider).check(csr);
    assertThat(key.spkiDigest()).isEqualTo(Sha256.of(key.key().getEncoded()));
    assertThat(key).isEqualTo(new CsrChecker(Providers.jdk()).check(csr));
    assertThat(key).hasToString(key.key().getAlgorithm() + " key " + key.spkiDigest());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void ownRequestIsAcceptedByEveryProvider(Provider provider) throws Exception {
    KeyPair keys = PrivateKeys.generateP256(provider, new SecureRandom());
    byte[] csr = CertificateRequest.create(keys, provider);
    for (Named<Provider> checker : Providers.all().toList()) {
      assertThat(new CsrChecker(checker.getPayload()).check(csr).key().getEncoded())
          .isEqualTo(keys.getPublic().getEncoded());
    }
  }

  private static Arguments row(String name, Reason reason, byte[] csr) {
    return Arguments.of(name, reason, csr);
  }

  static Stream<Arguments> malformedRequests() {
    byte[] signature = Requests.sign("SHA256withECDSA", P256, new byte[0]);
    ASN1Encodable info = Requests.info(0, Requests.spki(P256));
    return Stream.of(
        row("4097 bytes", Reason.TOO_LARGE, Arrays.copyOf(GOOD, 4097)),
        row("a megabyte", Reason.TOO_LARGE, new byte[1 << 20]),
        row("no bytes", Reason.MALFORMED, new byte[0]),
        row("a byte more", Reason.MALFORMED, Arrays.copyOf(GOOD, GOOD.length + 1)),
        row("a byte less", Reason.MALFORMED, Arrays.copyOf(GOOD, GOOD.length - 1)),
        row("text", Reason.MALFORMED, "-----BEGIN".getBytes(StandardCharsets.US_ASCII)),
        row("a NULL", Reason.MALFORMED, new byte[] {5, 0}),
        row("indefinite length", Reason.MALFORMED, indefinite(GOOD)),
        row("long length form", Reason.MALFORMED, longLength(GOOD)),
        row("nested 1,000 deep", Reason.MALFORMED, nested(1000)),
        row("nested without end", Reason.MALFORMED, HexFormat.of().parseHex("3080".repeat(2000))),
        row(
            "version 1",
            Reason.MALFORMED,
            Requests.request(Requests.info(1, Requests.spki(P256)), ECDSA_SHA256, signature)),
        row(
            "version -1",
            Reason.MALFORMED,
            Requests.request(Requests.info(-1, Requests.spki(P256)), ECDSA_SHA256, signature)),
        row(
            "two parts",
            Reason.MALFORMED,
            Requests.der(new DERSequence(new ASN1Encodable[] {info, ECDSA_SHA256}))),
        row(
            "four parts",
            Reason.MALFORMED,
            Requests.der(
                new DERSequence(
                    new ASN1Encodable[] {
                      info, ECDSA_SHA256, new DERBitString(signature), DERNull.INSTANCE
                    }))),
        row("five parts inside", Reason.MALFORMED, signedInfo(5)),
        row(
            "signature of broken bytes",
            Reason.MALFORMED,
            Requests.der(
                new DERSequence(
                    new ASN1Encodable[] {
                      info, ECDSA_SHA256, new DERBitString(zeroEnd(signature), 1)
                    }))));
  }

  /// Well signed, but with more inside than a request has.
  private static byte[] signedInfo(int parts) {
    var elements = new ASN1EncodableVector();
    var good = (ASN1Sequence) Requests.info(0, Requests.spki(P256));
    good.forEach(elements::add);
    for (int i = elements.size(); i < parts; i++) {
      elements.add(DERNull.INSTANCE);
    }
    ASN1Encodable info = new DERSequence(elements);
    return Requests.request(
        info, ECDSA_SHA256, Requests.sign("SHA256withECDSA", P256, Requests.der(info)));
  }

  private static byte[] zeroEnd(byte[] bytes) {
    byte[] copy = bytes.clone();
    copy[copy.length - 1] = 0;
    return copy;
  }

  private static byte[] indefinite(byte[] der) {
    byte[] ber = new byte[der.length + 1];
    ber[0] = 0x30;
    ber[1] = (byte) 0x80;
    System.arraycopy(der, 3, ber, 2, der.length - 3);
    return ber;
  }

  private static byte[] longLength(byte[] der) {
    byte[] ber = new byte[der.length + 1];
    ber[0] = 0x30;
    ber[1] = (byte) 0x82;
    ber[2] = 0;
    System.arraycopy(der, 2, ber, 3, der.length - 2);
    return ber;
  }

  private static byte[] nested(int depth) {
    ASN1Encodable inner = new DERSequence();
    for (int i = 1; i < depth; i++) {
      inner = new DERSequence(inner);
    }
    return Requests.der(inner);
  }

  static Stream<Arguments> hostileKeys() {
    byte[] point = Requests.spki(P256).getPublicKeyData().getBytes();
    byte[] otherY = point.clone();
    otherY[64] ^= 1;
    byte[] compressed = Arrays.copyOf(point, 33);
    compressed[0] = (byte) (2 + (point[64] & 1));
    byte[] hybrid = point.clone();
    hybrid[0] = (byte) (6 + (point[64] & 1));
    byte[] zero = new byte[65];
    zero[0] = 4;
    BigInteger n = Requests.modulus(RSA);
    BigInteger big = BigInteger.ONE.shiftLeft(2047).add(BigInteger.ONE);
    return Stream.of(
        ec("point not on the curve", NAME_OF_P256, otherY),
        ec("point (0, 0)", NAME_OF_P256, zero),
        ec("coordinates beyond the field", NAME_OF_P256, beyondTheField(point)),
        ec("point at infinity", NAME_OF_P256, new byte[] {0}),
        ec("no point", NAME_OF_P256, new byte[0]),
        ec("compressed point: the same key in another dress", NAME_OF_P256, compressed),
        ec("hybrid point", NAME_OF_P256, hybrid),
        ec("point with a byte more", NAME_OF_P256, Arrays.copyOf(point, 66)),
        ec("point of another curve", X9ObjectIdentifiers.prime192v1, point),
        ec("P-256 point under P-384's name", new ASN1ObjectIdentifier("1.3.132.0.34"), point),
        ec("explicit curve parameters", ECNamedCurveTable.getByName("P-256"), point),
        ec("NULL curve", DERNull.INSTANCE, point),
        row(
            "P-521",
            Reason.KEY,
            Requests.signed(Requests.ec("secp521r1"), "SHA256withECDSA", ECDSA_SHA256)),
        row(
            "Ed25519",
            Reason.KEY,
            Requests.unsigned(Requests.spki(Requests.generated("Ed25519", 0)), ECDSA_SHA256)),
        row(
            "X25519",
            Reason.KEY,
            Requests.unsigned(Requests.spki(Requests.generated("X25519", 0)), ECDSA_SHA256)),
        row(
            "RSA 1024",
            Reason.KEY,
            Requests.signed(Requests.generated("RSA", 1024), "SHA256withRSA", RSA_SHA256)),
        rsa("2047 bits", big.shiftRight(1).setBit(0), F4),
        rsa("4097 bits", BigInteger.ONE.shiftLeft(4096).setBit(0), F4),
        rsa("16384 bits", BigInteger.ONE.shiftLeft(16383).setBit(0), F4),
        rsa("even modulus", n.clearBit(0), F4),
        rsa("negative modulus", n.negate(), F4),
        rsa("modulus 0", BigInteger.ZERO, F4),
        rsa("e = 1", n, BigInteger.ONE),
        rsa("e = 0", n, BigInteger.ZERO),
        rsa("e = -1", n, BigInteger.ONE.negate()),
        rsa("e = 3", n, BigInteger.valueOf(3)),
        rsa("e = 65539 - 4", n, BigInteger.valueOf(65535)),
        rsa("even e", n, BigInteger.valueOf(65538)),
        rsa("e of 257 bits", n, BigInteger.ONE.shiftLeft(256).setBit(0)),
        rsa("e as large as n", n, n),
        row(
            "RSA without parameters",
            Reason.KEY,
            Requests.unsigned(
                Requests.rsaKey(null, new ASN1Integer(n), new ASN1Integer(F4)), RSA_SHA256)),
        row(
            "RSA with other parameters",
            Reason.KEY,
            Requests.unsigned(
                Requests.rsaKey(new ASN1Integer(0), new ASN1Integer(n), new ASN1Integer(F4)),
                RSA_SHA256)),
        row(
            "RSA of three numbers",
            Reason.KEY,
            Requests.unsigned(
                Requests.rsaKey(
                    DERNull.INSTANCE, new ASN1Integer(n), new ASN1Integer(F4), new ASN1Integer(0)),
                RSA_SHA256)),
        row(
            "RSA of one number",
            Reason.KEY,
            Requests.unsigned(Requests.rsaKey(DERNull.INSTANCE, new ASN1Integer(n)), RSA_SHA256)),
        row(
            "RSA of other types",
            Reason.KEY,
            Requests.unsigned(
                Requests.rsaKey(DERNull.INSTANCE, DERNull.INSTANCE, DERNull.INSTANCE),
                RSA_SHA256)));
  }

  private static byte[] beyondTheField(byte[] point) {
    byte[] beyond = point.clone();
    Arrays.fill(beyond, 1, 33, (byte) 0xff);
    return beyond;
  }

  private static Arguments ec(String name, ASN1Encodable parameters, byte[] point) {
    return row(
        name, Reason.KEY, Requests.unsigned(Requests.ecKey(parameters, point), ECDSA_SHA256));
  }

  private static Arguments rsa(String name, BigInteger modulus, BigInteger exponent) {
    return row(
        "RSA " + name,
        Reason.KEY,
        Requests.unsigned(Requests.rsaKey(modulus, exponent), RSA_SHA256));
  }

  static Stream<Arguments> hostileSignatures() {
    ASN1Encodable info = Requests.info(0, Requests.spki(P256));
    byte[] good = Requests.sign("SHA256withECDSA", P256, Requests.der(info));
    KeyPair other = Requests.ec("secp256r1");
    return Stream.of(
        row(
            "signed by another key",
            Reason.SIGNATURE,
            Requests.request(
                info, ECDSA_SHA256, Requests.sign("SHA256withECDSA", other, Requests.der(info)))),
        row(
            "another's request with the key replaced",
            Reason.SIGNATURE,
            Requests.request(Requests.info(0, Requests.spki(other)), ECDSA_SHA256, good)),
        row("no signature", Reason.SIGNATURE, Requests.request(info, ECDSA_SHA256, new byte[0])),
        row(
            "r = s = 0",
            Reason.SIGNATURE,
            Requests.request(info, ECDSA_SHA256, rs(BigInteger.ZERO, BigInteger.ZERO))),
        row(
            "r = s = 1",
            Reason.SIGNATURE,
            Requests.request(info, ECDSA_SHA256, rs(BigInteger.ONE, BigInteger.ONE))),
        row(
            "negative r",
            Reason.SIGNATURE,
            Requests.request(info, ECDSA_SHA256, rs(BigInteger.ONE.negate(), BigInteger.ONE))),
        row(
            "signature with a byte more",
            Reason.SIGNATURE,
            Requests.request(info, ECDSA_SHA256, Arrays.copyOf(good, good.length + 1))),
        row("garbage", Reason.SIGNATURE, Requests.request(info, ECDSA_SHA256, new byte[72])),
        row(
            "RSA signed with another digest",
            Reason.SIGNATURE,
            Requests.signed(RSA, "SHA512withRSA", RSA_SHA256)),
        row(
            "SHA-1 with ECDSA",
            Reason.ALGORITHM,
            Requests.signed(P256, "SHA1withECDSA", ecdsa(X9ObjectIdentifiers.ecdsa_with_SHA1))),
        row(
            "ECDSA with NULL parameters",
            Reason.ALGORITHM,
            Requests.signed(
                P256,
                "SHA256withECDSA",
                new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256, DERNull.INSTANCE))),
        row(
            "SHA-1 with RSA",
            Reason.ALGORITHM,
            Requests.signed(
                RSA,
                "SHA1withRSA",
                new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.sha1WithRSAEncryption, DERNull.INSTANCE))),
        row(
            "MD5 with RSA",
            Reason.ALGORITHM,
            Requests.signed(
                RSA,
                "MD5withRSA",
                new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.md5WithRSAEncryption, DERNull.INSTANCE))),
        row(
            "RSA without parameters",
            Reason.ALGORITHM,
            Requests.signed(
                RSA,
                "SHA256withRSA",
                new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption))),
        row(
            "RSA-PSS",
            Reason.ALGORITHM,
            Requests.signed(
                RSA,
                "SHA256withRSA",
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, DERNull.INSTANCE))),
        row(
            "RSA's algorithm for an EC key",
            Reason.ALGORITHM,
            Requests.signed(P256, "SHA256withECDSA", RSA_SHA256)),
        row(
            "ECDSA for an RSA key",
            Reason.ALGORITHM,
            Requests.signed(RSA, "SHA256withRSA", ECDSA_SHA256)));
  }

  private static byte[] rs(BigInteger r, BigInteger s) {
    return Requests.der(
        new DERSequence(new ASN1Encodable[] {new ASN1Integer(r), new ASN1Integer(s)}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"malformedRequests", "hostileKeys", "hostileSignatures"})
  @DisplayName("XL-18 hostile requests are refused with their reason, by every provider")
  void hostileRequestIsRefused(String name, Reason reason, byte[] csr) {
    for (Named<Provider> provider : Providers.all().toList()) {
      CsrException refused =
          catchThrowableOfType(
              CsrException.class, () -> new CsrChecker(provider.getPayload()).check(csr));
      assertThat(refused).as(provider.getName()).isNotNull();
      assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason);
      assertThat(refused).hasMessageStartingWith("certificate request: ");
      assertThat(refused.getMessage()).hasSizeLessThan(200);
    }
  }

  @Test
  @DisplayName("XL-10 nothing but the key is taken from a request")
  void nothingButTheKeyIsTaken() throws Exception {
    var extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://example.org/server")));
    extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    byte[] csr =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=root,O=evil"), P256.getPublic())
            .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(P256.getPrivate()))
            .getEncoded();
    var world = new World(Providers.jdk());
    CheckedKey key = new CsrChecker(world.provider).check(csr);
    X509Certificate leaf = world.authority.issue(world.agent(key, List.of()), World.NOW).leaf();
    assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=invoice-bot,O=finance");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(List.copyOf(leaf.getSubjectAlternativeNames()))
        .isEqualTo(List.of(List.of(6, "spiffe://example.org/agent/finance/invoice-bot")));
  }

  static Stream<Long> seeds() {
    return Stream.of(5L, 20261122L);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void spoiledRequestsAreRefusedByTheDeclaredExceptionOnly(long seed) {
    var random = new Random(seed);
    byte[][] originals = {GOOD, Requests.signed(RSA, "SHA256withRSA", RSA_SHA256)};
    Provider provider = Providers.all().toList().getLast().getPayload();
    var checker = new CsrChecker(provider);
    for (int i = 0; i < 20_000; i++) {
      byte[] csr = spoiled(originals[i % 2], random);
      try {
        // The signature covers everything but itself and the outer headers.
        assertThat(checker.check(csr).spkiDigest()).isNotNull();
      } catch (CsrException refused) {
        assertThat(refused.reason()).isNotNull();
      } catch (Throwable t) {
        throw new AssertionError(
            "seed " + seed + ", round " + i + ": " + HexFormat.of().formatHex(csr), t);
      }
    }
  }

  private static byte[] spoiled(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = new byte[] {0, 1, 0x7f, -128, -1, 0x30}[random.nextInt(6)];
        case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        default -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(3));
      }
    }
    return bytes;
  }
}
