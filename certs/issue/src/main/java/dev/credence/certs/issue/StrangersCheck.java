package dev.credence.certs.issue;

import dev.credence.certs.DerException;
import dev.credence.certs.DerReader;
import dev.credence.certs.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads what was just signed as a stranger would, from its DER, with a strict reader that shares
/// nothing with what wrote it, and compares everything in it with what was asked for: nothing may
/// be missing, nothing more may be there. A difference is a bug in the issuing code: an
/// IllegalStateException, and nothing leaves. Thread-safe.
final class StrangersCheck {
  private static final int VERSION = 0xa0;
  private static final int EXTENSIONS = 0xa3;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int FIRST_GENERALIZED_YEAR = 2050;
  private static final byte[] VERSION_3 = {2, 1, 2};
  // SEQUENCE { 1.2.840.10045.4.3.2 }: ecdsa-with-SHA256, whose parameters are absent
  private static final byte[] ALGORITHM = HexFormat.of().parseHex("300a06082a8648ce3d040302");
  private static final byte[] ORGANIZATION = HexFormat.of().parseHex("55040a");
  private static final byte[] COMMON_NAME = HexFormat.of().parseHex("550403");

  private final byte[] issuer;
  private final PublicKey authorityKey;
  private final Provider provider;
  private final StrangersExtensions extensions;

  /// @param lists where the certificates say that revocation lists are
  StrangersCheck(
      X509Certificate authority,
      PublicKey authorityKey,
      Provider provider,
      Optional<String> lists) {
    this.issuer = authority.getSubjectX500Principal().getEncoded();
    this.authorityKey = authorityKey;
    this.provider = provider;
    this.extensions = new StrangersExtensions(KeyIdentifier.of(authorityKey), lists);
  }

  /// Returns if the certificate is exactly what was asked for.
  void read(byte[] der, SvidTemplate template, Particulars particulars) {
    try {
      var whole = new DerReader(der);
      DerReader certificate = whole.enter(DerReader.SEQUENCE, "certificate");
      whole.end("certificate");
      byte[] signed = certificate.element(DerReader.SEQUENCE, "signed part");
      requireSame("algorithm", certificate.element(DerReader.SEQUENCE, "algorithm"), ALGORITHM);
      byte[] signature = bits(certificate, "signature");
      certificate.end("certificate");
      requireSigned(new DerReader(signed), template, particulars);
      requireSignature(signed, signature);
    } catch (DerException e) {
      throw new IllegalStateException("issued certificate: " + e.getMessage(), e);
    }
  }

  private void requireSigned(DerReader outer, SvidTemplate template, Particulars particulars)
      throws DerException {
    DerReader signed = outer.enter(DerReader.SEQUENCE, "signed part");
    requireSame("version", signed.content(VERSION, "version"), VERSION_3);
    requireSame(
        "serial", signed.content(DerReader.INTEGER, "serial"), particulars.serial().toByteArray());
    requireSame(
        "signed algorithm", signed.element(DerReader.SEQUENCE, "signed algorithm"), ALGORITHM);
    requireSame("issuer", signed.element(DerReader.SEQUENCE, "issuer"), issuer);
    requireValidity(signed.enter(DerReader.SEQUENCE, "validity"), particulars);
    requireEqual(
        "subject", subject(signed.enter(DerReader.SEQUENCE, "subject")), subject(template));
    byte[] key = signed.element(DerReader.SEQUENCE, "key");
    requireEqual("key", Sha256.of(key), template.key().spkiDigest());
    // No ids of issuer and subject: their tags are others.
    extensions.require(signed.enter(EXTENSIONS, "extensions"), template, keyId(key));
    signed.end("signed part");
  }

  private static void requireValidity(DerReader validity, Particulars particulars)
      throws DerException {
    requireEqual("notBefore", time(validity, "notBefore"), particulars.notBefore());
    requireEqual("notAfter", time(validity, "notAfter"), particulars.notAfter());
    validity.end("validity");
  }

  /// RFC 5280, section 4.1.2.5: two digits of the year to 2049, four from 2050 on, Z at the end.
  private static Instant time(DerReader from, String what) throws DerException {
    boolean utc = from.nextIs(UTC_TIME);
    String text =
        new String(
            from.content(utc ? UTC_TIME : GENERALIZED_TIME, what), StandardCharsets.US_ASCII);
    int length = utc ? "yyMMddHHmmssZ".length() : "yyyyMMddHHmmssZ".length();
    if (text.length() != length
        || text.charAt(length - 1) != 'Z'
        || !isOfDigits(text, length - 1)) {
      throw different(what, text, (length - 1) + " digits and Z");
    }
    int afterYear = utc ? 2 : 4;
    int year = Integer.parseInt(text, 0, afterYear, 10);
    int full = utc ? (year < 50 ? 2000 + year : 1900 + year) : year;
    if (utc != (full < FIRST_GENERALIZED_YEAR)) {
      throw different(what, text, "two digits of the year to 2049, then four");
    }
    try {
      return LocalDateTime.of(
              full,
              two(text, afterYear),
              two(text, afterYear + 2),
              two(text, afterYear + 4),
              two(text, afterYear + 6),
              two(text, afterYear + 8))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw different(what, text, "a time");
    }
  }

  private static boolean isOfDigits(String text, int length) {
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static int two(String text, int at) {
    return Integer.parseInt(text, at, at + 2, 10);
  }

  private static List<String> subject(DerReader name) throws DerException {
    List<String> parts = new ArrayList<>();
    while (name.hasMore()) {
      DerReader set = name.enter(DerReader.SET, "subject's part");
      DerReader part = set.enter(DerReader.SEQUENCE, "subject's part");
      set.end("subject's part");
      byte[] type = part.content(DerReader.OBJECT_IDENTIFIER, "subject's part");
      byte[] value = part.content(DerReader.UTF8_STRING, "subject's part");
      part.end("subject's part");
      parts.add(attribute(type) + "=" + new String(value, StandardCharsets.UTF_8));
    }
    return parts;
  }

  private static String attribute(byte[] type) {
    if (Arrays.equals(type, ORGANIZATION)) {
      return "O";
    }
    return Arrays.equals(type, COMMON_NAME) ? "CN" : HexFormat.of().formatHex(type);
  }

  private static List<String> subject(SvidTemplate template) {
    return switch (template) {
      case SvidTemplate.Workload w -> List.of("O=" + w.owner(), "CN=" + w.subjectName());
      case SvidTemplate.Node n -> List.of("CN=node " + n.id().path().substring("/node/".length()));
      case SvidTemplate.Administrator a ->
          List.of("CN=admin " + a.id().path().substring("/admin/".length()));
      case SvidTemplate.Server _ -> List.of("CN=server");
    };
  }

  private static byte[] keyId(byte[] spki) throws DerException {
    DerReader key = new DerReader(spki).enter(DerReader.SEQUENCE, "key");
    key.element(DerReader.SEQUENCE, "key's algorithm");
    byte[] bits = bits(key, "key");
    key.end("key");
    return Arrays.copyOf(Sha256.of(bits).bytes(), KeyIdentifier.LENGTH);
  }

  private static byte[] bits(DerReader from, String what) throws DerException {
    byte[] content = from.content(DerReader.BIT_STRING, what);
    if (content.length == 0 || content[0] != 0) {
      throw different(what, "of broken bytes", "whole ones");
    }
    return Arrays.copyOfRange(content, 1, content.length);
  }

  private void requireSignature(byte[] signed, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("SHA256withECDSA", provider);
      verifier.initVerify(authorityKey);
      verifier.update(signed);
      if (!verifier.verify(signature)) {
        throw new IllegalStateException("issued certificate: does not verify");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("issued certificate: does not verify", e);
    }
  }

  static void requireSame(String what, byte[] found, byte[] expected) {
    if (!Arrays.equals(found, expected)) {
      HexFormat hex = HexFormat.of();
      throw different(what, hex.formatHex(found), hex.formatHex(expected));
    }
  }

  static void requireEqual(String what, Object found, Object expected) {
    if (!found.equals(expected)) {
      throw different(what, found, expected);
    }
  }

  private static IllegalStateException different(String what, Object found, Object expected) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT, "issued certificate: %s is %s (expected: %s)", what, found, expected));
  }
}
