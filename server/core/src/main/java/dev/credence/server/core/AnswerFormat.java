package dev.credence.server.core;

import dev.credence.server.core.port.View;

/// How a use case's answer is remembered, so that a repeated request gets the same one.
interface AnswerFormat<T> {
  /// At most a few kilobytes, and never a secret.
  byte[] encode(T answer);

  /// The same answer again, for who may have lost sight of it meanwhile. Errors: REFUSED, where it
  /// shows things as they are now.
  ///
  /// @param reach of the caller, now
  default T decode(View view, Reach reach, byte[] bytes) throws ServerException {
    return decode(view, bytes);
  }

  /// The same answer again.
  T decode(View view, byte[] bytes) throws ServerException;
}
