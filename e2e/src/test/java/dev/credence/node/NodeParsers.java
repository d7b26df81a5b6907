package dev.credence.node;

import dev.credence.platform.config.ConfigException;
import dev.credence.platform.config.ConfigReader;
import dev.credence.proto.node.v1.HostedExecution;
import dev.credence.proto.node.v1.RegistryUpdate;
import java.nio.file.Path;

/// Where the node takes what comes from outside, for tests that fire at it.
public final class NodeParsers {
  private NodeParsers() {}

  /// What the server says of registrations.
  public static void registry(byte[] message) throws Exception {
    var update = RegistryUpdate.parseFrom(message);
    try {
      var _ = Wire.change(update);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("refused: " + e.getMessage(), e);
    }
  }

  /// What the server says of executions.
  public static void hosted(byte[] message) throws Exception {
    var hosted = HostedExecution.parseFrom(message);
    try {
      var _ = Wire.hosted(hosted);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("refused: " + e.getMessage(), e);
    }
  }

  /// The node's configuration.
  public static void config(String text) throws ConfigException {
    var _ = ConfigReader.parse("node.yaml", Path.of("/"), text, NodeConfigKeys.ALL);
  }
}
