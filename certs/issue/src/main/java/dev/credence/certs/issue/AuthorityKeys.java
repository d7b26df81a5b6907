package dev.credence.certs.issue;

import dev.credence.certs.Id;
import dev.credence.certs.JwtKey;
import dev.credence.certs.TrustDomain;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/// Where the private keys of one server's authorities are kept, those of X.509 and of JWT. What an
/// authority is for, and whether it may sign, is decided elsewhere. Thread-safe.
public interface AuthorityKeys {
  /// The certificate of the first authority that was ever made here; made now if there is none yet.
  /// It stays after its key was destroyed: its id tells this server from others.
  ///
  /// @throws IOException if a file cannot be read or written, is open to others, or is not what it
  ///   must be
  X509Certificate first(TrustDomain trustDomain, Instant now, Duration life) throws IOException;

  /// A new authority with a new key. Both are kept durably before this returns.
  Authority create(TrustDomain trustDomain, Instant now, Duration life) throws IOException;

  /// The authority of that certificate, with its key.
  ///
  /// @throws IOException if there is no key for it here
  Authority load(TrustDomain trustDomain, X509Certificate certificate) throws IOException;

  /// The first JWT authority that was ever made here; made now if there is none, or if its life is
  /// over.
  JwtAuthority firstJwt(TrustDomain trustDomain, Instant now, Duration life) throws IOException;

  /// A new JWT authority with a new key, which is kept durably before this returns.
  JwtAuthority createJwt(TrustDomain trustDomain, Instant now, Duration life) throws IOException;

  /// The JWT authority of that public key.
  ///
  /// @param life as it was made
  /// @throws IOException if there is no key for it here
  JwtAuthority loadJwt(TrustDomain trustDomain, JwtKey key, JwtAuthority.Life life)
      throws IOException;

  /// Destroys an authority's key, if it is here. Idempotent.
  void destroy(Id id) throws IOException;
}
