package dev.credence.attestors.container;

import dev.credence.attestors.NoAnswerException;
import dev.credence.transport.LocalHttp;
import dev.credence.transport.LocalHttp.Answer;
import dev.credence.transport.LocalHttp.Question;
import dev.credence.transport.LocalHttpException;
import dev.credence.transport.TrustedSocket;
import dev.credence.transport.UnsafeSocketException;
import java.util.Optional;

/// An engine that serves the Docker Engine API on a Unix socket.
final class HttpEngine implements Engine {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERROR = 500;

  private final EngineKind kind;
  private final TrustedSocket socket;
  private final LocalHttp http;

  HttpEngine(EngineKind kind, TrustedSocket socket, LocalHttp http) {
    this.kind = kind;
    this.socket = socket;
    this.http = http;
  }

  @Override
  public EngineKind kind() {
    return kind;
  }

  /// Without a version in the path: engines answer in their newest one, and refuse old ones.
  @Override
  public Optional<Container> find(ContainerId id) throws NoAnswerException {
    Answer answer = ask("/containers/" + id.hex() + "/json");
    if (answer.status() == NOT_FOUND) {
      return Optional.empty();
    }
    if (answer.status() >= SERVER_ERROR) {
      throw NoAnswerException.notNow(
          kind.label() + " answers with status " + answer.status() + " on " + socket.path(),
          new IllegalStateException("status " + answer.status()));
    }
    if (answer.status() != OK) {
      throw NoAnswerException.useless(
          kind.label()
              + " answers with status "
              + answer.status()
              + " on "
              + socket.path()
              + " (expected: 200 or 404)",
          new IllegalStateException("status " + answer.status()));
    }
    return Optional.of(ContainerJson.read(id, answer.body()));
  }

  private Answer ask(String target) throws NoAnswerException {
    try {
      // Each time: what was checked at the start may have been changed by root since.
      return http.get(new Question(socket.requireSafe(), socket::mayBeServedBy, target));
    } catch (LocalHttpException e) {
      String message = String.valueOf(e.getMessage());
      throw switch (e.reason()) {
        case LATE -> NoAnswerException.silence(message, e);
        case UNREACHABLE -> NoAnswerException.notNow(message, e);
        case STRANGER, MALFORMED -> NoAnswerException.useless(message, e);
      };
    } catch (UnsafeSocketException e) {
      throw NoAnswerException.useless(String.valueOf(e.getMessage()), e);
    }
  }
}
