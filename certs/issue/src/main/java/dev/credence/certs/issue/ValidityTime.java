package dev.credence.certs.issue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.x509.Time;

/// A time as certificates hold it: UTCTime to 2049, GeneralizedTime from 2050 on (RFC 5280, section
/// 4.1.2.5). Bouncy Castle makes and checks them with two date formats, which cost 6 % of an
/// issuance's CPU outside of the database. Stateless.
final class ValidityTime {
  private static final int FIRST_GENERALIZED_YEAR = 2050;
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
  private static final DateTimeFormatter GENERALIZED =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);

  private ValidityTime() {}

  /// The time in whole seconds.
  static Time of(Instant instant) throws IOException {
    OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
    boolean utc = time.getYear() < FIRST_GENERALIZED_YEAR;
    byte[] text = (utc ? UTC : GENERALIZED).format(time).getBytes(StandardCharsets.US_ASCII);
    byte[] der = new byte[2 + text.length];
    der[0] = (byte) (utc ? BERTags.UTC_TIME : BERTags.GENERALIZED_TIME);
    der[1] = (byte) text.length;
    System.arraycopy(text, 0, der, 2, text.length);
    return Time.getInstance(ASN1Primitive.fromByteArray(der));
  }
}
