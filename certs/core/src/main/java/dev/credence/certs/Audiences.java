package dev.credence.certs;

import java.util.HashSet;
import java.util.List;

/** Whom a JWT-SVID may be asked for. Stateless. */
public final class Audiences {
  /** The most audiences of one token. */
  public static final int MOST = 16;

  /** The longest audience, in characters. */
  public static final int LONGEST = 512;

  /**
   * The longest that all of one token may be, in characters: so that a record of them, separated by
   * spaces, holds them all.
   */
  public static final int LONGEST_TOGETHER = 1000;

  private Audiences() {}

  /**
   * Checks what is asked for: 1 to {@value #MOST} different ones of 1 to {@value #LONGEST}
   * characters, at most {@value #LONGEST_TOGETHER} with a space between them, none of them a space
   * or a control character.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static void check(List<String> audiences) {
    if (audiences.isEmpty() || audiences.size() > MOST) {
      throw new IllegalArgumentException(
          "audiences: " + audiences.size() + " (expected: 1 to " + MOST + ")");
    }
    for (String audience : audiences) {
      if (audience.isEmpty() || audience.length() > LONGEST || !isClean(audience)) {
        throw new IllegalArgumentException(
            "audience "
                + Printable.quoted(audience)
                + " (expected: 1 to "
                + LONGEST
                + " characters, none of them a space or a control character)");
      }
    }
    int together = String.join(" ", audiences).length();
    if (together > LONGEST_TOGETHER) {
      throw new IllegalArgumentException(
          "audiences: "
              + together
              + " characters (expected: at most "
              + LONGEST_TOGETHER
              + " together)");
    }
    if (new HashSet<>(audiences).size() != audiences.size()) {
      throw new IllegalArgumentException("audiences: one is given twice (expected: each once)");
    }
  }

  /** No half of a surrogate pair either, which has no UTF-8. */
  private static boolean isClean(String audience) {
    int c;
    for (int i = 0; i < audience.length(); i += Character.charCount(c)) {
      c = audience.codePointAt(i);
      if (Character.isISOControl(c) || Character.isSpaceChar(c) || (c >= 0xd800 && c <= 0xdfff)) {
        return false;
      }
    }
    return true;
  }
}
