package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// How many sets one caller sends, and has applied, at once.
final class ApplyLimitsTest {
  private final ApplyLimits limits = new ApplyLimits();

  private static Caller administrator(String name, int key) {
    return new Caller.Administrator(
        new Name(name), Sha256.of(new byte[] {(byte) key}), Instant.EPOCH);
  }

  @Test
  void ofOneAdministratorOverTheNetwork_oneIsAppliedAtATime_withWhateverKey() throws Exception {
    limits.begin(administrator("ada", 1));
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> limits.begin(administrator("ada", 2)))
        .withMessageContaining("a set of it is being applied (expected: one after another)")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.EXHAUSTED));
    limits.begin(administrator("eve", 3));
    limits.end(administrator("ada", 1));
    limits.begin(administrator("ada", 2));
  }

  @Test
  void theLocalSocket_hasNoSuchLimit() throws Exception {
    var local = new Caller.Local(CallerKind.LOCAL_ADMINISTRATOR, 0, "");
    limits.begin(local);
    limits.begin(local);
    limits.end(local);
  }
}
