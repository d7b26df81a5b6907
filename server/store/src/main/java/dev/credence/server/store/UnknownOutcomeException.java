package dev.credence.server.store;

import dev.credence.server.core.port.StoreException;

/// A commit may or may not have happened: the writer stops.
final class UnknownOutcomeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final StoreException failure;

  UnknownOutcomeException(StoreException failure) {
    super(failure);
    this.failure = failure;
  }

  StoreException failure() {
    return failure;
  }
}
