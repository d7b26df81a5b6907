package dev.credence.cli.print;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.credence.platform.config.Durations;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// Times as people read them: ISO 8601 in the local zone, to the second. Immutable.
public record Times(ZoneId zone) {

  /// `2026-01-31T09:30:00+01:00`
  public String format(Instant instant) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        instant.atZone(zone).truncatedTo(ChronoUnit.SECONDS));
  }

  /// As [#format(Instant)]; empty if the time is not set (the default of the message).
  public String format(Timestamp time) {
    return time.equals(Timestamp.getDefaultInstance())
        ? ""
        : format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
  }

  /// `10m`, `1h30m`, `90s`; empty if it is not set.
  public static String format(Duration duration) {
    return duration.equals(Duration.getDefaultInstance())
        ? ""
        : Durations.format(
            java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos()));
  }
}
