package dev.credence.e2e.attacks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// What a story may need of the host. Each is tried, once per test JVM, not guessed.
public enum Needs {
  /// The tests run as root.
  ROOT("root", () -> run("test", "0", "-eq", uid())),
  /// Programs of other users can be started: root, and setpriv.
  SETPRIV("setpriv as root", () -> run(Needs.nobody("true"))),
  /// An ordinary user may make a user namespace with a mount namespace in it.
  USER_NAMESPACES(
      "user namespaces of ordinary users",
      () -> run(Needs.nobody("unshare", "--user", "--map-root-user", "--mount", "true"))),
  /// A control group of the second version can be made.
  CGROUP2("a version 2 cgroup hierarchy to write to", Needs::canMakeGroup),
  /// FUSE file systems can be mounted.
  FUSE("FUSE", () -> run("sh", "-c", ": <> /dev/fuse")),
  /// A Python interpreter.
  PYTHON3("python3", "python3", () -> run("/usr/bin/python3", "-c", "import ctypes")),
  /// Node.js.
  NODE("node", "nodejs", () -> run("node", "--version")),
  /// A C compiler.
  CC("cc", "gcc", () -> run("cc", "--version")),
  /// A container engine.
  PODMAN(
      "podman with runc and a static busybox",
      "podman, runc, busybox-static",
      () -> run("podman", "--version") && run("runc", "--version") && run("busybox", "true")),
  /// A message bus that a test can start.
  DBUS("dbus-daemon", "dbus", () -> run("dbus-daemon", "--version"));

  private static final long SECONDS = 20;
  private static final ConcurrentHashMap<Needs, Boolean> TRIED = new ConcurrentHashMap<>();

  private final String label;
  private final Optional<String> packages;
  private final Callable<Boolean> probe;

  Needs(String label, Callable<Boolean> probe) {
    this(label, Optional.empty(), probe);
  }

  Needs(String label, String packages, Callable<Boolean> probe) {
    this(label, Optional.of(packages), probe);
  }

  Needs(String label, Optional<String> packages, Callable<Boolean> probe) {
    this.label = label;
    this.packages = packages;
    this.probe = probe;
  }

  /// For people.
  public String label() {
    return label;
  }

  /// What .ci/run installs for it; empty: the host has it or has it not.
  Optional<String> packages() {
    return packages;
  }

  /// True if the host can do it.
  boolean met() {
    return TRIED.computeIfAbsent(this, Needs::attempt);
  }

  private static boolean attempt(Needs need) {
    try {
      return need.probe.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (Exception e) {
      return false;
    }
  }

  /// A command line that runs this as an ordinary user.
  static String[] nobody(String... command) {
    var words =
        new java.util.ArrayList<>(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    words.addAll(List.of(command));
    return words.toArray(String[]::new);
  }

  private static String uid() throws IOException {
    return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    var process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }

  private static boolean canMakeGroup() throws IOException {
    var hierarchy = Cgroup2.root();
    if (hierarchy.isEmpty()) {
      return false;
    }
    Files.delete(Files.createTempDirectory(hierarchy.get(), "credence-needs-"));
    return true;
  }
}
