package dev.credence.certs;

import java.security.cert.X509Certificate;
import java.util.Arrays;

/**
 * Compares authority and subject key identifiers, only to leave out candidates that cannot have
 * signed: several authorities of a bundle may bear the same name. Stateless.
 */
final class KeyIdentifiers {
  private static final String SUBJECT = "2.5.29.14";
  private static final String AUTHORITY = "2.5.29.35";
  private static final int KEY_IDENTIFIER = 0x80;

  private KeyIdentifiers() {}

  /** False only if both certificates name keys, and not the same one. */
  static boolean mayHaveIssued(X509Certificate authority, X509Certificate certificate) {
    byte[] subject = authority.getExtensionValue(SUBJECT);
    byte[] issuer = certificate.getExtensionValue(AUTHORITY);
    if (subject == null || issuer == null) {
      return true;
    }
    try {
      var fields =
          new DerReader(Certificates.unwrapped(issuer))
              .enter(DerReader.SEQUENCE, "authority key identifier");
      return !fields.nextIs(KEY_IDENTIFIER)
          || Arrays.equals(
              fields.content(KEY_IDENTIFIER, "authority key identifier"),
              new DerReader(Certificates.unwrapped(subject))
                  .content(DerReader.OCTET_STRING, "subject key identifier"));
    } catch (DerException e) {
      // Not readable here: let the path validation decide.
      return true;
    }
  }
}
