package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x509.Time;
import org.junit.jupiter.api.Test;

final class ValidityTimeTest {
  @Test
  void bytesAreThoseOfBouncyCastle_alsoAroundTheChangeOfForm() throws Exception {
    Instant last = Instant.parse("2100-12-31T23:59:59Z");
    // A step that meets all months, days, hours, minutes and seconds.
    Duration step = Duration.ofDays(9).plusHours(5).plusMinutes(7).plusSeconds(11);
    for (Instant at = Instant.parse("1970-01-01T00:00:00Z");
        at.isBefore(last);
        at = at.plus(step)) {
      same(at);
    }
    same(Instant.parse("2049-12-31T23:59:59Z"));
    same(Instant.parse("2050-01-01T00:00:00Z"));
    same(Instant.parse("2048-02-29T12:00:00Z"));
  }

  private static void same(Instant at) throws Exception {
    assertThat(ValidityTime.der(at))
        .as(at.toString())
        .isEqualTo(new Time(Date.from(at)).getEncoded());
  }
}
