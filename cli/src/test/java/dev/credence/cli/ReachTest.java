package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Finding the daemons: exit codes 2 and 3.
final class ReachTest {

  @TempDir Path folder;

  @Test
  void withoutASocket_saysWhichVariableAndOption() {
    var outcome = new Cli().run("owner", "list");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err())
        .isEqualTo(
            "credence: no socket of the server known: set CREDENCE_ADMIN_SOCKET or give --socket (`credence dev` writes both variables to DIR/env)\n");
  }

  @Test
  void withoutANode_saysWhichVariableAndOption() {
    var outcome = new Cli().run("explain", "--pid", "1");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("SPIFFE_ENDPOINT_SOCKET");
  }

  @Test
  void noSuchSocket_isUnreachable() {
    var outcome = new Cli().admin(folder.resolve("none")).run("event", "list");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err())
        .isEqualTo(
            "credence: cannot reach the server at %s/none: there is no such file (is `credence server` running?)\n"
                .formatted(folder));
  }

  @Test
  void socketThatNobodyServes_isUnreachable() throws Exception {
    var socket = folder.resolve("left");
    try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
    }

    var outcome = new Cli().admin(socket).run("owner", "create", "a");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("cannot reach the server at " + socket).hasLineCount(1);
  }

  @Test
  void socketPathThatIsTooLong_isAUsageError() throws Exception {
    var deep = java.nio.file.Files.createDirectories(folder.resolve("x".repeat(120)));
    java.nio.file.Files.createFile(deep.resolve("s"));

    var outcome = new Cli().run("owner", "list", "--socket", deep.resolve("s").toString());

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("107").hasLineCount(1);
  }

  @Test
  void endpointThatIsNoUnixSocket_isAUsageError() {
    var outcome = new Cli().run("svid", "fetch", "--socket", "unix://host/path");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("(expected: a path, or unix:///path)");
  }

  @Test
  void groupWithoutCommand_namesItsCommands() {
    var outcome = new Cli().run("execution");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .isEqualTo("credence: execution: which command? (list, show, end, revoke, unbar)\n");
  }

  @Test
  void unknownCommand_isAUsageErrorOfOneLine() {
    var outcome = new Cli().run("agents");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("credence: ").contains("agents").hasLineCount(1);
  }

  @Test
  void help_isOnStandardOutput_andExitsWith0() {
    var outcome = new Cli().run("agent", "create", "--help");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("--node-selector").contains("--review-date");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void version_isOneLine_orAnObject() {
    assertThat(new Cli().run("version").out())
        .matches("credence \\d+\\.\\d+\\.\\d+\\S* \\(Java 25.*\\)\n");
    assertThat(new Cli().run("version", "-o", "json").out())
        .contains("\"version\"")
        .contains("\"java\"");
  }

  @Test
  void dev_outsideTheLauncher_saysSo() {
    var outcome = new Cli().run("dev", "--dir", folder.resolve("dev").toString());

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("run it through ./credence").hasLineCount(1);
  }
}
