package dev.credence.certs.issue;

import dev.credence.certs.Id;
import dev.credence.certs.JsonValue;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JwtException;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A JWT authority kept in a folder: `jwt-authority.key` (PKCS#8 in PEM, readable by its owner
/// only) and `jwt-authority.jwk` (the public key with the members `nbf` and `exp`: when it may
/// sign). Both are written atomically, the key first. One process at a time, which the data
/// folder's lock sees to.
public final class JwtAuthorityFile {
  static final String KEY = "jwt-authority.key";
  private static final String PUBLIC = "jwt-authority.jwk";
  private static final long MAX_BYTES = 64 * 1024;

  private final Path folder;
  private final Path keyFile;
  private final Path publicFile;
  private final Provider provider;
  private final SecureRandom random;

  /// The JWT authority of a folder, which must exist.
  public JwtAuthorityFile(Path folder, Provider provider, SecureRandom random) {
    this.folder = folder;
    this.keyFile = folder.resolve(KEY);
    this.publicFile = folder.resolve(PUBLIC);
    this.provider = provider;
    this.random = random;
  }

  /// The folder's JWT authority, made if there is none, and made anew if its life is over: no token
  /// that it signed is valid any more then, since none outlives it.
  ///
  /// @param life how long a new one may sign
  /// @throws IOException if a file cannot be read or written, is open to others, or is not what it
  ///   must be: the message names the file, what is wrong and what was expected
  public JwtAuthority loadOrCreate(TrustDomain trustDomain, Instant now, Duration life)
      throws IOException {
    if (!Files.exists(publicFile)) {
      return create(trustDomain, Files.exists(keyFile) ? readKey() : newKey(), now, life);
    }
    JwtAuthority kept = load(trustDomain);
    if (now.isBefore(kept.life().notAfter())) {
      return kept;
    }
    // The old public part goes first: a crash in between leaves a key without a life, which gets
    // one.
    Files.delete(publicFile);
    return create(trustDomain, newKey(), now, life);
  }

  private JwtAuthority create(TrustDomain trustDomain, KeyPair keys, Instant now, Duration life)
      throws IOException {
    JwtAuthority authority = of(trustDomain, keys, JwtAuthority.Life.from(now, life));
    PrivateFile.writeAtomically(
        publicFile, document(authority).write().getBytes(StandardCharsets.UTF_8));
    return authority;
  }

  private static Members document(JwtAuthority authority) {
    Map<String, JsonValue> document = new LinkedHashMap<>(authority.publicKey().toJwk().values());
    document.put("nbf", Numeral.of(authority.life().notBefore().getEpochSecond()));
    document.put("exp", Numeral.of(authority.life().notAfter().getEpochSecond()));
    return new Members(document);
  }

  private JwtAuthority load(TrustDomain trustDomain) throws IOException {
    if (!Files.exists(keyFile)) {
      throw new IOException(
          keyFile + ": missing (expected: the private key of " + publicFile + ", or neither)");
    }
    Members document = readPublic();
    var life = new JwtAuthority.Life(time(document, "nbf"), time(document, "exp"));
    JwtAuthority authority = of(trustDomain, readKey(), life);
    if (!document.equals(document(authority))) {
      throw new IOException(publicFile + ": is not of the key in " + keyFile + " (expected: both)");
    }
    return authority;
  }

  private JwtAuthority of(TrustDomain trustDomain, KeyPair keys, JwtAuthority.Life life)
      throws IOException {
    try {
      return JwtAuthority.of(trustDomain, keys, life, provider);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IOException(keyFile + ": " + e.getMessage(), e);
    }
  }

  private Members readPublic() throws IOException {
    try {
      return Members.parse(bytes(publicFile));
    } catch (JwtException e) {
      throw new IOException(publicFile + ": " + e.getMessage(), e);
    }
  }

  private Instant time(Members document, String name) throws IOException {
    if (document.get(name).orElse(null) instanceof Numeral(String literal)
        && literal.matches("[0-9]{1,12}")) {
      return Instant.ofEpochSecond(Long.parseLong(literal));
    }
    throw new IOException(publicFile + ": " + name + " (expected: seconds since 1970)");
  }

  private KeyPair newKey() throws IOException {
    KeyPair keys = PrivateKeys.generateP256(provider, random);
    byte[] pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
    PrivateFile.writeAtomically(
        keyFile, PrivateKeys.toPem(pkcs8).getBytes(StandardCharsets.US_ASCII));
    Arrays.fill(pkcs8, (byte) 0);
    return keys;
  }

  private KeyPair readKey() throws IOException {
    PrivateFile.requirePrivate(keyFile);
    try {
      return PrivateKeys.parsePem(new String(bytes(keyFile), StandardCharsets.US_ASCII), provider);
    } catch (SvidException e) {
      throw new IOException(keyFile + ": " + e.getMessage(), e);
    }
  }

  /// Deletes both files, if they are that authority's. The key goes first.
  void destroy(Id id) throws IOException {
    if (Files.exists(publicFile)
        && readPublic().get("kid").equals(Optional.of(new JsonValue.Text(id.toString())))) {
      Files.deleteIfExists(keyFile);
      Files.delete(publicFile);
      PrivateFile.sync(folder);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + ": larger than " + MAX_BYTES + " bytes (expected: less)");
    }
    return Files.readAllBytes(file);
  }
}
