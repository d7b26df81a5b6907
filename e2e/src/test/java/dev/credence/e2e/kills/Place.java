package dev.credence.e2e.kills;

import dev.credence.e2e.program.Daemon;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Where a server and its nodes are: folders, configurations, ports that stay the same over
/// restarts.
///
/// @param crlPort where the revocation lists are
record Place(Path folder, int port, int crlPort) {

  static Place in(Path folder) throws IOException {
    try (var one = free();
        var other = free()) {
      var place = new Place(folder, one.getLocalPort(), other.getLocalPort());
      Files.createDirectories(folder);
      var config =
          Daemon.serverConfig(
              folder,
              "crl:",
              "  listen: 127.0.0.1:" + place.crlPort,
              "dev: true",
              "metrics:",
              "  listen: \"off\"");
      Files.writeString(
          config, Files.readString(config).replace("127.0.0.1:0", "127.0.0.1:" + place.port));
      return place;
    }
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  Path serverConfig() {
    return folder.resolve("server.yaml");
  }

  Path adminSocket() {
    return folder.resolve("admin.sock");
  }

  Path database() {
    return folder.resolve("data/credence.db");
  }

  /// The configuration of a node in a folder of its own, which has a token.
  Path nodeConfig(String name, String token) throws IOException {
    return Daemon.nodeConfig(folder.resolve(name), "127.0.0.1:" + port, token);
  }

  Path nodeSocket(String name) {
    return folder.resolve(name).resolve("api.sock");
  }

  /// Somebody lost a node's bundle, and brings another token.
  void loseBundle(String name, String token) throws IOException {
    Files.delete(folder.resolve(name).resolve("data/bundle.pem"));
    var fresh = folder.resolve(name).resolve("token.fresh");
    Files.writeString(fresh, token);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
    Files.move(fresh, folder.resolve(name).resolve("token"), StandardCopyOption.ATOMIC_MOVE);
  }

  List<String> tokenLeft(String name) throws IOException {
    var file = folder.resolve(name).resolve("token");
    return Files.exists(file) ? List.of(file + " is still there") : List.of();
  }
}
