package dev.credence.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Who on this host is asked about processes that somebody else starts. Nobody by default.
///
/// @param docker sockets of Docker
/// @param podman sockets of Podman
/// @param systemBus socket of the bus on which systemd answers
public record AttachConfig(List<Path> docker, List<Path> podman, Optional<Path> systemBus) {
  public AttachConfig {
    docker = List.copyOf(docker);
    podman = List.copyOf(podman);
  }

  /// Nobody.
  public static AttachConfig none() {
    return new AttachConfig(List.of(), List.of(), Optional.empty());
  }
}
