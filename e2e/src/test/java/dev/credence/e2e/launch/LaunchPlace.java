package dev.credence.e2e.launch;

import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.client.Selectors;
import dev.credence.e2e.program.Java;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.rig.Rig;
import dev.credence.proto.admin.v1.AddRegistrationRequest;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.common.v1.SubjectKind;
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
  private final QuietAccount account;

  private LaunchPlace(Rig rig, Path code) throws IOException {
    this.rig = rig;
    this.code = code;
    this.account = QuietAccount.find();
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

  /// Whom the programs run as: nobody else does.
  QuietAccount account() {
    return account;
  }

  /// `--user` and that account's name.
  List<String> asAccount() {
    return List.of("--user", account.name());
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

  /// The same in another folder.
  Running runIn(Path folder, String agent, List<String> options, String... command)
      throws IOException {
    return Running.start("credence run", words(agent, options, command), Map.of(), folder);
  }

  /// Any other command of the program.
  Running credence(String... command) throws IOException {
    var words = credence();
    words.addAll(List.of(command));
    return Running.start("credence " + command[0], words, Map.of(), code);
  }

  /// What `credence agent measure` says is to be registered for this code.
  List<String> measured(Path folder, String... options) throws Exception {
    var words = new ArrayList<>(List.of("agent", "measure", folder.toString()));
    words.addAll(List.of(options));
    try (var measure = credence(words.toArray(String[]::new))) {
      if (measure.exit(SOON) != 0) {
        throw new AssertionError(measure.log());
      }
      return measure.out().all().stream()
          .filter(line -> line.startsWith("--selector "))
          .map(line -> line.substring("--selector ".length()))
          .toList();
    }
  }

  /// Adds a set of selectors to an agent that is there.
  void alsoFor(String agent, List<String> selectors) {
    var request =
        AddRegistrationRequest.newBuilder()
            .setOptions(ChangeOptions.newBuilder().setRequestId(RequestIds.next()))
            .setKind(SubjectKind.SUBJECT_KIND_AGENT)
            .setReference(agent)
            .setAnyNode(true)
            .addAllSelectors(Selectors.of(selectors.toArray(String[]::new)));
    var _ = rig.admin().call(SubjectLifeGrpc::newBlockingStub).addRegistration(request.build());
  }

  private static List<String> credence() {
    return new ArrayList<>(
        Java.command("-cp", String.join(":", Java.classPath()), "dev.credence.cli.Main"));
  }

  /// The command line.
  List<String> words(String agent, List<String> options, String... command) {
    var words = credence();
    words.addAll(List.of("run", "--socket", launchSocket().toString(), "--agent", agent));
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
