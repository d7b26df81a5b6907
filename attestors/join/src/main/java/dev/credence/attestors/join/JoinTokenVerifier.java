package dev.credence.attestors.join;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.NodeProof;
import dev.credence.attestors.NodeVerifier;

/// Takes the secret of a join token and answers its digest, for the server to redeem. Thread-safe.
public final class JoinTokenVerifier implements NodeVerifier {
  /// Name of this attestor in the protocol.
  public static final String NAME = "join_token";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public NodeProof verify(byte[] evidence, Challenger challenger) throws AttestationException {
    if (evidence.length != JoinTokenSecret.LENGTH) {
      throw new AttestationException(
          "join token evidence of " + evidence.length + " bytes (expected: 16)");
    }
    return new NodeProof.KnowsSecret(JoinTokenSecret.of(evidence).digest());
  }
}
