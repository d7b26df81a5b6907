package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A daemon that has no descriptors left cannot ask the kernel: that says nothing about whom it
/// would have asked about, and passes.
class NoDescriptorsTest {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  @Test
  void whoseAConnectionIs_isNotKnownNow_andIsAgainAfterwards() throws Exception {
    assumeTrue(Files.isExecutable(PRLIMIT), "needs prlimit (util-linux)");
    Process process =
        new ProcessBuilder(
                PRLIMIT.toString(),
                "--nofile=256:256",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                NoDescriptorsMain.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.getOutputStream().close();
    List<String> said;
    try (var out = process.inputReader(StandardCharsets.US_ASCII)) {
      said = out.lines().toList();
    } finally {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(said).hasSize(6);
    String uid = "uid " + Files.getAttribute(Path.of("/proc/self"), "unix:uid") + ", socket ";
    assertThat(said.get(2)).startsWith("before true: " + uid);
    assertThat(said.get(3))
        .isEqualTo("without: not now: socket(AF_NETLINK, NETLINK_SOCK_DIAG): EMFILE");
    assertThat(said.get(4)).startsWith("events without: not now: ").endsWith(": EMFILE");
    assertThat(said.get(5)).isEqualTo(said.get(2).replace("before true", "after"));
  }
}
