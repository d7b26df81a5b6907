package dev.credence.attestors.container;

import dev.credence.platform.linux.ControlGroups;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads from the names of control groups which container a process may be in. This is a question
/// to ask the engine, not an answer: whoever may make groups gives them any name.
///
/// Names, with their sources: Docker with cgroupfs `/docker/ID`, with systemd
/// `/system.slice/docker-ID.scope`; Podman with cgroupfs `/libpod_parent/libpod-ID`, with systemd
/// `/machine.slice/libpod-ID.scope`, below which crun makes `container`, and `libpod-payload-ID`
/// where the unit's own group is split. Everything else in which 64 hex digits appear is refused:
/// other engines, Kubernetes, an engine's own helper, containers in containers.
final class GroupNames {
  private static final Pattern DOCKER_SCOPE = Pattern.compile("docker-([0-9a-f]{64})\\.scope");
  private static final Pattern PODMAN =
      Pattern.compile("libpod-(?:payload-)?([0-9a-f]{64})(?:\\.scope)?");
  private static final Pattern BARE = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern ANY = Pattern.compile(".*[0-9a-f]{64}.*");

  private GroupNames() {}

  /// What the names say.
  sealed interface Place {
    /// No name is that of a container.
    record Outside() implements Place {}

    /// All names that are those of containers are of this one.
    record Inside(ContainerId id) implements Place {}

    /// The names say several things, or what nobody here knows.
    record Unclear(String reason) implements Place {}
  }

  static Place read(ControlGroups groups) {
    Set<ContainerId> ids = new LinkedHashSet<>();
    for (ControlGroups.Line line : groups.lines()) {
      switch (read(line.path())) {
        case Place.Inside(var id) -> ids.add(id);
        case Place.Unclear unclear -> {
          return unclear;
        }
        case Place.Outside _ -> {
          // Not every hierarchy has a group of its own for each container.
        }
      }
    }
    return switch (ids.size()) {
      case 0 -> new Place.Outside();
      case 1 -> new Place.Inside(ids.iterator().next());
      default ->
          new Place.Unclear(
              "its control groups name several containers, "
                  + ids.stream().map(ContainerId::toString).sorted().toList());
    };
  }

  private static Place read(String path) {
    List<String> names = List.of(path.substring(1).split("/", -1));
    int first = -1;
    for (int i = 0; i < names.size(); i++) {
      boolean speaks = ANY.matcher(names.get(i)).matches();
      if (speaks && first >= 0) {
        return new Place.Unclear("its control group is that of a container in a container");
      }
      first = speaks ? i : first;
    }
    if (first < 0) {
      return new Place.Outside();
    }
    Optional<ContainerId> id = id(names, first);
    if (id.isEmpty()) {
      return new Place.Unclear(
          "its control group is named like one of another engine than Docker and Podman");
    }
    List<String> below = names.subList(first + 1, names.size());
    boolean own = below.isEmpty() || isMadeByCrun(names.get(first), below);
    return own
        ? new Place.Inside(id.get())
        : new Place.Unclear("its control group lies below the one of " + id.get());
  }

  private static boolean isMadeByCrun(String name, List<String> below) {
    return name.startsWith("libpod-")
        && name.endsWith(".scope")
        && below.equals(List.of("container"));
  }

  private static Optional<ContainerId> id(List<String> names, int at) {
    String name = names.get(at);
    Matcher scope = DOCKER_SCOPE.matcher(name);
    if (scope.matches()) {
      return Optional.of(new ContainerId(EngineKind.DOCKER, scope.group(1)));
    }
    Matcher podman = PODMAN.matcher(name);
    if (podman.matches()) {
      return Optional.of(new ContainerId(EngineKind.PODMAN, podman.group(1)));
    }
    boolean docker = at > 0 && names.get(at - 1).equals("docker") && BARE.matcher(name).matches();
    return docker ? Optional.of(new ContainerId(EngineKind.DOCKER, name)) : Optional.empty();
  }
}
