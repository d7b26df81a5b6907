package dev.credence.certs.issue;

import dev.credence.certs.DerReader;
import dev.credence.certs.ExecutionFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/// Builds leaf certificates (X509-SVID, sections 2 to 4). What is the same in each of them was
/// encoded once, by Bouncy Castle; the rest is written here, byte for byte as Bouncy Castle would,
/// which took three times as long. Stateless.
final class LeafCertificate {
  private static final int VERSION = 0xa0;
  private static final int EXTENSIONS = 0xa3;
  private static final int URI = 0x86;
  private static final int DNS = 0x82;
  private static final int LONGEST = 64;

  private static final byte[] VERSION_3 = {(byte) VERSION, 3, DerReader.INTEGER, 1, 2};
  private static final byte[] ALGORITHM = der(Signer.ALGORITHM);
  private static final byte[] ORGANIZATION = der(BCStyle.O);
  private static final byte[] COMMON_NAME = der(BCStyle.CN);
  private static final byte[] SUBJECT_KEY = der(Extension.subjectKeyIdentifier);
  private static final byte[] NAMES = der(Extension.subjectAlternativeName);
  private static final byte[] EXECUTION = der(new ASN1ObjectIdentifier(ExecutionFacts.OID));
  private static final byte[] NOT_A_CA =
      extension(Extension.basicConstraints, true, new BasicConstraints(false));
  private static final byte[] SIGNS =
      extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
  private static final byte[] BOTH_PURPOSES =
      extension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));

  private LeafCertificate() {}

  private static byte[] der(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException(value + ": not encodable", e);
    }
  }

  private static byte[] extension(
      ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
    return der(new Extension(type, critical, new DEROctetString(der(value))));
  }

  /// The certificate's DER.
  static byte[] build(
      SvidTemplate template, IssuerName issuer, Particulars particulars, Signer signer) {
    byte[] signed = signedPart(template, issuer, particulars);
    return new DerWriter()
        .put(signer.sign(signed))
        .put(0)
        .head(DerReader.BIT_STRING, 0)
        .put(ALGORITHM)
        .put(signed)
        .head(DerReader.SEQUENCE, 0)
        .bytes();
  }

  /// TBSCertificate (RFC 5280, section 4.1), from its end to its beginning.
  static byte[] signedPart(SvidTemplate template, IssuerName issuer, Particulars particulars) {
    var out = new DerWriter();
    writeExtensions(out, template, issuer);
    out.head(DerReader.SEQUENCE, 0).head(EXTENSIONS, 0);
    out.put(template.key().spki());
    writeSubject(out, template);
    int validity = out.size();
    out.put(ValidityTime.der(particulars.notAfter()))
        .put(ValidityTime.der(particulars.notBefore()));
    out.head(DerReader.SEQUENCE, validity);
    issuer.writeName(out);
    out.put(ALGORITHM);
    int serial = out.size();
    out.put(particulars.serial().toByteArray()).head(DerReader.INTEGER, serial);
    return out.put(VERSION_3).head(DerReader.SEQUENCE, 0).bytes();
  }

  private static void writeExtensions(DerWriter out, SvidTemplate template, IssuerName issuer) {
    if (template instanceof SvidTemplate.Workload workload) {
      int end = out.size();
      out.put(workload.execution().encode());
      wrap(out, EXECUTION, end);
    }
    writeNames(out, template);
    issuer.writeExtensions(out);
    int end = out.size();
    out.put(KeyIdentifier.ofSpki(template.key().spki())).head(DerReader.OCTET_STRING, end);
    wrap(out, SUBJECT_KEY, end);
    out.put(BOTH_PURPOSES).put(SIGNS).put(NOT_A_CA);
  }

  /// What was written since is the value of an extension that is not critical.
  private static void wrap(DerWriter out, byte[] type, int end) {
    out.head(DerReader.OCTET_STRING, end).put(type).head(DerReader.SEQUENCE, end);
  }

  /// The SPIFFE ID first: some readers look at the first name only.
  private static void writeNames(DerWriter out, SvidTemplate template) {
    int end = out.size();
    if (template instanceof SvidTemplate.Workload workload) {
      for (String dns : workload.dnsNames().reversed()) {
        writeText(out, DNS, dns);
      }
    }
    writeText(out, URI, template.id().toString());
    wrap(out.head(DerReader.SEQUENCE, end), NAMES, end);
  }

  private static void writeText(DerWriter out, int tag, String text) {
    int end = out.size();
    out.put(text.getBytes(StandardCharsets.US_ASCII)).head(tag, end);
  }

  private static void writeSubject(DerWriter out, SvidTemplate template) {
    int end = out.size();
    for (Part part : subject(template).reversed()) {
      int begun = out.size();
      writeText(out, DerReader.UTF8_STRING, part.text);
      out.put(part.type).head(DerReader.SEQUENCE, begun).head(DerReader.SET, begun);
    }
    out.head(DerReader.SEQUENCE, end);
  }

  /// One attribute of the subject.
  // The bytes are constants.
  @SuppressWarnings("ArrayRecordComponent")
  private record Part(byte[] type, String text) {
    Part {
      // RFC 5280, appendix A.1: ub-common-name, ub-organization-name
      if (text.length() > LONGEST) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "subject with a part of %d characters (expected: at most %d): %s",
                text.length(),
                LONGEST,
                text));
      }
    }
  }

  private static List<Part> subject(SvidTemplate template) {
    return switch (template) {
      case SvidTemplate.Workload workload ->
          List.of(
              new Part(ORGANIZATION, workload.owner().value()),
              new Part(COMMON_NAME, workload.subjectName().value()));
      // No O: it stands for an owner.
      case SvidTemplate.Node node -> List.of(commonName(node));
      case SvidTemplate.Administrator administrator -> List.of(commonName(administrator));
      case SvidTemplate.Server _ -> List.of(new Part(COMMON_NAME, "server"));
    };
  }

  private static Part commonName(SvidTemplate template) {
    return new Part(COMMON_NAME, template.id().path().substring(1).replace('/', ' '));
  }
}
