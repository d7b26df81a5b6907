package dev.credence.platform.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One setting: its place in the file, how its text becomes a value, what happens without it, and
/// what it means (so that the reference can be checked against the code).
///
/// @param name the path from the top, dots between the levels: `admin.socket`
/// @param list true: a YAML list of scalars (one scalar is a list of one)
/// @param parser turns the scalars into the value; throws IllegalArgumentException with a message
///   for people
/// @param fallback scalars used when the key is absent; empty: the key is required
/// @param meaning one sentence for the reference
public record Key<T>(
    String name,
    boolean list,
    ListParser<? extends T> parser,
    Optional<List<String>> fallback,
    String meaning) {

  /// Turns one scalar into a value.
  @FunctionalInterface
  public interface Parser<T> {
    /// Throws IllegalArgumentException with a message for people.
    T parse(String text);
  }

  /// Turns the scalars of a list into a value.
  @FunctionalInterface
  public interface ListParser<T> {
    /// Throws IllegalArgumentException with a message for people.
    T parse(List<String> texts);
  }

  /// Checks the name.
  public Key {
    if (!name.matches("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*")) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "key name \"%s\" (expected: lower-case words with dots between)", name));
    }
    fallback = fallback.map(List::copyOf);
  }

  /// A scalar that must be there.
  public static <T> Key<T> required(String name, Parser<T> parser, String meaning) {
    return new Key<>(name, false, one(parser), Optional.empty(), meaning);
  }

  /// A scalar with a default, written as in the file.
  public static <T> Key<T> optional(
      String name, Parser<T> parser, String fallback, String meaning) {
    return new Key<>(name, false, one(parser), Optional.of(List.of(fallback)), meaning);
  }

  /// A scalar that may be absent.
  public static <T> Key<Optional<T>> absentable(String name, Parser<T> parser, String meaning) {
    return new Key<>(
        name,
        false,
        texts -> texts.isEmpty() ? Optional.empty() : Optional.of(one(parser).parse(texts)),
        Optional.of(List.of()),
        meaning);
  }

  /// A list of scalars, in their order, with a default.
  public static <T> Key<List<T>> listOf(
      String name, Parser<T> parser, List<String> fallback, String meaning) {
    return new Key<>(
        name,
        true,
        texts -> texts.stream().<T>map(parser::parse).toList(),
        Optional.of(fallback),
        meaning);
  }

  private static <T> ListParser<T> one(Parser<T> parser) {
    return texts -> parser.parse(texts.getFirst());
  }

  /// For the reference: the default as it would stand in the file, or "required", or "none".
  public String fallbackText() {
    return fallback
        .map(texts -> texts.isEmpty() ? "none" : String.join(", ", texts))
        .orElse("required");
  }
}
