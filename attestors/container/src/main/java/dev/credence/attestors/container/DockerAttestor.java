package dev.credence.attestors.container;

import dev.credence.attestors.AskedProperties;
import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.NoAnswerException;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.attestors.container.GroupNames.Place;
import dev.credence.platform.linux.ProcessPlace;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.transport.LocalHttp;
import dev.credence.transport.TrustedSocket;
import dev.credence.transport.UnsafeSocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Makes the `docker:` selectors, under SPIRE's names and with SPIRE's meaning: `label`, `env`,
/// `image_id`, `image_config_digest`; of containers of Docker and of Podman. Thread-safe.
///
/// - Only what some registration names is asked for.
/// - The control groups of the process name a container. The engine must know that container, it
///   must run, and its first process, as the engine says, must be in the very same control groups
///   and the same pid namespace: a group that somebody named like a container's is not that
///   container's.
/// - An engine that does not answer in time says nothing about the process: these properties are
///   not known now, others are. It is asked about that container again later, by one at a time;
///   what the process holds through them stays as long as it is valid.
/// - `image_id` and `image_config_digest` speak about code, at the level `orchestrator`, as long as
///   the process runs a program that lies on its container's own root rather than on a volume.
public final class DockerAttestor implements WorkloadAttestor, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMillis(800);
  private static final int LONGEST_ANSWER = 1 << 20;

  private final AskedProperties properties = AskedProperties.of(DockerFindings.TYPE);
  private final Questions questions;
  private final Runnable onClose;

  /// Where engines serve.
  ///
  /// @param docker sockets of Docker
  /// @param podman sockets of Podman (`podman system service`)
  public record Sockets(List<Path> docker, List<Path> podman) {
    public Sockets {
      docker = List.copyOf(docker);
      podman = List.copyOf(podman);
    }
  }

  DockerAttestor(Questions questions, Runnable onClose) {
    this.questions = questions;
    this.onClose = onClose;
  }

  /// Opens one. Nothing is asked before it is needed, and engines may be started later.
  ///
  /// @param nanos a clock that never steps
  /// @throws UnsafeSocketException if somebody else than root and the node's own user could answer
  ///   at one of the sockets
  public static DockerAttestor open(Sockets sockets, LongSupplier nanos)
      throws UnsafeSocketException {
    var http = new LocalHttp(new LocalHttp.Limits(PATIENCE, LONGEST_ANSWER));
    List<Engine> engines = new ArrayList<>();
    for (Path path : sockets.docker()) {
      engines.add(engine(EngineKind.DOCKER, path, http));
    }
    for (Path path : sockets.podman()) {
      engines.add(engine(EngineKind.PODMAN, path, http));
    }
    return new DockerAttestor(new Questions(engines, Questions.Limits.usual(), nanos), http::close);
  }

  private static Engine engine(EngineKind kind, Path path, LocalHttp http)
      throws UnsafeSocketException {
    TrustedSocket socket = TrustedSocket.at(path, TrustedSocket.Callers.FEW);
    var _ = socket.requireSafe();
    return new HttpEngine(kind, socket, http);
  }

  @Override
  public String type() {
    return DockerFindings.TYPE;
  }

  @Override
  public Set<String> names() {
    return properties.names();
  }

  @Override
  public Attested attest(ProcessRef process, Wanted wanted) throws AttestationException {
    return properties.ask(wanted, () -> container(process, wanted));
  }

  private Attested container(ProcessRef process, Wanted wanted)
      throws NoAnswerException, AttestationException {
    try {
      ProcessPlace place = ProcessPlace.read(process.pid());
      process.requireUser(place.uid(), place.gid());
      return switch (GroupNames.read(place.groups())) {
        case Place.Outside _ ->
            properties.none(
                wanted, "it runs in no container (its control groups are not named like one's)");
        case Place.Unclear(String reason) -> properties.none(wanted, reason);
        case Place.Inside(var id) -> inside(id, place, wanted);
      };
    } catch (UnattestableException e) {
      throw new AttestationException(String.valueOf(e.getMessage()), e);
    }
  }

  private Attested inside(ContainerId id, ProcessPlace place, Wanted wanted)
      throws NoAnswerException, UnattestableException {
    if (!questions.reaches(id)) {
      return properties.none(
          wanted,
          "its control group is named like that of "
              + id
              + ", but the node asks no such engine (containers."
              + (id.engine() == EngineKind.DOCKER ? "docker" : "podman")
              + ".sockets)");
    }
    Finding finding = look(id, place);
    if (finding.isMember()) {
      return finding.attested(wanted);
    }
    // What was remembered may be of an earlier run of the container.
    questions.forget(id);
    return look(id, place).attested(wanted);
  }

  /// Whether the process is in that container, as seen by engine and kernel together.
  private Finding look(ContainerId id, ProcessPlace place)
      throws NoAnswerException, UnattestableException {
    Optional<Known> found = questions.ask(id, place.uid());
    if (found.isEmpty()) {
      return new Finding.No(
          "its control group is named like that of " + id + ", which the engine does not know");
    }
    Container container = found.get().container();
    if (container.starting()) {
      throw NoAnswerException.notNow(
          id + " does not run yet", new IllegalStateException("not running"));
    }
    if (container.pid() == 0) {
      return new Finding.No(id + ", after which its control group is named, does not run");
    }
    return Membership.of(id, found.get(), place);
  }

  @Override
  public void close() {
    onClose.run();
  }
}
