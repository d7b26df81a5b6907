package dev.credence.attestors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every pair of node prover and verifier must do. Extend it in the attestor's own tests.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
public abstract class NodeAttestorContract {
  /// A node with something to show; the same one within a test.
  protected abstract NodeProver prover();

  /// Its counterpart.
  protected abstract NodeVerifier verifier();

  private NodeProof verify(byte[] evidence) throws AttestationException {
    return verifier().verify(evidence, challenge -> prover().answer(challenge));
  }

  private void assertRefused(byte[] evidence) {
    assertThatThrownBy(() -> verify(evidence))
        .isInstanceOf(AttestationException.class)
        .satisfies(refusal ->
            assertThat(refusal.getMessage()).isNotBlank().doesNotContain(spellings(evidence)));
  }

  /// Evidence may be a secret, so no message repeats it.
  private static String[] spellings(byte[] evidence) {
    if (evidence.length < 8) {
      return new String[] {"\0"};
    }
    return new String[] {
      HexFormat.of().formatHex(evidence),
      Base64.getEncoder().encodeToString(evidence),
      Base64.getUrlEncoder().withoutPadding().encodeToString(evidence),
      new String(evidence, StandardCharsets.ISO_8859_1),
      Arrays.toString(evidence)
    };
  }

  @Test
  void contract_bothHaveTheSameName() {
    assertThat(prover().name()).isEqualTo(verifier().name()).matches("[a-z0-9_]{1,32}");
  }

  @Test
  void contract_goodEvidenceIsAccepted() throws Exception {
    byte[] evidence = prover().evidence();

    assertThat(evidence).hasSizeBetween(1, NodeVerifier.LONGEST_EVIDENCE);
    assertThat(verify(evidence)).isEqualTo(verify(prover().evidence()));
  }

  @Test
  void contract_evidenceIsLeftAsItWas() throws Exception {
    byte[] evidence = prover().evidence();
    byte[] before = evidence.clone();
    NodeProof proof = verify(evidence);

    assertThat(evidence).isEqualTo(before);
    assertThat(proof.toString()).doesNotContain(spellings(evidence));
  }

  @Test
  void contract_emptyCutLongAndHugeEvidenceIsRefused() throws Exception {
    byte[] good = prover().evidence();

    assertRefused(new byte[0]);
    assertRefused(Arrays.copyOf(good, good.length - 1));
    assertRefused(Arrays.copyOf(good, good.length + 1));
    assertRefused(new byte[NodeVerifier.LONGEST_EVIDENCE + 1]);
    assertRefused(new byte[4 << 20]);
  }

  @Test
  void contract_anyBytesAreAcceptedOrRefusedAndNothingElse() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      try {
        assertThat(verify(bytes)).as("seed %s", seed).isNotNull();
      } catch (AttestationException refused) {
        assertThat(refused.getMessage()).as("seed %s", seed).isNotBlank();
      }
    }
  }

  @Test
  void contract_aChallengeThatItDoesNotKnowIsRefused() {
    assertThatThrownBy(() -> prover().answer(new byte[] {1, 2, 3}))
        .isInstanceOf(AttestationException.class);
  }
}
