package dev.credence.node;

import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.container.DockerAttestor;
import dev.credence.attestors.systemd.SystemdAttestor;
import dev.credence.platform.linux.BootClock;
import dev.credence.transport.UnsafeSocketException;
import java.io.IOException;
import java.util.List;

/// The attestors that ask others on this host, as configured. One that is off is not even loaded.
final class AttachAttestors {
  private AttachAttestors() {}

  /// @param parts takes what is to be closed
  /// @throws StartException if somebody else than root and the node's own user could answer
  static List<WorkloadAttestor> open(AttachConfig config, Lifecycle parts) throws StartException {
    try {
      return List.of(containers(config, parts), units(config, parts));
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private static WorkloadAttestor units(AttachConfig config, Lifecycle parts) throws IOException {
    return config.systemBus().isEmpty()
        ? new NotConfigured("systemd", "systemd.bus")
        : parts.add(SystemdAttestor.open(config.systemBus().get(), BootClock.system()::nanos));
  }

  private static WorkloadAttestor containers(AttachConfig config, Lifecycle parts)
      throws UnsafeSocketException {
    if (config.docker().isEmpty() && config.podman().isEmpty()) {
      return new NotConfigured("docker", "containers.docker.sockets or containers.podman.sockets");
    }
    return parts.add(
        DockerAttestor.open(
            new DockerAttestor.Sockets(config.docker(), config.podman()),
            BootClock.system()::nanos));
  }
}
