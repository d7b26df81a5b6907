package dev.credence.certs.issue;

import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.SvidException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Reads what was just signed as a stranger would, from its DER and with the platform's own parser,
/// and compares everything in it with what was asked for. A difference is a bug in the issuing
/// code: an IllegalStateException, and nothing leaves. Thread-safe.
final class StrangersCheck {
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SAN = "2.5.29.17";
  private static final String SKI = "2.5.29.14";
  private static final String AKI = "2.5.29.35";
  private static final Set<String> CRITICAL = Set.of(BASIC_CONSTRAINTS, KEY_USAGE);
  private static final Set<String> PLAIN = Set.of(EXTENDED_KEY_USAGE, SAN, SKI, AKI);
  private static final String CRL = "2.5.29.31";
  private static final List<String> BOTH_PURPOSES =
      List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
  private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
  private static final int URI = 6;
  private static final int DNS = 2;
  // OCTET STRING { SEQUENCE {} }: an extension of cA=false, in its only DER form
  private static final byte[] NOT_A_CA = {0x04, 0x02, 0x30, 0x00};

  private final X509Certificate authority;
  private final PublicKey authorityKey;
  private final byte[] authorityKeyId;
  private final Provider provider;
  private final Optional<String> lists;

  /// @param lists where the certificates say that revocation lists are
  StrangersCheck(
      X509Certificate authority,
      PublicKey authorityKey,
      Provider provider,
      Optional<String> lists) {
    this.authority = authority;
    this.authorityKey = authorityKey;
    this.authorityKeyId = KeyIdentifier.of(authorityKey);
    this.provider = provider;
    this.lists = lists;
  }

  /// The certificate, read from its DER.
  X509Certificate read(byte[] der, SvidTemplate template, Particulars particulars) {
    try {
      X509Certificate leaf = Certificates.parse(der);
      requireBasics(leaf, template, particulars);
      requireSubject(leaf, template);
      requireExtensions(leaf, template);
      requireNames(leaf, template);
      require("execution", ExecutionFacts.of(leaf), expectedExecution(template));
      leaf.verify(authorityKey, provider);
      return leaf;
    } catch (SvidException e) {
      throw new IllegalStateException("issued certificate: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("issued certificate: does not verify", e);
    }
  }

  private void requireBasics(X509Certificate leaf, SvidTemplate template, Particulars particulars) {
    require("version", leaf.getVersion(), 3);
    require("serial", leaf.getSerialNumber(), particulars.serial());
    require("notBefore", leaf.getNotBefore().toInstant(), particulars.notBefore());
    require("notAfter", leaf.getNotAfter().toInstant(), particulars.notAfter());
    require("issuer", leaf.getIssuerX500Principal(), authority.getSubjectX500Principal());
    require("algorithm", leaf.getSigAlgOID(), ECDSA_WITH_SHA256);
    require("algorithm parameters absent", leaf.getSigAlgParams() == null, true);
    require("key", Certificates.spkiDigest(leaf), template.key().spkiDigest());
    require("issuer unique id absent", leaf.getIssuerUniqueID() == null, true);
    require("subject unique id absent", leaf.getSubjectUniqueID() == null, true);
  }

  private static void requireSubject(X509Certificate leaf, SvidTemplate template) {
    String expected =
        switch (template) {
          case SvidTemplate.Workload w -> "CN=" + w.subjectName() + ",O=" + w.owner();
          case SvidTemplate.Node n -> "CN=node " + n.id().path().substring("/node/".length());
          case SvidTemplate.Administrator a ->
              "CN=admin " + a.id().path().substring("/admin/".length());
          case SvidTemplate.Server _ -> "CN=server";
        };
    require("subject", leaf.getSubjectX500Principal().getName(), expected);
  }

  private void requireExtensions(X509Certificate leaf, SvidTemplate template)
      throws GeneralSecurityException {
    require("critical extensions", leaf.getCriticalExtensionOIDs(), CRITICAL);
    require("other extensions", leaf.getNonCriticalExtensionOIDs(), plain(template));
    byte[] point = leaf.getExtensionValue(CRL);
    require(
        "revocation point",
        point == null ? Optional.empty() : Optional.of(HexFormat.of().formatHex(point)),
        lists.map(url -> HexFormat.of().formatHex(point(url))));
    require("cA false", Arrays.equals(leaf.getExtensionValue(BASIC_CONSTRAINTS), NOT_A_CA), true);
    boolean[] usage = Objects.requireNonNull(leaf.getKeyUsage(), "key usage");
    for (int bit = 0; bit < usage.length; bit++) {
      require("key usage " + bit, usage[bit], bit == 0);
    }
    require("purposes", leaf.getExtendedKeyUsage(), BOTH_PURPOSES);
    byte[] subjectKeyId = KeyIdentifier.of(leaf.getPublicKey());
    require("SKI", Arrays.equals(leaf.getExtensionValue(SKI), ski(subjectKeyId)), true);
    require("AKI", Arrays.equals(leaf.getExtensionValue(AKI), aki(authorityKeyId)), true);
  }

  private Set<String> plain(SvidTemplate template) {
    var plain = new HashSet<>(PLAIN);
    if (template instanceof SvidTemplate.Workload) {
      plain.add(ExecutionFacts.OID);
    }
    if (lists.isPresent()) {
      plain.add(CRL);
    }
    return plain;
  }

  /// OCTET STRING { SEQUENCE { SEQUENCE { [0] { [0] { [6] url } } } } }
  private static byte[] point(String url) {
    byte[] value = url.getBytes(StandardCharsets.US_ASCII);
    for (int tag : new int[] {0x86, 0xa0, 0xa0, 0x30, 0x30, 0x04}) {
      // At most 250 bytes: one byte says how many there are, or two.
      byte[] head =
          value.length < 0x80
              ? new byte[] {(byte) tag, (byte) value.length}
              : new byte[] {(byte) tag, (byte) 0x81, (byte) value.length};
      byte[] outer = Arrays.copyOf(head, head.length + value.length);
      System.arraycopy(value, 0, outer, head.length, value.length);
      value = outer;
    }
    return value;
  }

  /// OCTET STRING { OCTET STRING keyId }
  private static byte[] ski(byte[] keyId) {
    return prefixed(new byte[] {0x04, 0x16, 0x04, 0x14}, keyId);
  }

  /// OCTET STRING { SEQUENCE { [0] keyId } }
  private static byte[] aki(byte[] keyId) {
    return prefixed(new byte[] {0x04, 0x18, 0x30, 0x16, (byte) 0x80, 0x14}, keyId);
  }

  private static byte[] prefixed(byte[] prefix, byte[] keyId) {
    byte[] value = Arrays.copyOf(prefix, prefix.length + KeyIdentifier.LENGTH);
    System.arraycopy(keyId, 0, value, prefix.length, KeyIdentifier.LENGTH);
    return value;
  }

  private static void requireNames(X509Certificate leaf, SvidTemplate template)
      throws GeneralSecurityException {
    List<List<?>> expected = new ArrayList<>();
    expected.add(List.of(URI, template.id().toString()));
    if (template instanceof SvidTemplate.Workload workload) {
      workload.dnsNames().forEach(name -> expected.add(List.of(DNS, name)));
    }
    var found = Objects.requireNonNull(leaf.getSubjectAlternativeNames(), "SANs");
    require("names", List.copyOf(found), expected);
  }

  private static Optional<ExecutionFacts> expectedExecution(SvidTemplate template) {
    return template instanceof SvidTemplate.Workload workload
        ? Optional.of(workload.execution())
        : Optional.empty();
  }

  private static void require(String what, Object found, Object expected) {
    if (!found.equals(expected)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT, "issued certificate: %s is %s (expected: %s)", what, found, expected));
    }
  }
}
