package dev.credence.attestors;

import dev.credence.certs.Sha256;
import java.util.Set;

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

  /// The node holds the key of a certificate below an authority that the operator named. The same
  /// certificate is the same node.
  ///
  /// @param signed SHA-256 of the part of the certificate that its authority signed: what tells it
  ///   from others. Of the whole certificate it would not do: out of one ECDSA signature anybody
  ///   makes another, and so a certificate with another fingerprint
  /// @param fingerprint SHA-256 of the certificate as it was shown, for people
  /// @param selectors what it says about the machine
  record HoldsCertificate(Sha256 signed, Sha256 fingerprint, Set<Selector> selectors)
      implements NodeProof {
    /// Makes an unmodifiable copy.
    public HoldsCertificate {
      selectors = Set.copyOf(selectors);
    }
  }
}
