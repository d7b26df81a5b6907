package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// A control group of the unified hierarchy (cgroups(7)) that this process has made: what is
/// started in it can be held, and ended as a whole. Thread-safe.
public final class ControlGroup implements ProgramGroup {
  private static final int O_CLOEXEC = 0x80000;
  private static final short POLLPRI = 2;
  private static final int LONGEST = 4096;
  private static final long REMOVED_WITHIN_NANOS = 5_000_000_000L;
  private static final int LOOK_AGAIN_MILLIS = 5;

  private final Path folder;
  private final String path;

  private ControlGroup(Path folder, String path) {
    this.folder = folder;
    this.path = path;
  }

  /// Where this process may make groups: below its own one.
  ///
  /// @param mount where the unified hierarchy is seen
  /// @param own this process's group in it, `/` for the root
  public record Place(Path mount, String own) {
    /// Makes a group, or takes one that is there and empty.
    ///
    /// @param name a folder's name
    public ControlGroup make(String name) throws IOException {
      return new ControlGroup(mount.resolve(own.substring(1)), own.equals("/") ? "" : own)
          .child(name);
    }
  }

  /// Finds the hierarchy.
  ///
  /// @return empty: there is none, or it cannot be written to
  public static Optional<Place> place() throws IOException {
    try (ProcDirectory self = Kernel.own()) {
      Optional<String> own = unified(self);
      return hierarchy(self)
          .flatMap(at -> own.map(group -> new Place(at, group)))
          .filter(place -> Files.isWritable(place.mount().resolve(place.own().substring(1))));
    }
  }

  /// Where the unified hierarchy is seen; empty: it is not mounted.
  static Optional<Path> hierarchy(ProcDirectory self) throws IOException {
    return KernelText.lines(self.readText("mountinfo", 16 << 20))
        .filter(line -> line.contains(" - cgroup2 "))
        .map(line -> Path.of(line.split(" ", -1)[4]))
        .findFirst();
  }

  /// A process's group in the unified hierarchy, `/` for the root.
  static Optional<String> unified(ProcDirectory process) throws IOException {
    return unified(process.readText("cgroup", 1 << 16));
  }

  /// The same, of what the kernel wrote.
  static Optional<String> unified(String text) {
    return KernelText.lines(text)
        .filter(line -> line.startsWith("0::/"))
        .map(line -> line.substring(3))
        .findFirst();
  }

  /// A group inside this one.
  public ControlGroup child(String name) throws IOException {
    if (!name.matches("[a-z0-9][a-z0-9.-]{0,63}")) {
      throw new IllegalArgumentException("group " + name + " (expected: a folder's name)");
    }
    Path made = folder.resolve(name);
    if (!Files.isDirectory(made)) {
      Files.createDirectory(made);
    }
    return new ControlGroup(made, path + "/" + name);
  }

  /// Its path as /proc/PID/cgroup shows it.
  public String path() {
    return path;
  }

  /// Its folder in the file system.
  public Path folder() {
    return folder;
  }

  /// Stops every process in it, and those that come later, until [#thaw()].
  public void freeze() throws IOException {
    write("cgroup.freeze", "1");
  }

  /// Lets them go on.
  public void thaw() throws IOException {
    write("cgroup.freeze", "0");
  }

  /// Waits until there is a process in it, and all are stopped.
  ///
  /// @param given tells when to give up: the process that was to come has ended
  /// @return false: not within the time
  public boolean awaitHeld(Duration atMost, SpawnedProcess given) throws IOException {
    long until = System.nanoTime() + atMost.toNanos();
    Path events = folder.resolve("cgroup.events");
    try (Libc libc = Libc.frame();
        Descriptor file =
            Descriptor.of(
                libc.openat(Libc.NO_DIRECTORY, events.toString(), O_CLOEXEC), events.toString())) {
      while (System.nanoTime() < until) {
        String now = file.use(fd -> text(libc, fd));
        if (now.contains("populated 1") && now.contains("frozen 1")) {
          return true;
        }
        if (given.awaitEnd(Duration.ZERO)) {
          return false;
        }
        var _ = file.use(fd -> libc.poll(fd, POLLPRI, LOOK_AGAIN_MILLIS));
      }
      return false;
    }
  }

  private static String text(Libc libc, int fd) throws IOException {
    MemorySegment into = libc.allocate(LONGEST, 1);
    long count = libc.pread(fd, into, 0);
    if (count < 0) {
      throw new SystemCallException("pread(cgroup.events)", count);
    }
    return new String(into.asSlice(0, count).toArray(JAVA_BYTE), StandardCharsets.US_ASCII);
  }

  /// Sends every process in it a signal, but for new ones that come meanwhile. A group that was
  /// removed has none.
  @Override
  public void signal(int number) throws IOException {
    String pids;
    try {
      pids = Files.readString(folder.resolve("cgroup.procs"), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      // It may have been removed before it was opened, or before it was read.
      if (isGone() || isGoing(e)) {
        return;
      }
      throw e;
    }
    for (String pid : pids.lines().toList()) {
      try (Pidfd process = Pidfd.open(Integer.parseInt(pid));
          ProcDirectory directory = ProcDirectory.open(Integer.parseInt(pid));
          LaunchCalls calls = LaunchCalls.frame()) {
        // Looked at after it was pinned: the number may have become another process's.
        if (Cgroup.read(directory).equals(path)) {
          var _ = calls.pidfdSendSignal(process.fd(), number);
        }
      } catch (SystemCallException e) {
        if (!e.processGone()) {
          throw e;
        }
      }
    }
  }

  /// Ends every process in it and in the groups inside it, at once and without fail. A group that
  /// was removed has none.
  @Override
  public void kill() throws IOException {
    ifThere(() -> write("cgroup.kill", "1"));
  }

  private boolean isGone() {
    return !Files.isDirectory(folder);
  }

  /// Its files answer so from the moment on at which it is removed; its folder is seen a little
  /// longer.
  private static boolean isGoing(IOException e) {
    return String.valueOf(e.getMessage()).endsWith("No such device");
  }

  private interface Work {
    void run() throws IOException;
  }

  /// Somebody else may remove the group meanwhile.
  private void ifThere(Work work) throws IOException {
    try {
      if (!isGone()) {
        work.run();
      }
    } catch (IOException e) {
      if (!isGone() && !isGoing(e)) {
        throw e;
      }
    }
  }

  /// True if a process in it is alive.
  public boolean isPopulated() throws IOException {
    return Files.readString(folder.resolve("cgroup.events"), StandardCharsets.US_ASCII)
        .contains("populated 1");
  }

  /// Ends what is in it and in the groups inside it, and removes them all; those that are left of
  /// an earlier process too.
  @Override
  public void remove() throws IOException {
    ifThere(() -> {
      kill();
      thaw();
      long until = System.nanoTime() + REMOVED_WITHIN_NANOS;
      while (isPopulated() && System.nanoTime() < until) {
        pause();
      }
      removeFolders(folder);
    });
  }

  private static void removeFolders(Path group) throws IOException {
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(group, Files::isDirectory)) {
      for (Path one : inside) {
        removeFolders(one);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(group);
  }

  /// The kernel tells the end of the last process by an event, but not on this descriptor-free
  /// path; what was killed is gone within milliseconds.
  private void pause() throws IOException {
    Path events = folder.resolve("cgroup.events");
    try (Libc libc = Libc.frame();
        Descriptor file =
            Descriptor.of(
                libc.openat(Libc.NO_DIRECTORY, events.toString(), O_CLOEXEC), events.toString())) {
      var _ = file.use(fd -> libc.poll(fd, POLLPRI, LOOK_AGAIN_MILLIS));
    }
  }

  private void write(String file, String value) throws IOException {
    Files.writeString(folder.resolve(file), value, StandardCharsets.US_ASCII);
  }

  /// As [#remove()]; what cannot be removed stays for the next start.
  @Override
  public void close() {
    try {
      remove();
    } catch (IOException e) {
      return;
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "group %s", path);
  }
}
