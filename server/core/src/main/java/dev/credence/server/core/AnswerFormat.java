package dev.credence.server.core;

import dev.credence.server.core.port.View;

/// How a use case's answer is remembered, so that a repeated request gets the same one.
interface AnswerFormat<T> {
  /// At most a few kilobytes, and never a secret.
  byte[] encode(T answer);

  /// The same answer again.
  T decode(View view, byte[] bytes) throws ServerException;
}
