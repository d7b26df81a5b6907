package dev.credence.server.store;

import java.util.Locale;

/// Enum constants as stored words: `SUSPENDED` is `suspended`. So the name of a stored constant is
/// part of the database format; a test knows them all.
final class Words {
  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E parse(Class<E> type, String word) {
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equals(word)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        type.getSimpleName() + ": \"" + word + "\" (expected: the word of one of its constants)");
  }
}
