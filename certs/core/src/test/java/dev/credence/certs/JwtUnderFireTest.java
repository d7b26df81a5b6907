package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Short, seeded: spoiled tokens and key sets are refused with a reason, and nothing else happens.
 */
final class JwtUnderFireTest {
  private static final int ROUNDS = 6_000;

  @ParameterizedTest
  @ValueSource(longs = {5, 20261122})
  void tokens(long seed) {
    var mutations = new Mutations(seed);
    var verifier = new JwtVerifier(Providers.jdk());
    String valid = Tokens.valid();
    byte[] original = Tokens.bytes(valid);
    for (int i = 0; i < ROUNDS; i++) {
      String token = new String(mutations.of(original), StandardCharsets.ISO_8859_1);
      try {
        JwtSvid svid = verifier.verify(token, Tokens.BUNDLE, Tokens.AUDIENCE, Pki.NOW);
        // What was signed cannot be spoiled.
        assertThat(token).isEqualTo(valid);
        assertThat(svid.id()).hasToString("spiffe://td/agent/a/b");
      } catch (JwtException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      } catch (Throwable t) {
        throw new AssertionError("seed " + seed + ", round " + i + ": " + token, t);
      }
    }
  }

  // Signed all the same: an issuer of a foreign trust domain may write anything.
  @ParameterizedTest
  @ValueSource(longs = {5, 20261122})
  void claims(long seed) {
    var mutations = new Mutations(seed);
    var verifier = new JwtVerifier(Providers.jdk());
    for (int i = 0; i < ROUNDS / 10; i++) {
      byte[] claims = mutations.of(Tokens.bytes(Tokens.claims()));
      String content =
          Tokens.base64(Tokens.bytes(Tokens.header("ES256"))) + "." + Tokens.base64(claims);
      String token =
          content + "." + Tokens.base64(Tokens.sign("ES256", Tokens.EC, Tokens.bytes(content)));
      try {
        JwtSvid svid = verifier.verify(token, Tokens.BUNDLE, Tokens.AUDIENCE, Pki.NOW);
        assertThat(svid.expiry()).isAfter(Pki.NOW);
        assertThat(svid.id().memberOf(Tokens.TD)).isTrue();
      } catch (JwtException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      } catch (Throwable t) {
        throw new AssertionError("seed " + seed + ", round " + i + ": " + token, t);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 20261122})
  void bundles(long seed) {
    var mutations = new Mutations(seed);
    byte[] original = Tokens.BUNDLE.toJwks();
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = mutations.of(original);
      try {
        JwtBundle bundle = JwtBundle.parse(Tokens.TD, bytes);
        assertThat(JwtBundle.parse(Tokens.TD, bundle.toJwks())).isEqualTo(bundle);
      } catch (JwtException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      } catch (Throwable t) {
        throw new AssertionError(
            "seed " + seed + ", round " + i + ": " + new String(bytes, StandardCharsets.UTF_8), t);
      }
    }
  }
}
