package dev.credence.server.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.platform.config.DataFolderException;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.server.core.BackupHead;
import dev.credence.server.core.port.StoreCopy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a restore refuses before it has changed anything.
class RestoreCommandTest {
  @TempDir Path folder;

  private Path config() throws IOException {
    return Files.writeString(
        folder.resolve("server.yaml"),
        "trust_domain: example.org\ndata_dir: data\nlisten: 127.0.0.1:0\n");
  }

  private CredenceServer server() throws Exception {
    return CredenceServer.start(
        ServerConfig.read(config()), Seams.real(CryptoProviders.fastest(), e -> {}));
  }

  private String restore(Path file, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("restore", file.toString(), "--config", config().toString()));
    words.addAll(List.of(more));
    return RestoreCommand.parse(words.toArray(String[]::new)).run(Clock.systemUTC());
  }

  private Path backup(String trustDomain, byte[] content, byte[] announced) throws IOException {
    var head =
        new BackupHead(
            new StoreCopy.Facts(
                1, trustDomain, Id.random(new SecureRandom()), 0, 0, announced.length),
            Instant.EPOCH,
            Sha256.of(announced));
    var bytes = new ByteArrayOutputStream();
    bytes.write(head.bytes());
    bytes.write(content);
    return Files.write(folder.resolve("backup"), bytes.toByteArray());
  }

  private byte[] database() throws IOException {
    return Files.readAllBytes(folder.resolve("data/credence.db"));
  }

  @Test
  void whileAServerRuns_isRefused() throws Exception {
    Path file = backup("example.org", new byte[9], new byte[9]);
    try (CredenceServer _ = server()) {
      assertThatThrownBy(() -> restore(file))
          .isInstanceOf(DataFolderException.class)
          .hasMessageContaining("in use");
    }
  }

  @Test
  void aBackupThatIsNone_changesNothing() throws Exception {
    server().close();
    byte[] before = database();
    byte[] text = "nothing like a database, though it is as long as announced".getBytes(UTF_8);
    byte[] other = text.clone();
    other[5] ^= 1;
    assertThatThrownBy(() -> restore(backup("example.com", text, text)))
        .hasMessageContaining("trust domain example.com (expected: example.org");
    assertThatThrownBy(() -> restore(backup("example.org", other, text)))
        .hasMessageContaining("SHA-256");
    assertThatThrownBy(() -> restore(backup("example.org", new byte[3], text)))
        .hasMessageContaining("bytes (expected:");
    assertThatThrownBy(() -> restore(backup("example.org", text, text)))
        .hasMessageContaining("not a database");
    assertThatThrownBy(() -> restore(Files.write(folder.resolve("noise"), text)))
        .hasMessageContaining("not a backup");
    assertThatThrownBy(() -> restore(folder.resolve("missing")))
        .hasMessageContaining("no such file");
    assertThat(database()).isEqualTo(before);
    try (var files = Files.list(folder.resolve("data"))) {
      assertThat(files.map(it -> it.getFileName().toString()))
          .noneMatch(name -> name.contains("restoring") || name.contains("replaced"));
    }
  }

  @Test
  void withoutTheReplacedDatabase_isRefused_unlessThatIsWanted() throws Exception {
    server().close();
    byte[] content = database();
    Path file = backup("example.org", content, content);
    Files.delete(folder.resolve("data/credence.db"));
    assertThatThrownBy(() -> restore(file)).hasMessageContaining("--without-later-bans");
    assertThat(restore(file, "--without-later-bans", "-o", "json"))
        .contains("\"later-bans\": \"lost\"");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("data/credence.db"))))
        .isEqualTo("rw-------");
    server().close();
  }

  @Test
  void withoutKeys_isRefused() throws Exception {
    server().close();
    byte[] content = database();
    Path file = backup("example.org", content, content);
    Files.delete(folder.resolve("data/authority.key"));
    Files.delete(folder.resolve("data/authority.pem"));
    assertThatThrownBy(() -> restore(file)).hasMessageContaining("a backup has no private keys");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "restore x",
        "restore x --config",
        "restore x y --config c",
        "restore x --config c --config d",
        "restore x --config c --force",
        "restore x --config c -o xml",
        "restore --config c --replaced d --without-later-bans"
      })
  void aWrongCommandLine_saysWhatIsExpected(String line) {
    assertThatThrownBy(() -> RestoreCommand.parse(line.split(" ", -1)))
        .isInstanceOf(RestoreCommand.UsageException.class)
        .hasMessageContaining("usage: credence server restore");
  }
}
