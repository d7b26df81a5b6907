package dev.credence.attestors.container;

import dev.credence.attestors.NoAnswerException;
import java.io.IOException;

/// The parser of what container engines answer, for tests that fire at it.
public final class ContainerParsers {
  private static final ContainerId ID =
      new ContainerId(EngineKind.DOCKER, "0123456789abcdef".repeat(4));

  private ContainerParsers() {}

  /// `/containers/ID/json`
  public static void container(byte[] body) throws IOException {
    try {
      var container = ContainerJson.read(ID, body);
      if (container.pid() < 0) {
        throw new AssertionError(container);
      }
    } catch (NoAnswerException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
