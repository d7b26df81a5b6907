package dev.credence.attestors;

/// The server's half of node attestation. Implementations are thread-safe and without state, and
/// pass `NodeAttestorContract`.
public interface NodeVerifier {
  /// Longest evidence, challenge or answer, in bytes.
  int LONGEST_EVIDENCE = 16 * 1024;

  /// Name of the pair of prover and verifier, for example `join_token`.
  String name();

  /// Checks what can be checked of the evidence alone.
  ///
  /// @param evidence as received
  /// @param challenger asks the node; a verifier that does not need it leaves it alone
  /// @return what the server must settle in its transaction before the node is one
  /// @throws AttestationException if the evidence is not of this attestor, or false
  NodeProof verify(byte[] evidence, Challenger challenger) throws AttestationException;

  /// Asks the node that is being attested.
  @FunctionalInterface
  interface Challenger {
    /// Sends a challenge and waits for the answer, at most as long as the call may take.
    ///
    /// @throws AttestationException if the node went away, or its answer is too long
    byte[] ask(byte[] challenge) throws AttestationException;

    /// What the answer must be bound to, beside the challenge: the trust domain, and the request
    /// for the node's own new key. Both sides make it by themselves. Empty: nothing.
    default byte[] binding() {
      return new byte[0];
    }
  }
}
