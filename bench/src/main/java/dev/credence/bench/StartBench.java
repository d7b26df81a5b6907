package dev.credence.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// How long programs take from exec to their first useful sign, and what memory they hold then.
///
/// @param root the project's folder
record StartBench(Path root) implements Bench {

  private static final int VERSIONS = 21;
  private static final int STARTS = 7;
  private static final Map<String, String> NO_BUILD = Map.of("CREDENCE_NO_BUILD", "1");

  @Override
  public String name() {
    return "start";
  }

  @Override
  public void run(Report report) throws Exception {
    report.section("Start");
    report.row(
        "`./credence version` (not the first): exec → first output, up-to-date check included",
        version(Map.of()));
    report.row("the same with `CREDENCE_NO_BUILD=1`: no check", version(NO_BUILD));
    var server = new Sample(STARTS);
    var join = new Sample(STARTS);
    var again = new Sample(STARTS);
    String serverMemory = "";
    String nodeMemory = "";
    for (int i = 0; i < STARTS; i++) {
      try (var scratch = Scratch.create();
          var running = daemon("server", serverConfig(scratch.folder()), server)) {
        serverMemory = new ProcessStat(running.pid()).resident();
        var config = nodeConfig(scratch.folder(), running, root);
        try (var node = daemon("node", config, join)) {
          nodeMemory = new ProcessStat(node.pid()).resident();
        }
        daemon("node", config, again).close();
      }
    }
    report.row("server: exec → `ready` on an empty folder", server);
    report.row("server: VmRSS at `ready`", serverMemory);
    report.row("node: exec → `ready`, first contact (key, token, SVID) included", join);
    report.row("node: exec → `ready`, at a later start", again);
    report.row("node: VmRSS at `ready`", nodeMemory);
  }

  private Sample version(Map<String, String> environment) throws IOException, InterruptedException {
    var sample = new Sample(VERSIONS);
    for (int i = 0; i <= VERSIONS; i++) {
      try (var child =
          Child.start(List.of(credence(), "version"), environment, Path.of("/dev/null"))) {
        child.line();
        if (i > 0) {
          sample.add(System.nanoTime() - child.began());
        }
        child.ended();
      }
    }
    return sample;
  }

  private String credence() {
    return root.resolve("credence").toString();
  }

  private Child daemon(String name, Path config, Sample sample) throws IOException {
    var log = config.resolveSibling(name + ".log");
    var child =
        Child.start(List.of(credence(), name, "--config", config.toString()), NO_BUILD, log);
    var ready = child.line("ready");
    sample.add(System.nanoTime() - child.began());
    Files.writeString(config.resolveSibling(name + ".ready"), ready);
    return child;
  }

  private static Path serverConfig(Path folder) throws IOException {
    return Files.write(
        folder.resolve("server.yaml"),
        List.of(
            "trust_domain: bench.example",
            "listen: 127.0.0.1:0",
            "data_dir: " + folder.resolve("server"),
            "admin:",
            "  socket: " + folder.resolve("admin.sock")));
  }

  private static Path nodeConfig(Path folder, Child server, Path root)
      throws IOException, InterruptedException {
    if (!server.handle().isAlive()) {
      throw new IOException("the server is gone");
    }
    var listen =
        Files.readString(folder.resolve("server.ready")).replaceAll(".*listen=(\\S+).*", "$1");
    var token =
        List.of(
            root.resolve("credence").toString(),
            "node",
            "token",
            "create",
            "--socket",
            folder.resolve("admin.sock").toString());
    try (var child = Child.start(token, NO_BUILD, Path.of("/dev/null"))) {
      var file = Files.writeString(folder.resolve("token"), child.line());
      Files.setPosixFilePermissions(
          file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
      child.ended();
    }
    return Files.write(
        folder.resolve("node.yaml"),
        List.of(
            "trust_domain: bench.example",
            "server: " + listen,
            "data_dir: " + folder.resolve("node"),
            "socket: " + folder.resolve("api.sock"),
            "join_token_file: " + folder.resolve("token")));
  }
}
