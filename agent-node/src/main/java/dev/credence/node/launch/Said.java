package dev.credence.node.launch;

import dev.credence.certs.Printable;

/// What callers said, made fit for a message. Stateless.
final class Said {
  private Said() {}

  /// In quotes, without anything that moves a terminal's cursor.
  static String quoted(String text) {
    return Printable.quoted(text);
  }

  /// Of bounded length, as it is otherwise.
  static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "...";
  }
}
