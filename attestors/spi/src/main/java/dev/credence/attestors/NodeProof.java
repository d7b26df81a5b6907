package dev.credence.attestors;

import dev.credence.certs.Sha256;

/// What good evidence shows, for the server to settle. One case for each way to settle it: an
/// attestor that needs another way adds a case, and the server does not compile until it is
/// handled.
public sealed interface NodeProof {
  /// The node knows a secret that the server gave out. The server looks its digest up and redeems
  /// it, in the transaction that makes the node: not known, expired, or redeemed by another key
  /// refuses.
  ///
  /// @param digest of the secret; the secret itself is not kept
  record KnowsSecret(Sha256 digest) implements NodeProof {}
}
