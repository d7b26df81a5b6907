package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.PrivateKeys;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Certificates that the authority's key really signed, but that are not what was asked for.
final class StrangersCheckTest {
  private static final World WORLD = new World(Providers.jdk());
  private static final KeyPair AUTHORITY_KEYS =
      PrivateKeys.generateP256(WORLD.provider, new SecureRandom());
  private static final X509Certificate AUTHORITY =
      Authority.certify(World.TRUST_DOMAIN, AUTHORITY_KEYS, WORLD.provider, World.NOW, World.LIFE);
  private static final SvidTemplate.Workload TEMPLATE = WORLD.agent();
  private static final Particulars PARTICULARS =
      Particulars.decide(new BigInteger("4711"), TEMPLATE.ttl(), AUTHORITY, World.NOW);
  private static final String ID = TEMPLATE.id().toString();

  private final StrangersCheck check =
      new StrangersCheck(
          AUTHORITY, AUTHORITY_KEYS.getPublic(), WORLD.provider, java.util.Optional.empty());

  /// What a certificate says; exactly the template until a test changes it.
  static final class Draft {
    private X500Name issuer =
        X500Name.getInstance(AUTHORITY.getSubjectX500Principal().getEncoded());
    private X500Name subject = new X500Name("O=finance,CN=invoice-bot");
    private BigInteger serial = PARTICULARS.serial();
    private Instant from = PARTICULARS.notBefore();
    private Instant to = PARTICULARS.notAfter();
    private SubjectPublicKeyInfo key =
        SubjectPublicKeyInfo.getInstance(TEMPLATE.key().key().getEncoded());
    private KeyPair signedBy = AUTHORITY_KEYS;
    private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();

    Draft() {
      put(Extension.basicConstraints, true, new BasicConstraints(false));
      put(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      put(
          Extension.extendedKeyUsage,
          false,
          purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth));
      put(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(KeyIdentifier.of(key)));
      put(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(KeyIdentifier.of(AUTHORITY_KEYS.getPublic())));
      names(uri(ID));
      execution(TEMPLATE.execution().encode());
    }

    void put(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
      extensions.put(oid, new Extension(oid, critical, new DEROctetString(Requests.der(value))));
    }

    void names(GeneralName... names) {
      put(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }

    void execution(byte[] value) {
      var oid = new ASN1ObjectIdentifier(ExecutionFacts.OID);
      extensions.put(oid, new Extension(oid, false, new DEROctetString(value)));
    }

    byte[] der() {
      var builder =
          new X509v3CertificateBuilder(
              issuer, serial, Date.from(from), Date.from(to), subject, key);
      try {
        for (Extension extension : extensions.values()) {
          builder.addExtension(extension);
        }
        return builder.build(new Signer(WORLD.provider, signedBy.getPrivate())).getEncoded();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  private static GeneralName dns(String name) {
    return new GeneralName(GeneralName.dNSName, name);
  }

  private static ExtendedKeyUsage purposes(KeyPurposeId... purposes) {
    return new ExtendedKeyUsage(purposes);
  }

  @Test
  void exactlyWhatWasAskedForPasses() {
    byte[] der = new Draft().der();
    assertThatNoException().isThrownBy(() -> check.read(der, TEMPLATE, PARTICULARS));
  }

  private static Arguments row(String name, String message, Consumer<Draft> change) {
    return Arguments.of(name, message, change);
  }

  static Stream<Arguments> differences() {
    List<Arguments> rows = new ArrayList<>();
    rows.add(row("other serial", "serial", d -> d.serial = BigInteger.TEN));
    rows.add(row("earlier", "notBefore", d -> d.from = d.from.minusSeconds(1)));
    rows.add(row("longer", "notAfter", d -> d.to = d.to.plusSeconds(1)));
    rows.add(row("other issuer", "issuer", d -> d.issuer = new X500Name("CN=x")));
    rows.add(row("other subject", "subject", d -> d.subject = new X500Name("O=finance,CN=other")));
    rows.add(
        row(
            "more subject",
            "subject",
            d -> d.subject = new X500Name("C=DE,O=finance,CN=invoice-bot")));
    rows.add(
        row(
            "other key",
            "key",
            d ->
                d.key =
                    SubjectPublicKeyInfo.getInstance(WORLD.newKeys().getPublic().getEncoded())));
    rows.add(row("signed by another", "does not verify", d -> d.signedBy = WORLD.newKeys()));
    rows.add(
        row("cA", "cA", d -> d.put(Extension.basicConstraints, true, new BasicConstraints(true))));
    rows.add(
        row(
            "cA with path length",
            "cA",
            d -> d.put(Extension.basicConstraints, true, new BasicConstraints(0))));
    rows.add(row("no BC", "critical", d -> d.extensions.remove(Extension.basicConstraints)));
    rows.add(
        row(
            "BC not critical",
            "critical",
            d -> d.put(Extension.basicConstraints, false, new BasicConstraints(false))));
    rows.add(
        row(
            "KU not critical",
            "critical",
            d -> d.put(Extension.keyUsage, false, new KeyUsage(KeyUsage.digitalSignature))));
    rows.add(
        row(
            "keyCertSign",
            "key usage 5",
            d ->
                d.put(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))));
    rows.add(
        row(
            "cRLSign",
            "key usage 6",
            d ->
                d.put(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign))));
    rows.add(
        row(
            "no digitalSignature",
            "key usage 0",
            d -> d.put(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement))));
    rows.add(
        row(
            "one purpose",
            "purposes",
            d ->
                d.put(Extension.extendedKeyUsage, false, purposes(KeyPurposeId.id_kp_clientAuth))));
    rows.add(
        row(
            "three purposes",
            "purposes",
            d ->
                d.put(
                    Extension.extendedKeyUsage,
                    false,
                    purposes(
                        KeyPurposeId.id_kp_serverAuth,
                        KeyPurposeId.id_kp_clientAuth,
                        KeyPurposeId.id_kp_codeSigning))));
    rows.add(
        row("no EKU", "other extensions", d -> d.extensions.remove(Extension.extendedKeyUsage)));
    rows.add(
        row(
            "other SKI",
            "SKI",
            d ->
                d.put(
                    Extension.subjectKeyIdentifier,
                    false,
                    new SubjectKeyIdentifier(new byte[20]))));
    rows.add(
        row(
            "other AKI",
            "AKI",
            d ->
                d.put(
                    Extension.authorityKeyIdentifier,
                    false,
                    new AuthorityKeyIdentifier(new byte[20]))));
    rows.add(
        row(
            "no SAN",
            "other extensions",
            d -> d.extensions.remove(Extension.subjectAlternativeName)));
    rows.add(
        row("other id", "names", d -> d.names(uri("spiffe://example.org/agent/finance/other"))));
    rows.add(row("two URIs", "names", d -> d.names(uri(ID), uri(ID))));
    rows.add(row("a DNS name more", "names", d -> d.names(uri(ID), dns("a.example"))));
    rows.add(row("DNS name first", "names", d -> d.names(dns("a.example"), uri(ID))));
    rows.add(row("other execution", "execution", d -> d.execution(World.minimalFacts().encode())));
    rows.add(row("malformed execution", "execution", d -> d.execution(new byte[] {5, 0})));
    rows.add(
        row(
            "no execution",
            "other extensions",
            d -> d.extensions.remove(new ASN1ObjectIdentifier(ExecutionFacts.OID))));
    rows.add(
        row(
            "one extension more",
            "other extensions",
            d -> d.put(new ASN1ObjectIdentifier("1.2.3"), false, DERNull.INSTANCE)));
    rows.add(
        row(
            "one critical extension more",
            "critical",
            d -> d.put(new ASN1ObjectIdentifier("1.2.3"), true, DERNull.INSTANCE)));
    return rows.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("differences")
  void anyDifferenceKeepsTheCertificateIn(String name, String message, Consumer<Draft> change) {
    var draft = new Draft();
    change.accept(draft);
    byte[] der = draft.der();
    assertThatIllegalStateException()
        .isThrownBy(() -> check.read(der, TEMPLATE, PARTICULARS))
        .withMessageContaining(message);
  }

  @Test
  void executionInANodesCertificateKeepsItIn() {
    SvidTemplate.Node node = WORLD.node();
    var draft = new Draft();
    draft.subject = new X500Name("CN=node " + World.id(7));
    draft.key = SubjectPublicKeyInfo.getInstance(node.key().key().getEncoded());
    draft.put(
        Extension.subjectKeyIdentifier,
        false,
        new SubjectKeyIdentifier(KeyIdentifier.of(draft.key)));
    draft.names(uri(node.id().toString()));
    byte[] der = draft.der();
    assertThatIllegalStateException()
        .isThrownBy(() -> check.read(der, node, PARTICULARS))
        .withMessageContaining("other extensions");
    draft.extensions.remove(new ASN1ObjectIdentifier(ExecutionFacts.OID));
    byte[] without = draft.der();
    assertThatNoException().isThrownBy(() -> check.read(without, node, PARTICULARS));
  }

  @Test
  void bytesAfterTheCertificateKeepItIn() {
    byte[] der = new Draft().der();
    assertThatIllegalStateException()
        .isThrownBy(
            () -> check.read(java.util.Arrays.copyOf(der, der.length + 1), TEMPLATE, PARTICULARS));
  }
}
