package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.ServerException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallerRatesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final CallerRates rates = new CallerRates(new CallerRates.Rate(2, 3), nanos::get);

  private static Caller administrator(String name, int key) {
    return new Caller.Administrator(
        new Name(name), Sha256.of(new byte[] {(byte) key}), Instant.MAX);
  }

  @Test
  void eachKeyOfAnAdministratorHasItsOwn() throws Exception {
    for (int i = 0; i < 3; i++) {
      rates.enter(administrator("ada", 1));
    }
    assertThatThrownBy(() -> rates.enter(administrator("ada", 1)))
        .isInstanceOfSatisfying(
            ServerException.class,
            e -> assertThat(e.kind()).isEqualTo(ServerException.Kind.EXHAUSTED))
        .hasMessage("admin:ada: too many calls (expected: at most 2 per second, 3 at once)");
    rates.enter(administrator("bob", 1));
    // The key that was replaced used up its own share, not that of the one that counts.
    rates.enter(administrator("ada", 2));
  }

  @Test
  void comesBackWithTime() throws Exception {
    for (int i = 0; i < 3; i++) {
      rates.enter(administrator("ada", 1));
    }
    nanos.addAndGet(500_000_000);
    rates.enter(administrator("ada", 1));
    assertThatThrownBy(() -> rates.enter(administrator("ada", 1)))
        .isInstanceOf(ServerException.class);
  }

  @Test
  void othersHaveNoneHere() throws Exception {
    for (int i = 0; i < 10; i++) {
      rates.enter(new Caller.Anonymous("192.0.2.1"));
      rates.enter(new Caller.Local(CallerKind.LOCAL_ADMINISTRATOR, 0, ""));
    }
  }
}
