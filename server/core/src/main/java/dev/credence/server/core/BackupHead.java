package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Printable;
import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import dev.credence.server.core.port.StoreCopy;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/// What stands at the beginning of a backup's file: a few lines of text that a person can read, an
/// empty line, then the database. Always the same lines in the same order, so that whoever reads it
/// need not guess.
///
/// @param sha256 of the database that follows
public record BackupHead(StoreCopy.Facts facts, Instant takenAt, Sha256 sha256) {
  /// No head is longer.
  public static final int LONGEST = 2048;

  private static final String FIRST_LINE = "credence-backup 1";
  private static final String END = "\n\n";

  /// As it stands in the file, with the empty line.
  public byte[] bytes() {
    String text =
        String.join(
                "\n",
                FIRST_LINE,
                "trust-domain: " + facts.trustDomain(),
                "taken-at: " + takenAt,
                "schema: " + facts.schema(),
                "epoch: " + facts.epoch(),
                "registry-number: " + facts.registryNumber(),
                "last-event: " + facts.lastEvent(),
                "size: " + facts.size(),
                "sha256: " + sha256)
            + END;
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Reads a head out of the first bytes of a file.
  ///
  /// @throws IllegalArgumentException it is none: the message says why
  public static BackupHead parse(byte[] beginning) {
    String text = new String(beginning, StandardCharsets.US_ASCII);
    int end = text.indexOf(END);
    if (!text.startsWith("credence-backup ") || end < 0 || end > LONGEST) {
      throw new IllegalArgumentException("not a backup of Credence (expected: " + FIRST_LINE + ")");
    }
    Iterator<String> lines = List.of(text.substring(0, end).split("\n", -1)).iterator();
    String first = lines.next();
    if (!first.equals(FIRST_LINE)) {
      throw new IllegalArgumentException(
          "backup of another format, "
              + Printable.quoted(first)
              + " (expected: "
              + FIRST_LINE
              + ")");
    }
    try {
      return read(lines);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException("damaged head of a backup: " + e.getMessage(), e);
    }
  }

  private static BackupHead read(Iterator<String> lines) {
    String trustDomain = TrustDomain.parse(value(lines, "trust-domain")).name();
    Instant takenAt = time(value(lines, "taken-at"));
    var facts =
        new StoreCopy.Facts(
            Math.toIntExact(number(lines, "schema")),
            trustDomain,
            Id.parse(value(lines, "epoch")),
            number(lines, "registry-number"),
            number(lines, "last-event"),
            number(lines, "size"));
    Sha256 sha256 = Sha256.parseHex(value(lines, "sha256"));
    if (lines.hasNext()) {
      throw new IllegalArgumentException("more lines than expected");
    }
    return new BackupHead(facts, takenAt, sha256);
  }

  private static Instant time(String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeException e) {
      // Its message holds the text as it stood there.
      throw new IllegalArgumentException("taken-at " + Printable.quoted(value) + " is no time", e);
    }
  }

  private static long number(Iterator<String> lines, String key) {
    String value = value(lines, key);
    if (!value.matches("\\d{1,18}")) {
      throw new IllegalArgumentException(key + " is not a number");
    }
    return Long.parseLong(value);
  }

  private static String value(Iterator<String> lines, String key) {
    String line = lines.hasNext() ? lines.next() : "";
    if (!line.startsWith(key + ": ")) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "line \"%s: ...\" is missing", key));
    }
    return line.substring(key.length() + 2);
  }

  /// How many bytes it takes in the file.
  public int length() {
    return bytes().length;
  }
}
