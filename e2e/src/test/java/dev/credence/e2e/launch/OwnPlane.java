package dev.credence.e2e.launch;

import dev.credence.e2e.program.Finished;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// `credence dev` by an ordinary user (by this one, if it is one), with the code of an agent in
/// Python beside it: a node that is not root, and callers of its own user. Only what everybody may
/// read is used: the built program, and the system's Python. Used by one thread.
final class OwnPlane implements AutoCloseable, Story.HasLog {
  static final String AGENT = "own-bot";

  private static final List<String> FILES = List.of("agent.py", "helper.py");

  private final Path folder;
  private final Running dev;

  private OwnPlane(Path folder, Running dev) {
    this.folder = folder;
    this.dev = dev;
  }

  /// Under a filter in which unshare(2) fails, for programs that this one becomes.
  private static final String NO_NAMESPACES =
      """
      import ctypes, os, platform, struct, sys
      unshare = {"x86_64": 272, "aarch64": 97}[platform.machine()]
      words = [(0x20, 0, 0, 0), (0x15, 0, 1, unshare), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
      code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *word) for word in words))
      program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(words), ctypes.addressof(code)))
      libc = ctypes.CDLL(None, use_errno=True)
      if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0:
          raise OSError(ctypes.get_errno(), "prctl")
      os.execv(sys.argv[1], sys.argv[1:])
      """;

  /// Starts it.
  static OwnPlane start() throws Exception {
    return start(List.of());
  }

  /// As on a host that lets ordinary users make no user namespaces.
  static OwnPlane startWithoutNamespaces() throws Exception {
    return start(List.of("/usr/bin/python3", "-c", NO_NAMESPACES));
  }

  private static OwnPlane start(List<String> through) throws Exception {
    var folder = Files.createTempDirectory("own");
    // The other user must get to what is below.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    for (String name : List.of("dev", "code")) {
      var made = Files.createDirectory(folder.resolve(name));
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    for (String name : FILES) {
      try (InputStream in = OwnPlane.class.getResourceAsStream("/launch/" + name)) {
        Files.copy(Objects.requireNonNull(in, name), folder.resolve("code").resolve(name));
      }
      Files.setPosixFilePermissions(
          folder.resolve("code").resolve(name), PosixFilePermissions.fromString("rw-r--r--"));
    }
    var words = new ArrayList<>(ordinary().prefix());
    words.addAll(through);
    var dev =
        new Program(words, ordinary().environment())
            .start("dev", "--dir", folder.resolve("dev/plane").toString());
    dev.line("ready", LaunchPlace.SOON);
    return new OwnPlane(folder, dev);
  }

  private static Program ordinary() throws IOException {
    return Program.credence().asOrdinaryUser();
  }

  Path code() {
    return folder.resolve("code");
  }

  Path nodeData() {
    return folder.resolve("dev/plane/node");
  }

  Running dev() {
    return dev;
  }

  /// Commands of the ordinary user, in the folder of the code.
  Program user() throws IOException {
    var words = new ArrayList<>(ordinary().prefix());
    words.addAll(List.of("env", "--chdir=" + code()));
    return new Program(words, ordinary().environment()).with(variables());
  }

  /// Commands of whoever runs the tests, in the folder of the code.
  Program somebodyElse() {
    return new Program(List.of("env", "--chdir=" + code()), variables());
  }

  private java.util.Map<String, String> variables() {
    var sockets = folder.resolve("dev/plane");
    return java.util.Map.of(
        "SPIFFE_ENDPOINT_SOCKET",
        "unix://" + sockets.resolve("api.sock"),
        "CREDENCE_ADMIN_SOCKET",
        sockets.resolve("admin.sock").toString());
  }

  /// Registers the agent with what its code is measured to be now.
  void register(String... more) throws Exception {
    var selectors = new ArrayList<String>();
    user()
        .run("agent", "measure", code().toString(), "--entry", "agent.py")
        .done()
        .out()
        .lines()
        .filter(line -> line.startsWith("--selector "))
        .forEach(line -> selectors.addAll(Arrays.asList(line.split(" ", 2))));
    user().run("owner", "create", "finance", "--human", "ada").done();
    var words =
        new ArrayList<>(
            List.of("agent", "create", AGENT, "--owner", "finance", "--purpose", "Tried."));
    words.addAll(selectors);
    words.addAll(List.of(more));
    user().run(words.toArray(String[]::new)).done();
  }

  Running run(String... command) throws IOException {
    return user().start(words(command));
  }

  /// To its end.
  Finished ran(String... command) throws Exception {
    return user().run(words(command));
  }

  String[] words(String... command) {
    var words = new ArrayList<>(List.of("run", "--agent", AGENT, "--"));
    words.addAll(List.of(command));
    return words.toArray(String[]::new);
  }

  /// The node's process.
  ProcessHandle node() throws IOException {
    for (ProcessHandle child : dev.handle().descendants().toList()) {
      var line = Files.readString(Path.of("/proc/" + child.pid() + "/cmdline"));
      if (line.contains("dev.credence.node.NodeMain")) {
        return child;
      }
    }
    throw new AssertionError("no node among the children of " + dev.pid());
  }

  @Override
  public String log() {
    var text = new StringBuilder(dev.log());
    for (String name : List.of("server.log", "node.log")) {
      try {
        text.append("[").append(name).append("]\n");
        text.append(
            Files.readString(folder.resolve("dev/plane").resolve(name), StandardCharsets.UTF_8));
      } catch (IOException e) {
        text.append(e.getMessage()).append('\n');
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    try (dev) {
      if (dev.isAlive()) {
        dev.signal("TERM");
        var _ = dev.exit(LaunchPlace.SOON);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } finally {
      remove();
    }
  }

  private void remove() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        if (Files.isDirectory(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      return; // it stays in /tmp
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      return;
    }
  }
}
