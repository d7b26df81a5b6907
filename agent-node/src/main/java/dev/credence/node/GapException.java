package dev.credence.node;

/// An update of the registry is missing. The way out is to ask for everything.
final class GapException extends Exception {
  private static final long serialVersionUID = 1L;

  GapException(String message) {
    super(message);
  }
}
