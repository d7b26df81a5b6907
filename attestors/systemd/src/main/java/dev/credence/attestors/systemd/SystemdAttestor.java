package dev.credence.attestors.systemd;

import dev.credence.attestors.AskedProperties;
import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.NoAnswerException;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.platform.linux.OwnProcess;
import dev.credence.platform.linux.ProcessPlace;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.transport.TrustedSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Makes the `systemd:` selectors, under SPIRE's names and with SPIRE's meaning: `id`,
/// `fragment_path` of the unit that a process belongs to. Thread-safe.
///
/// - Only asked if some registration names one of them.
/// - Only units of the *system's* service manager. What runs below a user's own manager belongs, as
///   the system's sees it, to `user@UID.service`.
/// - systemd goes by control groups; so the process must be in the unit's own group or below it.
/// - They speak about code, at the level `orchestrator`, for the main process of a service only: it
///   is the one that systemd itself started. Scopes (logins, `systemd-run --scope`) are groups of
///   processes that somebody else started; what a service starts is the service's own doing; below
///   a user's manager the user decides.
/// - A bus that does not answer in time says nothing about the process: these properties are not
///   known now, others are; it is asked again later, by one at a time.
public final class SystemdAttestor implements WorkloadAttestor, AutoCloseable {
  static final String TYPE = "systemd";
  private static final Duration PATIENCE = Duration.ofMillis(800);

  private final AskedProperties properties = AskedProperties.of(TYPE);
  private final Units units;

  SystemdAttestor(Units units) {
    this.units = units;
  }

  /// Opens one. The bus is connected to at the first question.
  ///
  /// @param bus socket of the system bus
  /// @param nanos a clock that never steps
  /// @throws IOException if somebody else than root and the node's own user could serve there
  public static SystemdAttestor open(Path bus, LongSupplier nanos) throws IOException {
    TrustedSocket socket = TrustedSocket.at(bus, TrustedSocket.Callers.ALL);
    var _ = socket.requireSafe();
    var self = new SystemdUnits.Self(OwnProcess.uid(), ProcessHandle.current().pid());
    return new SystemdAttestor(new SystemdUnits(socket, self, PATIENCE, nanos));
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Set<String> names() {
    return properties.names();
  }

  @Override
  public Attested attest(ProcessRef process, Wanted wanted) throws AttestationException {
    return properties.ask(wanted, () -> unit(process, wanted));
  }

  private Attested unit(ProcessRef process, Wanted wanted)
      throws NoAnswerException, AttestationException {
    ProcessPlace place;
    try {
      place = ProcessPlace.read(process.pid());
    } catch (UnattestableException e) {
      throw new AttestationException(String.valueOf(e.getMessage()), e);
    }
    process.requireUser(place.uid(), place.gid());
    Optional<Unit> unit = units.of(process.pid());
    return unit.isEmpty()
        ? properties.none(wanted, "it belongs to no unit of systemd")
        : UnitFindings.of(unit.get(), process.pid(), place.groups(), wanted);
  }

  @Override
  public void close() {
    units.close();
  }
}
