package dev.credence.certs;

import dev.credence.certs.SvidException.Reason;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads and writes certificates: strict and bounded, so that whatever bytes come in, nothing but
 * the declared exception comes out. Stateless.
 */
public final class Certificates {
  /** The most bytes of one certificate that are looked at. */
  public static final int MAX_CERTIFICATE_BYTES = 64 * 1024;

  /** The most certificates of a chain. */
  public static final int MAX_CHAIN = 8;

  static final int MAX_BUNDLE = 256;

  private static final HexFormat HEX = HexFormat.of();

  private Certificates() {}

  /**
   * Reads one DER certificate.
   *
   * @throws SvidException with reason MALFORMED unless the bytes are exactly one certificate
   */
  public static X509Certificate parse(byte[] der) throws SvidException {
    List<X509Certificate> certificates = parseConcatenated(der, 1);
    if (certificates.isEmpty()) {
      throw new SvidException(Reason.MALFORMED, "certificate: 0 bytes (expected: DER)");
    }
    return certificates.get(0);
  }

  /**
   * Reads a chain of concatenated DER certificates, leaf first, without any separator.
   *
   * @throws SvidException with reason MALFORMED, EMPTY_CHAIN or CHAIN_TOO_LONG
   */
  public static List<X509Certificate> parseChain(byte[] der) throws SvidException {
    List<X509Certificate> chain = parseConcatenated(der, MAX_CHAIN);
    if (chain.isEmpty()) {
      throw new SvidException(Reason.EMPTY_CHAIN, "certificate chain: empty (expected: a leaf)");
    }
    return chain;
  }

  static List<X509Certificate> parseConcatenated(byte[] der, int most) throws SvidException {
    var reader = new DerReader(der);
    var certificates = new ArrayList<X509Certificate>();
    try {
      while (reader.hasMore()) {
        if (certificates.size() == most) {
          throw new SvidException(
              Reason.CHAIN_TOO_LONG,
              "more than " + most + " certificates (expected: at most that)");
        }
        certificates.add(decode(reader.element(DerReader.SEQUENCE, "certificate")));
      }
    } catch (DerException e) {
      throw new SvidException(Reason.MALFORMED, "certificates: " + e.getMessage(), e);
    }
    return List.copyOf(certificates);
  }

  private static X509Certificate decode(byte[] der) throws SvidException {
    if (der.length > MAX_CERTIFICATE_BYTES) {
      throw new SvidException(
          Reason.MALFORMED,
          "certificate of "
              + der.length
              + " bytes (expected: at most "
              + MAX_CERTIFICATE_BYTES
              + ")");
    }
    requireOuterForm(der);
    try {
      var certificate = platformCertificate(der);
      if (certificate.getVersion() != 3) {
        throw new SvidException(
            Reason.MALFORMED,
            "certificate version "
                + certificate.getVersion()
                + ", which cannot say what its key is for (expected: 3, with extensions)");
      }
      return certificate;
    } catch (CertificateException | RuntimeException e) {
      // The platform's parser throws unchecked exceptions too on hostile bytes.
      throw new SvidException(Reason.MALFORMED, "certificate: not readable: " + shown(e), e);
    }
  }

  /**
   * By the call for several certificates: the platform remembers what the one for a single one
   * made, 750 of them, and a node or server sees thousands that it never sees again.
   */
  private static X509Certificate platformCertificate(byte[] der) throws CertificateException {
    var found =
        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(der));
    if (found.size() != 1) {
      throw new CertificateException(found.size() + " certificates (expected: 1)");
    }
    return (X509Certificate) found.iterator().next();
  }

  /**
   * The platform's parser overlooks a count of unused bits before the signature, which makes
   * another encoding of the same certificate.
   */
  private static void requireOuterForm(byte[] der) throws SvidException {
    try {
      DerReader parts = new DerReader(der).enter(DerReader.SEQUENCE, "certificate");
      parts.enter(DerReader.SEQUENCE, "signed part");
      parts.enter(DerReader.SEQUENCE, "signature algorithm");
      byte[] signature = parts.content(DerReader.BIT_STRING, "signature");
      parts.end("certificate");
      if (signature.length == 0 || signature[0] != 0) {
        throw new DerException("signature of broken bytes (expected: whole ones)");
      }
    } catch (DerException e) {
      throw new SvidException(Reason.MALFORMED, "certificate: " + e.getMessage(), e);
    }
  }

  private static String shown(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : Printable.quoted(message);
  }

  /** The certificate's DER. */
  public static byte[] toDer(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }

  /** The certificates' DER, concatenated in their order. */
  public static byte[] toDer(Collection<X509Certificate> certificates) {
    return Der.concatenated(certificates.stream().map(Certificates::toDer).toArray(byte[][]::new));
  }

  /** The certificates as PEM (RFC 7468), in their order. */
  public static String toPem(Collection<X509Certificate> certificates) {
    var pem = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      pem.append(pem("CERTIFICATE", toDer(certificate)));
    }
    return pem.toString();
  }

  /** One block of PEM (RFC 7468). */
  static String pem(String label, byte[] der) {
    var encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN "
        + label
        + "-----\n"
        + encoder.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /**
   * Reads PEM blocks (RFC 7468) of certificates, and nothing else but white space between them.
   *
   * @throws SvidException with reason MALFORMED or CHAIN_TOO_LONG
   */
  public static List<X509Certificate> parsePem(String pem) throws SvidException {
    var certificates = new ArrayList<X509Certificate>();
    for (byte[] der : PemBlocks.parse("CERTIFICATE", pem, MAX_BUNDLE)) {
      certificates.add(parse(der));
    }
    return List.copyOf(certificates);
  }

  /** The serial number in lower-case hex, two digits a byte, as OpenSSL prints it. */
  public static String serialHex(X509Certificate certificate) {
    byte[] bytes = certificate.getSerialNumber().toByteArray();
    int skip = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    return HEX.formatHex(bytes, skip, bytes.length);
  }

  /** Digest of the SubjectPublicKeyInfo: the name of a key, in pins and against its second use. */
  public static Sha256 spkiDigest(X509Certificate certificate) {
    return Sha256.of(certificate.getPublicKey().getEncoded());
  }

  /** What the OCTET STRING around an extension's value holds. */
  static byte[] unwrapped(byte[] extensionValue) throws DerException {
    var reader = new DerReader(extensionValue);
    byte[] value = reader.content(DerReader.OCTET_STRING, "extension");
    reader.end("extension");
    return value;
  }
}
