package dev.credence.certs.issue;

import dev.credence.certs.ExecutionFacts;
import java.io.IOException;
import java.io.OutputStream;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/// The same leaf certificates built by Bouncy Castle alone: what [LeafCertificate] writes must be
/// this, byte for byte.
final class BouncyLeaf {
  private static final ASN1ObjectIdentifier EXECUTION =
      new ASN1ObjectIdentifier(ExecutionFacts.OID);

  // The same in every leaf: encoded once.
  private static final Extension NOT_A_CA =
      extension(Extension.basicConstraints, true, new BasicConstraints(false));
  private static final Extension SIGNS =
      extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
  private static final Extension BOTH_PURPOSES =
      extension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));

  private BouncyLeaf() {}

  private static Extension extension(
      ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
    try {
      return Extension.create(type, critical, value);
    } catch (IOException e) {
      throw new IllegalStateException("extension " + type + ": not encodable", e);
    }
  }

  /// The signed part.
  static byte[] signedPart(
      SvidTemplate template,
      X509Certificate authority,
      Optional<String> lists,
      Particulars particulars)
      throws Exception {
    var spki = SubjectPublicKeyInfo.getInstance(template.key().key().getEncoded());
    var builder =
        new X509v3CertificateBuilder(
            X500Name.getInstance(authority.getSubjectX500Principal().getEncoded()),
            particulars.serial(),
            Date.from(particulars.notBefore()),
            Date.from(particulars.notAfter()),
            subject(template),
            spki);
    builder.addExtension(NOT_A_CA);
    builder.addExtension(SIGNS);
    builder.addExtension(BOTH_PURPOSES);
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(KeyIdentifier.of(spki)));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(KeyIdentifier.of(authority.getPublicKey())));
    if (lists.isPresent()) {
      builder.addExtension(Extension.cRLDistributionPoints, false, point(lists.get()));
    }
    builder.addExtension(Extension.subjectAlternativeName, false, names(template));
    if (template instanceof SvidTemplate.Workload workload) {
      builder.addExtension(EXECUTION, false, workload.execution().encode());
    }
    var nobody =
        new ContentSigner() {
          @Override
          public AlgorithmIdentifier getAlgorithmIdentifier() {
            return Signer.ALGORITHM;
          }

          @Override
          public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
          }

          @Override
          public byte[] getSignature() {
            return new byte[8];
          }
        };
    return builder.build(nobody).toASN1Structure().getTBSCertificate().getEncoded(ASN1Encoding.DER);
  }

  private static CRLDistPoint point(String url) {
    var names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, url));
    return new CRLDistPoint(
        new DistributionPoint[] {
          new DistributionPoint(new DistributionPointName(names), null, null)
        });
  }

  private static X500Name subject(SvidTemplate template) {
    var name = new X500NameBuilder(BCStyle.INSTANCE);
    return switch (template) {
      case SvidTemplate.Workload workload ->
          name.addRDN(BCStyle.O, workload.owner().value())
              .addRDN(BCStyle.CN, workload.subjectName().value())
              .build();
      // No O: it stands for an owner.
      case SvidTemplate.Node node ->
          name.addRDN(BCStyle.CN, node.id().path().substring(1).replace('/', ' ')).build();
      case SvidTemplate.Administrator administrator ->
          name.addRDN(BCStyle.CN, administrator.id().path().substring(1).replace('/', ' ')).build();
      case SvidTemplate.Server _ -> name.addRDN(BCStyle.CN, "server").build();
    };
  }

  /// The SPIFFE ID first: some readers look at the first name only.
  private static GeneralNames names(SvidTemplate template) {
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, template.id().toString()));
    if (template instanceof SvidTemplate.Workload workload) {
      for (String dns : workload.dnsNames()) {
        names.add(new GeneralName(GeneralName.dNSName, dns));
      }
    }
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }
}
