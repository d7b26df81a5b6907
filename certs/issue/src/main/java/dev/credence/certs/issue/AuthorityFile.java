package dev.credence.certs.issue;

import dev.credence.certs.Certificates;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// An authority kept in a folder: `authority.key` (PKCS#8 in PEM, readable by its owner only) and
/// `authority.pem` (the certificate). Both are written atomically and are on the disk before the
/// authority is handed out; the key comes first, so a crash in between costs nothing. One process
/// at a time, which the data folder's lock sees to.
public final class AuthorityFile {
  private static final long MAX_BYTES = 64 * 1024;

  private final Path keyFile;
  private final Path certificateFile;
  private final Provider provider;
  private final SecureRandom random;

  /// The authority of a folder, which must exist.
  public AuthorityFile(Path folder, Provider provider, SecureRandom random) {
    this.keyFile = folder.resolve("authority.key");
    this.certificateFile = folder.resolve("authority.pem");
    this.provider = provider;
    this.random = random;
  }

  /// The folder's authority, made if there is none yet.
  ///
  /// @param trustDomain the configured trust domain
  /// @param now the time, for a new certificate
  /// @param life how long a new certificate is valid
  /// @throws IOException if a file cannot be read or written, is open to others, or is not what it
  ///   must be: the message names the file, what is wrong and what was expected
  public Authority loadOrCreate(TrustDomain trustDomain, Instant now, Duration life)
      throws IOException {
    if (Files.exists(certificateFile)) {
      return load(trustDomain, now);
    }
    KeyPair keys = Files.exists(keyFile) ? readKey() : createKey();
    X509Certificate certificate = Authority.certify(trustDomain, keys, provider, now, life);
    PrivateFile.writeAtomically(certificateFile, bytes(Certificates.toPem(List.of(certificate))));
    return Authority.of(trustDomain, certificate, keys, provider, random);
  }

  /// The folder's certificate, made with its key if there is none yet. An existing one's key may
  /// have been destroyed since.
  X509Certificate certificateOrCreate(TrustDomain trustDomain, Instant now, Duration life)
      throws IOException {
    return Files.exists(certificateFile)
        ? readCertificate()
        : loadOrCreate(trustDomain, now, life).certificate();
  }

  /// True if there is neither key nor certificate: it would be made anew.
  public boolean isMissing() {
    return !Files.exists(keyFile) && !Files.exists(certificateFile);
  }

  private Authority load(TrustDomain trustDomain, Instant now) throws IOException {
    if (!Files.exists(keyFile)) {
      throw new IOException(
          keyFile + ": missing (expected: the key of the certificate in " + certificateFile + ")");
    }
    KeyPair keys = readKey();
    X509Certificate certificate = readCertificate();
    try {
      AuthorityRules.check(certificate, keys, trustDomain, provider);
    } catch (IllegalStateException e) {
      throw new IOException(certificateFile + ": " + e.getMessage(), e);
    }
    requireValid(certificate, now);
    return Authority.of(trustDomain, certificate, keys, provider, random);
  }

  private void requireValid(X509Certificate certificate, Instant now) throws IOException {
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    if (now.isBefore(from) || !now.isBefore(to)) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: valid from %s to %s (expected: now, %s)",
              certificateFile,
              from,
              to,
              now));
    }
  }

  private KeyPair createKey() throws IOException {
    KeyPair keys = PrivateKeys.generateP256(provider, random);
    byte[] pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    PrivateFile.writeAtomically(keyFile, bytes(PrivateKeys.toPem(pkcs8)));
    Arrays.fill(pkcs8, (byte) 0);
    return keys;
  }

  private KeyPair readKey() throws IOException {
    PrivateFile.requirePrivate(keyFile);
    try {
      KeyPair keys = PrivateKeys.parsePem(text(keyFile), provider);
      if (!keys.getPublic().getAlgorithm().equals("EC")) {
        throw new IOException(keyFile + ": key of another type (expected: EC)");
      }
      return keys;
    } catch (SvidException e) {
      throw new IOException(keyFile + ": " + e.getMessage(), e);
    }
  }

  X509Certificate readCertificate() throws IOException {
    try {
      List<X509Certificate> certificates = Certificates.parsePem(text(certificateFile));
      if (certificates.size() != 1) {
        throw new IOException(
            certificateFile + ": " + certificates.size() + " certificates (expected: 1)");
      }
      return certificates.get(0);
    } catch (SvidException e) {
      throw new IOException(certificateFile + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + ": larger than " + MAX_BYTES + " bytes (expected: less)");
    }
    return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }
}
