package dev.credence.bench;

import dev.credence.proto.admin.v1.SubjectsGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A running `credence dev` and a connection to its administrator's socket.
final class Plane implements AutoCloseable {

  private final Path folder;
  private final Child dev;
  private final AdminConnection admin;

  private Plane(Path folder, Child dev) {
    this.folder = folder;
    this.dev = dev;
    this.admin = AdminConnection.open(adminSocket());
  }

  static Plane start(Path credence, Path folder) throws IOException {
    var command = List.of(credence.toString(), "dev", "--dir", folder.toString());
    var dev = Child.start(command, Map.of("CREDENCE_NO_BUILD", "1"), Path.of("/dev/null"));
    dev.line("ready");
    var plane = new Plane(folder, dev);
    plane.admin.createOwner();
    return plane;
  }

  Path socket() {
    return folder.resolve("api.sock");
  }

  Path adminSocket() {
    return folder.resolve("admin.sock");
  }

  AdminConnection admin() {
    return admin;
  }

  /// The node's process: the child that is told so on its command line.
  ProcessStat node() throws IOException {
    return daemon("dev.credence.node.NodeMain");
  }

  /// The server's process.
  ProcessStat server() throws IOException {
    return daemon("dev.credence.server.app.ServerMain");
  }

  private ProcessStat daemon(String main) throws IOException {
    for (var process : dev.handle().descendants().toList()) {
      // Not from ProcessHandle.Info: it shows the first 4,096 bytes.
      var words = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).split("\0", -1);
      if (List.of(words).contains(main)) {
        return new ProcessStat(process.pid());
      }
    }
    throw new IOException("no process of " + main);
  }

  /// Registers an agent by the executable of its processes.
  void register(String name, Path executable) {
    var subject =
        SubjectsGrpc.newBlockingStub(admin.channel())
            .createSubject(admin.registration(name, executable));
    if (!subject.getName().equals(name)) {
      throw new IllegalStateException("agent " + subject.getName() + " (expected: " + name + ")");
    }
  }

  @Override
  public void close() {
    admin.close();
    dev.close();
  }
}
