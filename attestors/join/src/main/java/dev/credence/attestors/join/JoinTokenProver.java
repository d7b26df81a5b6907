package dev.credence.attestors.join;

import dev.credence.attestors.NodeProver;

/// Shows the secret of a join token. To be asked only after the server proved the token's pin and
/// trust domain.
public final class JoinTokenProver implements NodeProver {
  private final JoinTokenSecret secret;

  public JoinTokenProver(JoinTokenSecret secret) {
    this.secret = secret;
  }

  @Override
  public String name() {
    return JoinTokenVerifier.NAME;
  }

  @Override
  public byte[] evidence() {
    return secret.reveal();
  }
}
