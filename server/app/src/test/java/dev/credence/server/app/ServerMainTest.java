package dev.credence.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process as others see it: what it prints, and how it ends.
class ServerMainTest {
  private static final String NO_TICKETS = "-Djdk.tls.server.newSessionTicketCount=0";

  @TempDir Path folder;

  private Process launch(List<String> jvm, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(jvm);
    command.add("-cp");
    command.add(ManagementFactory.getRuntimeMXBean().getClassPath());
    command.add(ServerMain.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(folder.resolve("stderr").toFile()).start();
  }

  private Process launch(String... arguments) throws Exception {
    return launch(List.of(NO_TICKETS), arguments);
  }

  private String stderr() throws Exception {
    return Files.readString(folder.resolve("stderr"));
  }

  private String config(String text) throws Exception {
    return Files.writeString(folder.resolve("server.yaml"), text).toString();
  }

  private String good() throws Exception {
    return config(
        "trust_domain: example.org\ndata_dir: data\nlisten: 127.0.0.1:0\nlog: {format: json}\n");
  }

  private static String line(Process process) throws Exception {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    return String.valueOf(out.readLine());
  }

  private static int end(Process process) throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void saysReadyAndEndsWithStdin() throws Exception {
    Process process = launch("--config", good(), "--stop-with-stdin");
    assertThat(line(process))
        .matches(
            "ready listen=127\\.0\\.0\\.1:\\d+ admin=\\Q"
                + folder.resolve("data/admin.sock")
                + "\\E metrics=127\\.0\\.0\\.1:\\d+");
    process.getOutputStream().close();
    assertThat(end(process)).isZero();
    assertThat(folder.resolve("data/admin.sock")).doesNotExist();
    assertThat(stderr()).contains("\"message\":\"serving\"").contains("\"message\":\"stopping\"");
  }

  @Test
  void endsInOrderAtSigterm() throws Exception {
    Process process = launch("--config", good());
    assertThat(line(process)).startsWith("ready ");
    process.destroy();
    assertThat(end(process)).isZero();
    assertThat(stderr()).contains("\"message\":\"stopping\"");
  }

  @Test
  void usageErrorsAreTwo() throws Exception {
    assertThat(end(launch())).isEqualTo(2);
    assertThat(stderr()).isEqualTo("usage: credence server --config FILE [--stop-with-stdin]\n");
    assertThat(end(launch("--config"))).isEqualTo(2);
    assertThat(end(launch("--config", "a", "--listen", "b"))).isEqualTo(2);
  }

  @Test
  void problemsAreLinesForPeople() throws Exception {
    assertThat(end(launch("--config", config("trust_domain: x\nlistn: a:1\n")))).isEqualTo(1);
    assertThat(stderr().lines())
        .containsExactly(
            folder.resolve("server.yaml") + ":2: unknown key \"listn\" (did you mean \"listen\"?)",
            folder.resolve("server.yaml")
                + ": missing key \"data_dir\": Folder for everything that the server keeps: database,"
                + " authority key. Created with mode 0700.");
    assertThat(end(launch("--config", folder.resolve("none").toString()))).isEqualTo(1);
    assertThat(stderr()).isEqualTo(folder.resolve("none") + ": no such file\n");
    String longSocket =
        config(
            "trust_domain: x\ndata_dir: data\nlisten: 127.0.0.1:0\nlog: {level: warn}\n"
                + "admin: {socket: "
                + "s".repeat(110)
                + "}\n");
    assertThat(end(launch("--config", longSocket))).isEqualTo(1);
    assertThat(stderr()).startsWith("credence server: ").hasLineCount(1);
  }

  @Test
  void aJvmThatResumesSessionsIsRefused() throws Exception {
    assertThat(end(launch(List.of(), "--config", good()))).isEqualTo(1);
    assertThat(stderr())
        .contains("credence server: the JVM would resume TLS sessions")
        .doesNotContain("\tat ");
  }
}
