package dev.credence.attestors.join;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.NodeAttestorContract;
import dev.credence.attestors.NodeProof;
import dev.credence.attestors.NodeProver;
import dev.credence.attestors.NodeVerifier;
import dev.credence.certs.Sha256;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class JoinTokenAttestorTest extends NodeAttestorContract {
  private final JoinTokenSecret secret = JoinTokenSecret.random(new SecureRandom());

  @Override
  protected NodeProver prover() {
    return new JoinTokenProver(secret);
  }

  @Override
  protected NodeVerifier verifier() {
    return new JoinTokenVerifier();
  }

  @Test
  void theProofIsTheDigestThatTheServerKept() throws Exception {
    NodeProof proof =
        verifier()
            .verify(
                prover().evidence(),
                challenge -> {
                  throw new AssertionError("challenged");
                });

    assertThat(proof).isEqualTo(new NodeProof.KnowsSecret(secret.digest()));
    assertThat(secret.digest()).isEqualTo(Sha256.of(secret.reveal()));
  }
}
