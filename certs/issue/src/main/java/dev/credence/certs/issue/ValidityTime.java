package dev.credence.certs.issue;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.BERTags;

/// A time as certificates hold it: UTCTime to 2049, GeneralizedTime from 2050 on (RFC 5280, section
/// 4.1.2.5). Without the date formats of Bouncy Castle, which cost 6 % of an issuance's CPU outside
/// of the database. Stateless.
final class ValidityTime {
  private static final int FIRST_GENERALIZED_YEAR = 2050;

  private ValidityTime() {}

  /// The DER of the time, in whole seconds.
  static byte[] der(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    boolean utc = time.getYear() < FIRST_GENERALIZED_YEAR;
    byte[] der = new byte[utc ? 15 : 17];
    der[0] = (byte) (utc ? BERTags.UTC_TIME : BERTags.GENERALIZED_TIME);
    der[1] = (byte) (der.length - 2);
    int at = 2;
    if (!utc) {
      at = two(der, at, time.getYear() / 100);
    }
    at = two(der, at, time.getYear() % 100);
    at = two(der, at, time.getMonthValue());
    at = two(der, at, time.getDayOfMonth());
    at = two(der, at, time.getHour());
    at = two(der, at, time.getMinute());
    at = two(der, at, time.getSecond());
    der[at] = 'Z';
    return der;
  }

  private static int two(byte[] der, int at, int number) {
    der[at] = (byte) ('0' + number / 10);
    der[at + 1] = (byte) ('0' + number % 10);
    return at + 2;
  }
}
