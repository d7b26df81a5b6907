package dev.credence.node;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.code.CodeRefusedException;
import dev.credence.attestors.code.CodeRequest;
import dev.credence.attestors.code.CodeStore;
import dev.credence.attestors.code.StoredCode;
import dev.credence.certs.Sha256;
import dev.credence.node.launch.CodeCopies;
import dev.credence.node.launch.LaunchRules;
import dev.credence.node.launch.LaunchService;
import dev.credence.node.launch.LaunchSettings;
import dev.credence.node.launch.LaunchTable;
import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.FileStat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts the launch service of one node together.
///
/// @param store folder for the copies of code
record NodeLaunches(NodeConfig config, Path store, Seams seams) {
  private static final String STORE = "code";
  private static final String SOURCE = "the node's own copy";

  static NodeLaunches of(NodeConfig config, Seams seams) throws IOException {
    return new NodeLaunches(config, config.dataDir().toRealPath().resolve(STORE), seams);
  }

  /// Serves, if it is configured to; to be closed in order.
  void open(LaunchRules rules, LaunchTable table, Lifecycle parts) throws IOException {
    Optional<Path> socket = config.socket().launch();
    if (socket.isPresent()) {
      CodeStore copies =
          parts.add(
              CodeStore.open(
                  store,
                  seams.crypto(),
                  seams.clock(),
                  config.limits().code().one(),
                  config.limits().code().store()));
      parts.add(CodeTidying.start(copies::collect, seams.timers()));
      parts.add(
          LaunchService.open(
              settings(socket.get()), rules, request -> admit(copies, request), table));
    }
  }

  private LaunchSettings settings(Path socket) throws IOException {
    Path data = config.dataDir().toRealPath();
    String name =
        Sha256.of(data.toString().getBytes(StandardCharsets.UTF_8)).toString().substring(0, 16);
    return new LaunchSettings(
        socket,
        config.socket().mode(),
        config.socket().path(),
        "credence-" + name,
        untouchable(socket),
        hidden(canonical(config.socket().path()), data),
        LaunchSettings.USUAL_PER_UID,
        LaunchSettings.USUAL_TOTAL,
        LaunchSettings.USUAL_FOR_ROOT);
  }

  /// All of it, for the node's key is there; not where programs must find the socket in it.
  ///
  /// @param socket canonical, of the Workload API
  /// @param data canonical
  static Optional<Path> hidden(Path socket, Path data) {
    return socket.startsWith(data) ? Optional.empty() : Optional.of(data);
  }

  /// The node opens some of its programs' files late, by their paths.
  private List<Path> untouchable(Path socket) throws IOException {
    var all = new ArrayList<Path>();
    all.add(config.dataDir().toRealPath());
    all.add(canonical(socket));
    all.add(canonical(config.socket().path()));
    ProcessHandle.current().info().command().map(Path::of).ifPresent(all::add);
    var source = NodeLaunches.class.getProtectionDomain().getCodeSource();
    if (source != null) {
      all.add(Path.of(source.getLocation().getPath()));
    }
    return all;
  }

  /// Of a file that may not be there yet.
  private static Path canonical(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file : folder.toRealPath().resolve(file.getFileName());
  }

  private static CodeCopies.Copy admit(CodeStore store, CodeCopies.Request request)
      throws IOException {
    var reader = request.reader();
    try {
      StoredCode stored =
          store.admit(
              new CodeRequest(request.folder().toString(), request.entry(), Optional.empty()),
              new FileCredentials(reader.uid(), reader.gid(), reader.groups()));
      return new Held(stored);
    } catch (CodeRefusedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /// @param stored to be given back when the program has ended
  record Held(StoredCode stored) implements CodeCopies.Copy {
    @Override
    public Path folder() {
      return stored.path();
    }

    @Override
    public List<Evidence> evidence(int uid) {
      return stored.code().evidence(stored.assurance(uid), SOURCE);
    }

    @Override
    public boolean isFolder(FileStat seen) {
      return stored.isFolder(seen);
    }

    @Override
    public boolean isIntact() {
      return stored.isIntact();
    }

    @Override
    public void close() {
      stored.close();
    }
  }
}
