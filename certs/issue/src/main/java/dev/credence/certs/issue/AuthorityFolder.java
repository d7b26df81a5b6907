package dev.credence.certs.issue;

import dev.credence.certs.Id;
import dev.credence.certs.JwtKey;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/// The authorities' keys in a data folder: the first ones' as [AuthorityFile] and
/// [JwtAuthorityFile] have them, each further one's in `authorities/ID.key` (PKCS#8 in PEM, mode
/// 0600, written atomically). One process at a time, which the data folder's lock sees to.
/// Thread-safe.
public final class AuthorityFolder implements AuthorityKeys {
  private static final long MAX_BYTES = 64 * 1024;

  private final Path folder;
  private final Path further;
  private final Provider provider;
  private final SecureRandom random;
  private final Optional<RevocationPoint> point;

  /// The keys of a folder, which must exist.
  public AuthorityFolder(Path folder, Provider provider, SecureRandom random) {
    this(folder, provider, random, Optional.empty());
  }

  /// The same, of authorities whose certificates say where their revocation lists are.
  public AuthorityFolder(
      Path folder, Provider provider, SecureRandom random, Optional<RevocationPoint> point) {
    this.point = point;
    this.folder = folder;
    this.further = folder.resolve("authorities");
    this.provider = provider;
    this.random = random;
  }

  private AuthorityFile firstFile() {
    return new AuthorityFile(folder, provider, random);
  }

  /// True if there is neither key nor certificate of a first authority.
  public boolean isMissing() {
    return firstFile().isMissing();
  }

  @Override
  public synchronized X509Certificate first(TrustDomain trustDomain, Instant now, Duration life)
      throws IOException {
    return firstFile().certificateOrCreate(trustDomain, now, life);
  }

  @Override
  public synchronized Authority create(TrustDomain trustDomain, Instant now, Duration life)
      throws IOException {
    KeyPair keys = PrivateKeys.generateP256(provider, random);
    X509Certificate certificate = Authority.certify(trustDomain, keys, provider, now, life);
    keep(keys);
    return made(Authority.of(trustDomain, certificate, keys, provider, random));
  }

  private void keep(KeyPair keys) throws IOException {
    if (!Files.isDirectory(further)) {
      Files.createDirectories(
          further,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    byte[] pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    PrivateFile.writeAtomically(
        keyFile(AuthorityCertificate.idOf(keys.getPublic())),
        PrivateKeys.toPem(pkcs8).getBytes(StandardCharsets.US_ASCII));
    Arrays.fill(pkcs8, (byte) 0);
  }

  private JwtAuthorityFile firstJwtFile() {
    return new JwtAuthorityFile(folder, provider, random);
  }

  @Override
  public synchronized JwtAuthority firstJwt(TrustDomain trustDomain, Instant now, Duration life)
      throws IOException {
    return firstJwtFile().loadOrCreate(trustDomain, now, life);
  }

  @Override
  public synchronized JwtAuthority createJwt(TrustDomain trustDomain, Instant now, Duration life)
      throws IOException {
    KeyPair keys = PrivateKeys.generateP256(provider, random);
    JwtAuthority made =
        JwtAuthority.of(trustDomain, keys, JwtAuthority.Life.from(now, life), provider);
    keep(keys);
    return made;
  }

  @Override
  public synchronized JwtAuthority loadJwt(
      TrustDomain trustDomain, JwtKey key, JwtAuthority.Life life) throws IOException {
    Path own = keyFile(AuthorityCertificate.idOf(key.key()));
    Path file = Files.exists(own) ? own : folder.resolve(JwtAuthorityFile.KEY);
    if (!Files.exists(file)) {
      throw new IOException(
          own + ": missing (expected: the key of JWT authority " + key.id() + ")");
    }
    try {
      JwtAuthority loaded = JwtAuthority.of(trustDomain, readKey(file), life, provider);
      if (!loaded.publicKey().equals(key)) {
        throw new IOException(file + ": another key (expected: that of " + key.id() + ")");
      }
      return loaded;
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized Authority load(TrustDomain trustDomain, X509Certificate certificate)
      throws IOException {
    Id id = Authority.idOf(certificate);
    Path file = Files.exists(keyFile(id)) ? keyFile(id) : folder.resolve("authority.key");
    if (!Files.exists(file)) {
      throw new IOException(keyFile(id) + ": missing (expected: the key of authority " + id + ")");
    }
    KeyPair keys = readKey(file);
    try {
      AuthorityRules.check(certificate, keys, trustDomain, provider);
    } catch (IllegalStateException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    return made(Authority.of(trustDomain, certificate, keys, provider, random));
  }

  private Authority made(Authority authority) {
    return point.map(authority::pointingTo).orElse(authority);
  }

  private KeyPair readKey(Path file) throws IOException {
    PrivateFile.requirePrivate(file);
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + ": larger than " + MAX_BYTES + " bytes (expected: less)");
    }
    try {
      return PrivateKeys.parsePem(Files.readString(file, StandardCharsets.US_ASCII), provider);
    } catch (SvidException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void destroy(Id id) throws IOException {
    Path own = keyFile(id);
    if (Files.deleteIfExists(own)) {
      PrivateFile.sync(further);
    }
    firstJwtFile().destroy(id);
    Path first = folder.resolve("authority.pem");
    if (Files.exists(first) && Files.exists(folder.resolve("authority.key"))) {
      if (Authority.idOf(firstFile().readCertificate()).equals(id)) {
        Files.delete(folder.resolve("authority.key"));
        PrivateFile.sync(folder);
      }
    }
  }

  private Path keyFile(Id id) {
    return further.resolve(id + ".key");
  }

  @Override
  public String toString() {
    return "authorities in " + folder;
  }
}
