package dev.credence.e2e.attacks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What a story may need of the host. Each is tried, not guessed.
public enum Needs {
  /// The tests run as root.
  ROOT("root", ""),
  /// Programs of other users can be started: root, and setpriv.
  SETPRIV("setpriv as root", ""),
  /// An ordinary user may make a user namespace with a mount namespace in it.
  USER_NAMESPACES("user namespaces of ordinary users", ""),
  /// A control group of the second version can be made.
  CGROUP2("a version 2 cgroup hierarchy to write to", ""),
  /// FUSE file systems can be mounted.
  FUSE("FUSE", ""),
  /// An ext2 file system in a file can be mounted.
  LOOP("loop devices and mkfs.ext2", ""),
  /// A Python interpreter.
  PYTHON3("python3", "python3"),
  /// Node.js.
  NODE("node", "nodejs"),
  /// A C compiler.
  CC("cc", "gcc"),
  /// A container engine.
  PODMAN("podman with runc and a static busybox", "podman, runc, busybox-static"),
  /// A message bus that a test can start.
  DBUS("dbus-daemon", "dbus");

  private static final long SECONDS = 20;

  private final String label;
  private final String packages;

  Needs(String label, String packages) {
    this.label = label;
    this.packages = packages;
  }

  /// For people.
  public String label() {
    return label;
  }

  /// What .ci/run installs for it; empty: the host has it or has it not.
  Optional<String> packages() {
    return Optional.of(packages).filter(names -> !names.isEmpty());
  }

  /// True if the host can do it.
  boolean met() {
    try {
      return attempt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean attempt() throws IOException, InterruptedException {
    return switch (this) {
      case ROOT -> uid().equals("0");
      case SETPRIV -> run(nobody("true"));
      case USER_NAMESPACES ->
          run(nobody("unshare", "--user", "--map-root-user", "--mount", "true"));
      case CGROUP2 -> canMakeGroup();
      case FUSE -> run("sh", "-c", ": <> /dev/fuse");
      case LOOP -> run("mkfs.ext2", "-V") && run("losetup", "--find");
      case PYTHON3 -> run("/usr/bin/python3", "-c", "import ctypes");
      case NODE -> run("node", "--version");
      case CC -> run("cc", "--version");
      case PODMAN ->
          run("podman", "--version") && run("runc", "--version") && run("busybox", "true");
      case DBUS -> run("dbus-daemon", "--version");
    };
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
