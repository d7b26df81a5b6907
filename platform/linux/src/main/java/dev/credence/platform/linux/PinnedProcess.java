package dev.credence.platform.linux;

import dev.credence.platform.linux.UnattestableException.Reason;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// One process, held fast so that it can be examined without being mistaken for another: pin it
/// when its connection is accepted, read what is needed, then look again.
///
/// ```
/// try (var pinned = PinnedProcess.pin(credentials, pidfd, acceptedAt)) {
///   ProcessFacts facts = pinned.facts();
///   // ... anything else that is read by pid ...
///   pinned.requireSame();                 // only now does what was read count
/// }
/// ```
///
/// It stays the same one as long as it lives and runs the same program. Four things are compared,
/// since none stands alone: its pidfd (exit), its mark (exec), its memory map (exec), and /proc/PID
/// through a descriptor that no later process with the same pid is visible through. Thread-safe.
public final class PinnedProcess implements AutoCloseable {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final PeerCredentials peer;
  private final Pidfd pidfd;
  private final ProcDirectory directory;
  private final MapsProbe maps;
  private final ProcessMark mark;

  private PinnedProcess(
      PeerCredentials peer,
      Pidfd pidfd,
      ProcDirectory directory,
      MapsProbe maps,
      ProcessMark mark) {
    this.peer = peer;
    this.pidfd = pidfd;
    this.directory = directory;
    this.maps = maps;
    this.mark = mark;
  }

  /// Pins the process that connected a Unix socket.
  ///
  /// Without its pidfd (kernels before 6.5) the pid is all there is. It may have been given to
  /// another process between connect and now; so the process must then have been started before the
  /// connection was accepted, in an earlier tick of the kernel's clock (10 ms), and have the peer's
  /// effective uid. What remains is another process of the *same* user, which could take over the
  /// first one anyway.
  ///
  /// @param peer who connected, from the kernel
  /// @param peerPidfd its handle taken from the socket, if the kernel has that; this makes its own
  ///   copy
  /// @param acceptedAtBootNanos when the connection was accepted, on [BootClock]
  /// @throws UnattestableException if it cannot be held fast, with the reason
  public static PinnedProcess pin(
      PeerCredentials peer, Optional<Pidfd> peerPidfd, long acceptedAtBootNanos)
      throws UnattestableException {
    try {
      Pidfd own = peerPidfd.isPresent() ? peerPidfd.get().duplicate() : Pidfd.open(peer.pid());
      var opened = new Opened(peer, own);
      try {
        return opened.pin(peerPidfd.isPresent(), acceptedAtBootNanos);
      } catch (UnattestableException | IOException | RuntimeException e) {
        opened.close();
        throw e;
      }
    } catch (IOException e) {
      throw ProcDirectory.refusal(peer.pid(), e);
    }
  }

  /// What was opened on the way to a pin, to be closed if it fails.
  private static final class Opened {
    private final PeerCredentials peer;
    private final Pidfd pidfd;
    private Optional<ProcDirectory> directory = Optional.empty();
    private Optional<MapsProbe> maps = Optional.empty();

    Opened(PeerCredentials peer, Pidfd pidfd) {
      this.peer = peer;
      this.pidfd = pidfd;
    }

    PinnedProcess pin(boolean fromSocket, long acceptedAtBootNanos)
        throws IOException, UnattestableException {
      ProcDirectory process = ProcDirectory.open(peer.pid());
      directory = Optional.of(process);
      MapsProbe probe = MapsProbe.open(process);
      maps = Optional.of(probe);
      ProcessMark mark = ProcessMark.read(process);
      requireStartedBefore(mark, fromSocket, acceptedAtBootNanos);
      requireUser(peer, ProcStatus.read(process));
      var pinned = new PinnedProcess(peer, pidfd, process, probe, mark);
      pinned.requireSame();
      return pinned;
    }

    PinnedProcess of(PinnedProcess other) throws IOException {
      ProcDirectory process = other.directory.duplicate();
      directory = Optional.of(process);
      MapsProbe probe = other.maps.duplicate();
      maps = Optional.of(probe);
      return new PinnedProcess(peer, pidfd, process, probe, other.mark);
    }

    void close() {
      maps.ifPresent(MapsProbe::close);
      directory.ifPresent(ProcDirectory::close);
      pidfd.close();
    }
  }

  private static void requireStartedBefore(
      ProcessMark mark, boolean fromSocket, long acceptedAtBootNanos) throws UnattestableException {
    long nanosPerTick = NANOS_PER_SECOND / Kernel.ticksPerSecond();
    long acceptedTick = acceptedAtBootNanos / nanosPerTick;
    // Its own pidfd says who it is, and it may well connect within the tick in which it was
    // started.
    boolean early = fromSocket ? mark.startTime() <= acceptedTick : mark.startTime() < acceptedTick;
    if (!early) {
      throw new UnattestableException(
          Reason.CHANGED,
          String.format(
              Locale.ROOT,
              "process %d was started at tick %d, its connection was accepted at tick %d (expected: started before)",
              mark.pid(),
              mark.startTime(),
              acceptedTick));
    }
  }

  /// The group too: whoever connects and then runs a setgid program has another one.
  private static void requireUser(PeerCredentials peer, ProcStatus status)
      throws UnattestableException, IOException {
    int uid = status.uids().get(1);
    int gid = status.gids().get(1);
    if (uid != peer.uid() || gid != peer.gid()) {
      throw new UnattestableException(
          Reason.CHANGED,
          String.format(
              Locale.ROOT,
              "process %d runs as uid %s, gid %s (expected: those that connected, %s and %s)",
              peer.pid(),
              Integer.toUnsignedString(uid),
              Integer.toUnsignedString(gid),
              Integer.toUnsignedString(peer.uid()),
              Integer.toUnsignedString(peer.gid())));
    }
  }

  /// Pins a process by its pid alone, as seen now; for tools that explain, never to decide who
  /// called.
  ///
  /// @throws UnattestableException if it cannot be held fast, with the reason
  public static PinnedProcess ofPid(int pid) throws UnattestableException {
    try {
      int uid;
      int gid;
      try (ProcDirectory process = ProcDirectory.open(pid)) {
        ProcStatus status = ProcStatus.read(process);
        uid = status.uids().get(1);
        gid = status.gids().get(1);
      }
      try (Pidfd now = Pidfd.open(pid)) {
        return pin(
            new PeerCredentials(pid, uid, gid), Optional.of(now), BootClock.system().nanos());
      }
    } catch (IOException e) {
      throw ProcDirectory.refusal(pid, e);
    }
  }

  /// Finds the process of which only the mark is left, for example after a restart of the daemon.
  ///
  /// @throws UnattestableException if there is no process any more that has this mark
  public static PinnedProcess ofMark(ProcessMark mark) throws UnattestableException {
    PinnedProcess found = ofPid(mark.pid());
    if (!found.mark().equals(mark)) {
      found.close();
      throw new UnattestableException(
          Reason.CHANGED,
          String.format(
              Locale.ROOT, "process %d is another one, or runs another program", mark.pid()));
    }
    return found;
  }

  /// Another hold on the same process, with its own life, after a look whether it is still the same
  /// one and still runs as the user who connected. Cheaper than a new pin, and surer: it watches
  /// the memory that the first one was bound to.
  ///
  /// @throws UnattestableException if it is not
  public PinnedProcess hold() throws UnattestableException {
    var copy = new Opened(peer, duplicate(pidfd));
    try {
      PinnedProcess held = copy.of(this);
      requireUser(peer, ProcStatus.read(directory));
      held.requireSame();
      return held;
    } catch (UnattestableException | RuntimeException e) {
      copy.close();
      throw e;
    } catch (IOException e) {
      copy.close();
      throw ProcDirectory.refusal(peer.pid(), e);
    }
  }

  private Pidfd duplicate(Pidfd original) throws UnattestableException {
    try {
      return original.duplicate();
    } catch (IOException e) {
      throw ProcDirectory.refusal(peer.pid(), e);
    }
  }

  /// The connection's credentials, as the kernel noted them.
  public PeerCredentials peer() {
    return peer;
  }

  /// The mark that it had when it was pinned, and has as long as [#isSame()].
  public ProcessMark mark() {
    return mark;
  }

  /// A handle on it, valid until [#close()].
  public Pidfd pidfd() {
    return pidfd;
  }

  /// Reads what the kernel says about it now. It counts only after [#requireSame()].
  ///
  /// @throws UnattestableException if it cannot be read
  public ProcessFacts facts() throws UnattestableException {
    return ProcessFacts.read(directory);
  }

  /// Looks again.
  ///
  /// @throws UnattestableException if it has ended or runs another program, with the reason
  public void requireSame() throws UnattestableException {
    ProcessMark now;
    try {
      now = ProcessMark.readAgain(directory, mark);
    } catch (UnattestableException e) {
      throw isEnding() ? exited() : e;
    }
    boolean sameProgram = now.equals(mark) && !maps.changed();
    // Last, since it covers all that was read before: a pid is not used again while its process
    // lives.
    if (!pidfd.isAlive()) {
      throw exited();
    }
    if (!sameProgram) {
      if (isEnding()) {
        throw exited();
      }
      throw new UnattestableException(
          Reason.CHANGED,
          String.format(
              Locale.ROOT, "process %d runs another program than before (exec)", mark.pid()));
    }
  }

  /// What ends loses its memory first, which looks like an exec, and is dead for its pidfd last.
  /// This only decides how it is called: the process is given up in either case.
  private boolean isEnding() {
    if (!pidfd.isAlive()) {
      return true;
    }
    try {
      return ProcStat.read(directory).isEnding();
    } catch (IOException e) {
      return !pidfd.isAlive();
    }
  }

  private UnattestableException exited() {
    return new UnattestableException(
        Reason.EXITED, String.format(Locale.ROOT, "process %d has ended", mark.pid()));
  }

  /// As [#requireSame()], for those who only want to know. Any doubt is a no.
  public boolean isSame() {
    try {
      requireSame();
      return true;
    } catch (UnattestableException e) {
      return false;
    }
  }

  /// Lets go of it. Idempotent.
  @Override
  public void close() {
    maps.close();
    directory.close();
    pidfd.close();
  }
}
