package dev.credence.certs;

import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Authority and subject key identifiers (RFC 5280, sections 4.2.1.1 and 4.2.1.2): which key a
 * certificate says that it was signed with. They prove nothing; they leave out candidates that
 * cannot have signed, since several authorities of a bundle may bear the same name, and tell apart
 * what comes from whom one trusts. Stateless.
 */
public final class KeyIdentifiers {
  private static final String SUBJECT = "2.5.29.14";
  private static final String AUTHORITY = "2.5.29.35";
  private static final int KEY_IDENTIFIER = 0x80;

  private KeyIdentifiers() {}

  /** False only if both certificates name keys, and not the same one. */
  static boolean mayHaveIssued(X509Certificate authority, X509Certificate certificate) {
    var subject = ofSubject(authority);
    var issuer = ofAuthority(certificate);
    // Not readable here, or not there: let the path validation decide.
    return subject.isEmpty() || issuer.isEmpty() || subject.equals(issuer);
  }

  /** Of the certificate's own key, in hexadecimal; empty if it is not there or not readable. */
  public static Optional<String> ofSubject(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(SUBJECT);
    if (extension == null) {
      return Optional.empty();
    }
    try {
      var reader = new DerReader(Certificates.unwrapped(extension));
      return hex(reader.content(DerReader.OCTET_STRING, "subject key identifier"));
    } catch (DerException e) {
      return Optional.empty();
    }
  }

  /**
   * Of the key that the certificate says it was signed with, in hexadecimal; empty if it is not
   * there or not readable.
   */
  public static Optional<String> ofAuthority(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(AUTHORITY);
    if (extension == null) {
      return Optional.empty();
    }
    try {
      var fields =
          new DerReader(Certificates.unwrapped(extension))
              .enter(DerReader.SEQUENCE, "authority key identifier");
      return fields.nextIs(KEY_IDENTIFIER)
          ? hex(fields.content(KEY_IDENTIFIER, "authority key identifier"))
          : Optional.empty();
    } catch (DerException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> hex(byte[] identifier) {
    return Optional.of(HexFormat.of().formatHex(identifier));
  }
}
