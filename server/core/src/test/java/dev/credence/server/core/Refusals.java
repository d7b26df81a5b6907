package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.credence.server.core.ServerException.Kind;

/// Short words for what tests expect of a refusal.
final class Refusals {
  private Refusals() {}

  interface Attempt {
    Object run() throws Exception;
  }

  /// It is refused, in exactly these words.
  static ServerException refused(Kind kind, String message, Attempt attempt) {
    Throwable thrown = catchThrowable(attempt::run);
    assertThat(thrown).isInstanceOf(ServerException.class).hasMessage(message);
    ServerException refusal = (ServerException) thrown;
    assertThat(refusal.kind()).isEqualTo(kind);
    return refusal;
  }

  /// It is refused; the words have an id in them.
  static ServerException refusedLike(Kind kind, String pattern, Attempt attempt) {
    Throwable thrown = catchThrowable(attempt::run);
    assertThat(thrown).isInstanceOf(ServerException.class);
    assertThat(String.valueOf(thrown.getMessage())).matches(pattern);
    ServerException refusal = (ServerException) thrown;
    assertThat(refusal.kind()).isEqualTo(kind);
    return refusal;
  }
}
