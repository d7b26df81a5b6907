package dev.credence.certs;

/** Bytes that are no JSON of the strict kind read here. */
final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  JsonException(String message) {
    super(message);
  }
}
