package dev.credence.e2e.launch;

import dev.credence.e2e.program.Java;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.rig.Rig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A rig whose node starts programs, and a folder with the code of an agent in Python. Used by one
/// thread.
final class LaunchPlace implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(60);

  private static final List<String> FILES = List.of("agent.py", "helper.py");
  private static final Pattern MEASURED = Pattern.compile("code:tree is ([0-9a-f]{64})");

  private final Rig rig;
  private final Path code;

  private LaunchPlace(Rig rig, Path code) {
    this.rig = rig;
    this.code = code;
  }

  /// Starts the rig, and puts the agent's code into a folder that everybody may read.
  static LaunchPlace start() throws Exception {
    var rig = Rig.start();
    var code = Files.createTempDirectory("agent-code");
    open(code);
    open(Objects.requireNonNull(rig.file("x").getParent()));
    open(Objects.requireNonNull(rig.node().socket().getParent()));
    for (String name : FILES) {
      try (InputStream in = LaunchPlace.class.getResourceAsStream("/launch/" + name)) {
        Files.copy(
            Objects.requireNonNull(in, name),
            code.resolve(name),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return new LaunchPlace(rig, code);
  }

  private static void open(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Rig rig() {
    return rig;
  }

  Path code() {
    return code;
  }

  Path launchSocket() {
    Path api = rig.node().socket();
    return api.resolveSibling(api.getFileName() + ".launch");
  }

  /// What the node measures of the folder now: it says so when it refuses.
  String tree() throws Exception {
    var probe = "probe-" + System.nanoTime();
    rig.agent("probes", probe).forProcesses("code:tree:" + "0".repeat(64));
    try (var refused = run(probe, List.of("--user", "nobody"), "python3", "agent.py")) {
      var line = refused.err().first("refusal", text -> MEASURED.matcher(text).find(), SOON);
      Matcher matcher = MEASURED.matcher(line);
      if (!matcher.find()) {
        throw new AssertionError(line);
      }
      return matcher.group(1);
    }
  }

  /// The same code in a folder of this user's own.
  Path copyOwnedBy(String user) throws IOException {
    var owner = code.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    var folder = Files.createDirectory(rig.file("of-" + user));
    var inner = Files.createDirectory(folder.resolve("code"));
    open(folder);
    open(inner);
    for (String name : FILES) {
      Files.copy(code.resolve(name), inner.resolve(name));
    }
    Files.setOwner(folder, owner);
    return inner;
  }

  /// `credence run --agent AGENT OPTIONS -- COMMAND` in the folder of the code, as root.
  Running run(String agent, List<String> options, String... command) throws IOException {
    return Running.start("credence run", words(agent, options, command), Map.of(), code);
  }

  /// The command line.
  List<String> words(String agent, List<String> options, String... command) {
    var words = new ArrayList<String>();
    words.addAll(
        Java.command(
            "-cp",
            String.join(":", Java.classPath()),
            "dev.credence.cli.Main",
            "run",
            "--socket",
            launchSocket().toString(),
            "--agent",
            agent));
    words.addAll(options);
    words.add("--");
    words.addAll(List.of(command));
    return words;
  }

  @Override
  public void close() throws IOException {
    rig.close();
    for (String name : FILES) {
      Files.deleteIfExists(code.resolve(name));
    }
    try (var left = Files.newDirectoryStream(code)) {
      for (Path each : left) {
        Files.delete(each);
      }
    }
    Files.deleteIfExists(code);
  }
}
