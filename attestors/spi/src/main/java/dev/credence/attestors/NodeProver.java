package dev.credence.attestors;

import java.util.Locale;

/// The node's half of node attestation: shows the server which machine this is. Used by one thread.
public interface NodeProver {
  /// Name of the pair of prover and verifier, for example `join_token`.
  String name();

  /// What is sent first, at most [NodeVerifier#LONGEST_EVIDENCE] bytes.
  ///
  /// @throws AttestationException if this machine has nothing to show
  byte[] evidence() throws AttestationException;

  /// Answers a challenge of the verifier; an attestor that answers any binds the answer to what
  /// else is agreed.
  ///
  /// @param binding as [NodeVerifier.Challenger#binding()]
  /// @throws AttestationException as [#answer(byte\[\])]
  default byte[] answer(byte[] challenge, byte[] binding) throws AttestationException {
    return answer(challenge);
  }

  /// Answers a challenge of the verifier.
  ///
  /// @throws AttestationException if it is not one that this attestor answers; without an override,
  ///   none
  default byte[] answer(byte[] challenge) throws AttestationException {
    throw new AttestationException(
        String.format(
            Locale.ROOT,
            "node attestor %s: challenge of %s bytes (expected: none)",
            name(),
            challenge.length));
  }
}
