package dev.credence.platform.config;

import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The parsers that several configurations need. Each names the value and the expectation.
public final class Parsers {
  private static final int MAX_PORT = 65535;

  private Parsers() {}

  /// `true` or `false`, nothing else.
  public static boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw problem(text, "true or false");
    };
  }

  /// Whole number within the range, both ends included.
  public static Key.Parser<Integer> integer(int least, int most) {
    return text -> {
      String expected = String.format(Locale.ROOT, "a whole number from %d to %d", least, most);
      try {
        int value = Integer.parseInt(text);
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException e) {
        throw problem(text, expected, e);
      }
      throw problem(text, expected);
    };
  }

  /// A constant of the enum, in lower case with dashes.
  public static <E extends Enum<E>> Key.Parser<E> oneOf(Class<E> type) {
    return text -> {
      for (E constant : type.getEnumConstants()) {
        if (label(constant).equals(text)) {
          return constant;
        }
      }
      throw problem(
          text,
          Arrays.stream(type.getEnumConstants())
              .map(Parsers::label)
              .collect(Collectors.joining(" or ")));
    };
  }

  /// A path, not empty.
  public static Path path(String text) {
    try {
      if (!text.isEmpty()) {
        return Path.of(text);
      }
    } catch (InvalidPathException e) {
      throw problem(text, "a path", e);
    }
    throw problem(text, "a path");
  }

  /// `HOST:PORT` or `[IPv6]:PORT`; port 0 takes a free one. The name is not resolved here.
  public static InetSocketAddress hostPort(String text) {
    String expected = "HOST:PORT, for example 127.0.0.1:8443";
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw problem(text, expected);
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw problem(text, "[IPv6]:PORT");
    }
    int port = integer(0, MAX_PORT).parse(text.substring(colon + 1));
    if (host.isBlank()) {
      throw problem(text, expected);
    }
    return InetSocketAddress.createUnresolved(host, port);
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static IllegalArgumentException problem(String text, String expected) {
    return new IllegalArgumentException(
        String.format(Locale.ROOT, "\"%s\" (expected: %s)", Printable.of(text), expected));
  }

  private static IllegalArgumentException problem(String text, String expected, Exception cause) {
    return new IllegalArgumentException(
        String.format(Locale.ROOT, "\"%s\" (expected: %s)", Printable.of(text), expected), cause);
  }
}
