package dev.credence.platform.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static final Key<InetSocketAddress> LISTEN =
      Key.required("listen", Parsers::hostPort, "Where nodes connect to.");
  private static final Key<Path> SOCKET =
      Key.optional("admin.socket", Parsers::path, "admin.sock", "The administrator's socket.");
  private static final Key<List<Integer>> UIDS =
      Key.listOf("admin.uids", Parsers.integer(0, 70000), List.of("0"), "Who may administer.");
  private static final Key<Duration> TTL =
      Key.optional(
          "svid.agent_ttl",
          Durations.between(Duration.ofMinutes(1), Duration.ofHours(1)),
          "10m",
          "Life of an agent's SVID.");
  private static final Key<Optional<String>> NOTE =
      Key.absentable("note", text -> text, "Free text.");
  private static final List<Key<?>> KEYS = List.of(LISTEN, SOCKET, UIDS, TTL, NOTE);

  private static ConfigDocument read(String text) throws ConfigException {
    return ConfigReader.parse("server.yaml", Path.of("/etc/credence"), text, KEYS);
  }

  @Test
  void readsValuesAndDefaults() throws Exception {
    ConfigDocument config =
        read(
            """
            # comment
            listen: 127.0.0.1:8443
            admin:
              uids: [1000, 1001]
            """);
    assertThat(config.get(LISTEN)).isEqualTo(InetSocketAddress.createUnresolved("127.0.0.1", 8443));
    assertThat(config.get(UIDS)).containsExactly(1000, 1001);
    assertThat(config.get(TTL)).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.get(NOTE)).isEmpty();
    assertThat(config.resolve(config.get(SOCKET))).isEqualTo(Path.of("/etc/credence/admin.sock"));
    assertThat(config.names(UIDS)).isTrue();
    assertThat(config.names(SOCKET)).isFalse();
  }

  @Test
  void reportsAllProblemsAtOnceWithLinesAndTheNearestKey() {
    assertThatThrownBy(() ->
            read(
                """
                listn: 127.0.0.1:8443
                admin:
                  uids: [1000, x]
                  sockets: /a
                svid:
                  agent_ttl: 3
                note: [a, b]
                """))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "server.yaml:1: unknown key \"listn\" (did you mean \"listen\"?)",
                        "server.yaml:3: admin.uids: \"x\" (expected: a whole number from 0 to 70000)",
                        "server.yaml:4: unknown key \"admin.sockets\" (did you mean \"admin.socket\"?)",
                        "server.yaml:6: svid.agent_ttl: duration \"3\" (expected: a number and ms, s, m, h or"
                            + " d, for example 10m)",
                        "server.yaml:7: note: a list (expected: one value)",
                        "server.yaml: missing key \"listen\": Where nodes connect to."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          listen: a:1\\nlisten: b:2        | server.yaml:2: key "listen" stands here a second time
          - a                              | server.yaml:1: not a mapping of keys to values
          listen: *x                       | server.yaml:1: alias *x (expected: the value itself; aliases are not read)
          "listen: {a: 1"                  | server.yaml:1: not YAML
          listen: a:1\\n---\\nlisten: b:1  | server.yaml:2: another document begins (expected: one)
          admin:\\n  uids: [[1]]           | server.yaml:2: key "admin.uids": an element of the list is not a plain value
          ? [a]\\n: b                      | server.yaml:1: a key is not a plain word
          listen: 127.0.0.1                | server.yaml:1: listen: "127.0.0.1" (expected: HOST:PORT, for example 127.0.0.1:8443)
          listen: ::1:80                   | server.yaml:1: listen: "::1:80" (expected: [IPv6]:PORT)
          listen: a:70000                  | server.yaml:1: listen: "70000" (expected: a whole number from 0 to 65535)
          """)
  void refuses(String text, String problem) {
    String yaml = text.replace("\\n", "\n").replace("\"", "");
    assertThatThrownBy(() -> read(yaml)).hasMessageContaining(problem);
  }

  @Test
  void emptyFileMissesWhatIsRequired() {
    assertThatThrownBy(() -> read("# nothing\n"))
        .hasMessage("server.yaml: missing key \"listen\": Where nodes connect to.");
  }

  @Test
  void untrustedTextIsCutAndEscaped() {
    assertThatThrownBy(() -> read("\"a\\u0007" + "b".repeat(300) + "\": 1\n"))
        .hasMessageContaining("unknown key \"a\\u{7}bbb")
        .hasMessageContaining("...\"");
  }

  @Test
  void rulesBetweenKeysAreReportedTogether() throws Exception {
    ConfigDocument config = read("listen: a:1\nnote: x\n");
    config.require(true, LISTEN, "never shown");
    config.require(false, NOTE, "\"x\" (expected: y)");
    config.require(false, TTL, "too long");
    assertThatThrownBy(config::done)
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "server.yaml:2: note: \"x\" (expected: y)",
                        "server.yaml: svid.agent_ttl: too long"));
  }

  @Test
  void unreadableFiles(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("none.yaml");
    assertThatThrownBy(() -> ConfigReader.read(missing, KEYS))
        .hasMessage(missing + ": no such file");
    Path latin = Files.write(folder.resolve("latin.yaml"), "note: \u00e9".getBytes(ISO_8859_1));
    assertThatThrownBy(() -> ConfigReader.read(latin, KEYS)).hasMessage(latin + ": not UTF-8");
    Path large = Files.write(folder.resolve("large.yaml"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> ConfigReader.read(large, KEYS))
        .hasMessageContaining("expected: at most 1 MiB");
  }
}
