package dev.credence.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.credence.certs.Id;
import dev.credence.certs.Printable;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.RequestId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// Checks single fields of requests: size, form, range. What a value means is the core's to judge.
final class Fields {
  static final int DEFAULT_PAGE = 200;
  static final int LARGEST_PAGE = 1000;
  private static final int ID_BYTES = 16;
  private static final int LONGEST_REFERENCE = 512;
  private static final int MAX_CSR = 4096;

  private Fields() {}

  static ServerException invalid(String message) {
    return new ServerException(Kind.INVALID, message);
  }

  /// 16 bytes, not all zero (a caller that forgot to fill it).
  static Id id(String field, ByteString bytes) throws ServerException {
    if (bytes.size() != ID_BYTES) {
      throw invalid(field + ": " + bytes.size() + " bytes (expected: 16)");
    }
    Id id = Id.fromBytes(bytes.toByteArray());
    if (id.high() == 0 && id.low() == 0) {
      throw invalid(field + ": all zero (expected: random)");
    }
    return id;
  }

  static RequestId requestId(ByteString bytes) throws ServerException {
    return new RequestId(id("request_id", bytes));
  }

  /// 26 characters of lower-case base32.
  static Id id(String field, String text) throws ServerException {
    try {
      return Id.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ServerException(
          Kind.INVALID,
          field + ": " + Printable.quoted(text) + " (expected: 26 characters of lower-case base32)",
          e);
    }
  }

  /// A name, `OWNER/NAME` or id, not empty.
  static String reference(String field, String text) throws ServerException {
    if (text.isEmpty() || text.length() > LONGEST_REFERENCE) {
      throw invalid(
          field
              + ": "
              + Printable.quoted(text)
              + " (expected: a name or id, at most 512 characters)");
    }
    return text;
  }

  /// As {@link #reference}, or empty for none.
  static String maybeReference(String field, String text) throws ServerException {
    return text.isEmpty() ? "" : reference(field, text);
  }

  static byte[] csr(ByteString bytes) throws ServerException {
    if (bytes.isEmpty() || bytes.size() > MAX_CSR) {
      throw invalid("csr: " + bytes.size() + " bytes (expected: PKCS#10 DER of 1 to 4096)");
    }
    return bytes.toByteArray();
  }

  static Page.Request page(int size, String token) throws ServerException {
    // uint32: values above 2^31 arrive negative
    if (size < 0 || size > LARGEST_PAGE) {
      throw invalid(
          "page_size: "
              + Integer.toUnsignedString(size)
              + " (expected: at most "
              + LARGEST_PAGE
              + ")");
    }
    if (token.length() > LONGEST_REFERENCE) {
      throw invalid("page_token: longer than 512 characters");
    }
    return new Page.Request(
        size == 0 ? DEFAULT_PAGE : size, token.isEmpty() ? Optional.empty() : Optional.of(token));
  }

  /// Positive; absent if the message is.
  static Optional<java.time.Duration> duration(String field, boolean present, Duration value)
      throws ServerException {
    if (!present) {
      return Optional.empty();
    }
    try {
      var duration = java.time.Duration.ofSeconds(value.getSeconds(), value.getNanos());
      if (!duration.isNegative() && !duration.isZero()) {
        return Optional.of(duration);
      }
    } catch (ArithmeticException e) {
      throw new ServerException(Kind.INVALID, field + ": out of range", e);
    }
    throw invalid(field + ": not positive (expected: a positive length of time)");
  }

  static Optional<Instant> instant(String field, boolean present, Timestamp value)
      throws ServerException {
    if (!present) {
      return Optional.empty();
    }
    boolean legal =
        value.getNanos() >= 0
            && value.getNanos() < 1_000_000_000
            && value.getSeconds() >= Instant.parse("0001-01-01T00:00:00Z").getEpochSecond()
            && value.getSeconds() <= Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    if (!legal) {
      throw invalid(field + ": out of range (expected: years 1 to 9999)");
    }
    try {
      return Optional.of(Instant.ofEpochSecond(value.getSeconds(), value.getNanos()));
    } catch (DateTimeException e) {
      throw new ServerException(Kind.INVALID, field + ": out of range", e);
    }
  }

  static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }
}
