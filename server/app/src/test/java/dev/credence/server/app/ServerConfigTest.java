package dev.credence.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.NodeVerifier;
import dev.credence.certs.Certificates;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.platform.config.ConfigException;
import dev.credence.platform.config.Key;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.logging.LogFormat;
import dev.credence.platform.logging.LogLevel;
import dev.credence.platform.logging.LogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
  @TempDir Path folder;

  private ServerConfig read(String text) throws Exception {
    return ServerConfig.read(Files.writeString(folder.resolve("server.yaml"), text));
  }

  @Test
  void defaults() throws Exception {
    ServerConfig config = read("trust_domain: example.org\ndata_dir: data\n");
    assertThat(config.dataDir()).isEqualTo(folder.resolve("data"));
    assertThat(config.admin().socket()).isEqualTo(folder.resolve("data/admin.sock"));
    assertThat(config.admin().uids()).isEmpty();
    assertThat(config.network().listen().getPort()).isEqualTo(8443);
    assertThat(config.network().metrics()).isPresent();
    assertThat(config.lifetimes().agent()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.lifetimes().service()).isEqualTo(Duration.ofHours(1));
    assertThat(config.lifetimes().node()).isEqualTo(Duration.ofHours(24));
    assertThat(config.dev()).isFalse();
  }

  @Test
  void storage_isSqliteInTheDataFolder_unlessToldOtherwise() throws Exception {
    assertThat(read("trust_domain: example.org\ndata_dir: data\n").storage())
        .isEqualTo(new Storage.Sqlite(folder.resolve("data/credence.db")));
    assertThat(
            read("trust_domain: example.org\ndata_dir: data\nstorage: {sqlite: {file: x.db}}\n")
                .storage())
        .isEqualTo(new Storage.Sqlite(folder.resolve("data/x.db")));
    assertThatThrownBy(
            () -> read("trust_domain: a.org\ndata_dir: d\nstorage: {sqlite: {file: ../x.db}}\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("storage.sqlite.file");
  }

  @Test
  void storage_onPostgresql_hidesThePassword_andReadsItEachTime() throws Exception {
    java.nio.file.Path word = Files.writeString(folder.resolve("word"), "s3cret\n");
    Files.setPosixFilePermissions(
        word, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    ServerConfig config =
        read(
            """
            trust_domain: example.org
            data_dir: data
            storage:
              postgresql:
                url: postgresql://db1.example.org,[::1]:5433/credence
                user: app
                password_file: word
                ca_file: ca.pem
                notifications: false
            """);
    var database = ((Storage.Postgresql) config.storage()).database();
    assertThat(database.hosts()).containsExactly("db1.example.org:5432", "[::1]:5433");
    assertThat(database.database()).isEqualTo("credence");
    assertThat(database.notifications()).isFalse();
    assertThat(database.tls())
        .isEqualTo(
            new dev.credence.server.store.PostgresqlSettings.Tls.Verified(
                java.util.Optional.of(folder.resolve("ca.pem"))));
    assertThat(config.toString()).doesNotContain("s3cret");
    assertThat(database.password().get()).contains("s3cret");
    Files.writeString(word, "other");
    assertThat(database.password().get()).contains("other");
    Files.setPosixFilePermissions(
        word, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> database.password().get())
        .hasMessageContaining("others may read it")
        .hasMessageNotContaining("other\n");
  }

  @Test
  void storage_thatContradictsItself_isRefused() {
    for (String storage :
        List.of(
            "{postgresql: {url: \"postgresql://h/d\"}, sqlite: {file: x.db}}",
            "{postgresql: {user: app}}",
            "{postgresql: {url: \"postgresql://h/d\", tls: off, ca_file: x}}",
            "{postgresql: {url: \"postgresql://u:p@h/d\"}}",
            "{postgresql: {url: \"postgresql://h/d?sslmode=disable\"}}",
            "{postgresql: {url: \"postgresql://h:0/d\"}}",
            "{postgresql: {url: \"jdbc:postgresql://h/d\"}}")) {
      assertThatThrownBy(() -> read("trust_domain: a.org\ndata_dir: d\nstorage: " + storage + "\n"))
          .as(storage)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("storage.")
          .hasMessageNotContaining("u:p");
    }
  }

  @Test
  void everyKeyCanBeSet() throws Exception {
    ServerConfig config =
        read(
            """
            trust_domain: example.org
            data_dir: /var/lib/x
            listen: "[::1]:0"
            public_address: credence.example.org:8443
            admin: {socket: /run/x.sock, uids: [0, 4294967294]}
            metrics: {listen: off}
            log: {format: json, level: debug}
            svid: {agent_ttl: 5m, service_ttl: 2h}
            node: {svid_ttl: 12h}
            authority: {lifetime: 30d}
            dev: true
            """);
    assertThat(config.admin().uids()).containsExactlyInAnyOrder(0, -2);
    assertThat(config.network().metrics()).isEmpty();
    assertThat(config.network().publicAddress()).isPresent();
    assertThat(config.log()).isEqualTo(new LogSettings(LogLevel.DEBUG, LogFormat.JSON));
    assertThat(config.lifetimes().node()).isEqualTo(Duration.ofHours(12));
    assertThat(config.dev()).isTrue();
  }

  private static final String JOINING_BY_CERTIFICATE =
      """
      trust_domain: example.org
      data_dir: data
      node_attestors: {x509pop: {ca_file: machines.pem}}
      """;

  private List<String> attestors(ServerConfig config) throws Exception {
    return config.attestors().open(Clock.systemUTC(), new SecureRandom()).stream()
        .map(NodeVerifier::name)
        .toList();
  }

  @Test
  void nodeAttestors_areTheJoinTokenAlone_unlessAuthoritiesAreNamed() throws Exception {
    assertThat(attestors(read("trust_domain: example.org\ndata_dir: data\n"))).isEmpty();
    ServerConfig config = read(JOINING_BY_CERTIFICATE);
    assertThat(config.attestors().x509popCa()).contains(folder.resolve("machines.pem"));
  }

  @Test
  void authoritiesOfMachines_thatCannotBeUsed_stopTheStart_namingKeyAndFile() throws Exception {
    ServerConfig config = read(JOINING_BY_CERTIFICATE);
    assertThatThrownBy(() -> attestors(config))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(
            "node_attestors.x509pop.ca_file", "machines.pem", "cannot be read");
    Files.writeString(folder.resolve("machines.pem"), "nonsense");
    assertThatThrownBy(() -> attestors(config))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("node_attestors.x509pop.ca_file", "machines.pem");
  }

  @Test
  void aTrustDomainsOwnAuthority_isNoneOfMachines() throws Exception {
    // Otherwise each agent with an SVID could become a node.
    var random = new SecureRandom();
    var authority =
        Authority.selfSigned(
            TrustDomain.parse("example.org"),
            CryptoProviders.fastest(),
            Clock.systemUTC().instant(),
            Duration.ofDays(1),
            random);
    Files.writeString(
        folder.resolve("machines.pem"), Certificates.toPem(List.of(authority.certificate())));
    ServerConfig config = read(JOINING_BY_CERTIFICATE);
    assertThatThrownBy(() -> attestors(config)).hasMessageContaining("SPIFFE ID");
  }

  @Test
  void allProblemsAtOnce() {
    assertThatThrownBy(() ->
            read(
                """
                trust_domain: Example
                listn: 127.0.0.1:1
                admin: {uids: [-1]}
                log: {level: loud}
                """))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(String.join("\n", e.problems()))
                    .contains("server.yaml:1: trust_domain: trust domain \"Example\"")
                    .contains("server.yaml:2: unknown key \"listn\" (did you mean \"listen\"?)")
                    .contains("server.yaml:3: admin.uids: \"-1\" (expected: a numeric user id)")
                    .contains(
                        "server.yaml:4: log.level: \"loud\" (expected: error or warn or info or"
                            + " debug)")
                    .contains("server.yaml: missing key \"data_dir\""));
  }

  @Test
  void rulesBetweenKeys() {
    assertThatThrownBy(() ->
            read(
                """
                trust_domain: example.org
                data_dir: data
                listen: 0.0.0.0:1
                authority: {lifetime: 1d}
                node: {svid_ttl: 2d}
                """))
        .hasMessageContaining("server.yaml:3: listen: a wildcard tells nodes no address")
        .hasMessageContaining("server.yaml:4: authority.lifetime: shorter than the life");
  }

  @Test
  void theReferenceShowsExactlyTheKeys() throws Exception {
    List<String> expected = new ArrayList<>();
    for (Key<?> key : ServerKeys.all()) {
      String fallback = key.fallbackText();
      boolean word = fallback.equals("required") || fallback.equals("none");
      expected.add(
          "| `%s` | %s | %s |"
              .formatted(key.name(), word ? fallback : "`" + fallback + "`", key.meaning()));
    }
    List<String> rows =
        Files.readAllLines(Path.of("../../docs/reference/server-config.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(rows).isEqualTo(expected);
  }
}
