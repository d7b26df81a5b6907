package dev.credence.server.core.model;

import dev.credence.certs.Id;
import java.time.Instant;

/// What is kept of an authority; its private key is kept elsewhere.
///
/// @param id the first half of its key's digest
/// @param server whose it is: the id of that server's first authority
/// @param publishedIn sequence of the first bundle that had it
public record AuthorityRecord(
    Id id,
    Id server,
    AuthorityKind kind,
    AuthorityState state,
    Material material,
    long publishedIn,
    Times times) {

  /// The public part.
  ///
  /// @param text the certificate as PEM; of a JWT authority its JWK
  public record Material(String text, Instant notBefore, Instant notAfter) {}

  /// When it was made, and when its state changed last.
  public record Times(Instant prepared, Instant changed) {}

  /// The same one in another state.
  public AuthorityRecord become(AuthorityState next, Instant at) {
    return new AuthorityRecord(
        id, server, kind, next, material, publishedIn, new Times(times.prepared, at));
  }
}
