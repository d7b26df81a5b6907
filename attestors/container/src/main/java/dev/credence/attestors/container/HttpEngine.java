package dev.credence.attestors.container;

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
  public Optional<Container> find(ContainerId id) throws EngineException {
    Answer answer = ask("/containers/" + id.hex() + "/json");
    if (answer.status() == NOT_FOUND) {
      return Optional.empty();
    }
    if (answer.status() >= SERVER_ERROR) {
      throw EngineException.passing(
          kind.label() + " answers with status " + answer.status() + " on " + socket.path(),
          new IllegalStateException("status " + answer.status()));
    }
    if (answer.status() != OK) {
      throw EngineException.lasting(
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

  private Answer ask(String target) throws EngineException {
    try {
      // Each time: what was checked at the start may have been changed by root since.
      return http.get(new Question(socket.requireSafe(), socket::mayBeServedBy, target));
    } catch (LocalHttpException e) {
      String message = String.valueOf(e.getMessage());
      throw e.isTransient()
          ? EngineException.passing(message, e)
          : EngineException.lasting(message, e);
    } catch (UnsafeSocketException e) {
      throw EngineException.lasting(String.valueOf(e.getMessage()), e);
    }
  }
}
