package dev.credence.attestors.container;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// A real Podman with a storage of its own in a folder, which serves the Docker-compatible API, and
/// an image made of busybox. Its containers are removed when it is closed. Used by one thread.
public final class Podman implements AutoCloseable {
  /// The image's name.
  public static final String IMAGE = "localhost/credence-test:1";

  private static final long SECONDS = 60;
  private static final String CONFIGURATION =
      """
      [containers]
      default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
      pids_limit = 0
      netns = "none"
      log_driver = "k8s-file"
      [engine]
      runtime = "runc"
      cgroup_manager = "cgroupfs"
      events_logger = "file"
      [engine.runtimes]
      runc = ["/usr/sbin/runc", "/usr/bin/runc"]
      """;

  private final Path folder;
  private final Map<String, Path> programs;
  private final Process service;

  private Podman(Path folder, Map<String, Path> programs) throws IOException, InterruptedException {
    this.folder = folder;
    this.programs = Map.copyOf(programs);
    Files.writeString(folder.resolve("containers.conf"), CONFIGURATION);
    makeImage();
    this.service =
        builder(command("system", "service", "--time=0", "unix://" + socket()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("service.log").toFile())
            .start();
    awaitService();
  }

  /// Starts one.
  public static Podman start(Path folder) throws IOException, InterruptedException {
    return new Podman(folder, Map.of());
  }

  /// Starts one whose image has these files of the host beside busybox, by their places in it.
  public static Podman start(Path folder, Map<String, Path> programs)
      throws IOException, InterruptedException {
    return new Podman(folder, programs);
  }

  /// What is missing for it on this host; empty: nothing.
  public static Optional<String> missing() throws IOException {
    boolean root = Files.getOwner(Path.of("/proc/self/stat")).getName().equals("root");
    List<String> missing = new ArrayList<>();
    Stream.of("podman", "runc", "busybox")
        .filter(name ->
            Stream.of("/usr/bin/", "/usr/sbin/", "/bin/")
                .noneMatch(place -> Files.isExecutable(Path.of(place + name))))
        .forEach(missing::add);
    if (!root) {
      missing.add("root");
    }
    if (!Files.isWritable(Path.of("/sys/fs/cgroup"))) {
      missing.add("a writable /sys/fs/cgroup");
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("needs what is missing here: " + String.join(", ", missing));
  }

  /// Where it serves.
  public Path socket() {
    return folder.resolve("podman.sock");
  }

  /// The digest of the image's configuration, with `sha256:`.
  public String digest() throws IOException, InterruptedException {
    return "sha256:" + run("image", "inspect", "--format", "{{.Id}}", IMAGE);
  }

  /// Starts a container in the background.
  ///
  /// @param arguments options of `podman run`, image and command
  /// @return its full id
  public String container(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("run", "--detach"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  /// The command line that runs a container in the foreground, whose standard input and output are
  /// the caller's; [#environment()] goes with it.
  public List<String> foreground(String... arguments) {
    var command = new ArrayList<>(List.of("run", "--interactive"));
    command.addAll(List.of(arguments));
    return command(command.toArray(String[]::new));
  }

  /// What every command of this engine needs in its environment.
  public Map<String, String> environment() {
    return Map.of("CONTAINERS_CONF", folder.resolve("containers.conf").toString());
  }

  /// Another image of the same files; its configuration, and so its digest, is another.
  public void otherImage(String name) throws IOException, InterruptedException {
    var _ =
        run("import", "--change", "LABEL=other=1", folder.resolve("image.tar").toString(), name);
  }

  /// The pid of its first process, as the host counts.
  public int pid(String id) throws IOException, InterruptedException {
    return Integer.parseInt(run("inspect", "--format", "{{.State.Pid}}", id));
  }

  /// Another program in it, whose standard input and output are the caller's.
  public Process exec(String id, String... program) throws IOException {
    var command = new ArrayList<>(List.of("exec", "--interactive", id));
    command.addAll(List.of(program));
    return builder(command(command.toArray(String[]::new))).start();
  }

  /// What it has written.
  public String logs(String id) throws IOException, InterruptedException {
    return run("logs", id);
  }

  /// Stops a container at once.
  public void kill(String id) throws IOException, InterruptedException {
    var _ = run("kill", id);
  }

  /// Runs a command of podman to its end.
  ///
  /// @return what it printed, without white space around it
  public String run(String... arguments) throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    Process process = builder(command(arguments)).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    String out =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(
          "podman " + String.join(" ", arguments) + ": " + Files.readString(errors).strip());
    }
    return out;
  }

  private void makeImage() throws IOException, InterruptedException {
    Path bin = Files.createDirectories(folder.resolve("image/bin"));
    Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
    for (String applet : List.of("sh", "cat", "sleep", "cp", "id", "sha256sum")) {
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    Files.createDirectories(folder.resolve("image/tmp"));
    for (Map.Entry<String, Path> program : programs.entrySet()) {
      Path copy = folder.resolve("image").resolve(program.getKey());
      Files.createDirectories(Objects.requireNonNull(copy.getParent()));
      Files.copy(program.getValue(), copy);
    }
    Path tar = folder.resolve("image.tar");
    Process packing =
        new ProcessBuilder(
                "tar", "-C", folder.resolve("image").toString(), "-cf", tar.toString(), ".")
            .inheritIO()
            .start();
    if (packing.waitFor() != 0) {
      throw new IOException("tar failed");
    }
    var _ = run("import", tar.toString(), IMAGE);
  }

  private List<String> command(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                "podman",
                "--root",
                folder.resolve("g").toString(),
                "--runroot",
                folder.resolve("r").toString(),
                "--tmpdir",
                folder.resolve("t").toString(),
                "--storage-driver",
                "vfs"));
    command.addAll(List.of(arguments));
    return command;
  }

  private ProcessBuilder builder(List<String> command) {
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment());
    return builder;
  }

  private void awaitService() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        probe.connect(UnixDomainSocketAddress.of(socket()));
        return;
      } catch (IOException e) {
        // Not yet, unless it has given up.
        if (service.waitFor(20, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    }
    throw new IOException("podman does not serve: " + Files.readString(log()));
  }

  private Path log() {
    return folder.resolve("service.log");
  }

  /// Stops serving; containers go on.
  public void stopServing() throws IOException {
    service.destroy();
    try {
      if (!service.waitFor(SECONDS, TimeUnit.SECONDS)) {
        service.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while podman stops", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      var _ = run("rm", "--force", "--all", "--time", "0");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while containers are removed", e);
    } finally {
      stopServing();
      awaitCleaners();
    }
  }

  /// What follows a container's end removes and writes files for a moment longer, and whoever
  /// deletes the folder meanwhile fails.
  private void awaitCleaners() throws IOException {
    // Again, since one starts the next.
    for (List<ProcessHandle> left = working(); !left.isEmpty(); left = working()) {
      for (ProcessHandle process : left) {
        awaitEnd(process);
      }
    }
  }

  private List<ProcessHandle> working() {
    return ProcessHandle.allProcesses().filter(this::worksHere).toList();
  }

  private static void awaitEnd(ProcessHandle process) throws IOException {
    try {
      process.onExit().get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while podman cleans up", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("podman cleans up for too long: process " + process.pid(), e);
    }
  }

  private boolean worksHere(ProcessHandle process) {
    try {
      return process.pid() != ProcessHandle.current().pid()
          && Files.readString(
                  Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
              .contains(folder.resolve("g").toString());
    } catch (IOException e) {
      return false; // it has just ended
    }
  }
}
