package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.e2e.rig.Rig;
import dev.credence.proto.workload.X509BundlesResponse;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Workload API: HTTP/2 by hand, without any gRPC library")
class RawHttp2Test {

  private static final int PREFIX = 5;

  @TempDir Path folder;

  @Test
  @DisplayName(
      "IO-12 EP-11 WX-19: curl with an odd authority and no user agent is answered, field by field")
  void curl() throws Exception {
    assumeTrue(isThere(), "no curl with HTTP/2 on this machine");
    try (var rig = Rig.start()) {
      var uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      rig.agent("finance", "invoice-bot").forProcesses("unix:uid:" + uid);
      var answer = call(rig, "FetchX509Bundles", "-H", "workload.spiffe.io: true");
      var in = new DataInputStream(new ByteArrayInputStream(answer));
      assertThat(in.readByte()).as("not compressed").isZero();
      var message = new byte[in.readInt()];
      in.readFully(message);
      assertThat(message[0]).as("field 2, length-delimited: bundles").isEqualTo((byte) 0x12);
      assertThat(X509BundlesResponse.parseFrom(message).getBundlesMap())
          .containsOnlyKeys("spiffe://" + rig.trustDomain());

      var refused = call(rig, "FetchX509Bundles");
      assertThat(new String(refused, StandardCharsets.ISO_8859_1))
          .contains("grpc-status: 3", "security header missing from request");
    }
  }

  private byte[] call(Rig rig, String method, String... more) throws Exception {
    var body = Files.write(folder.resolve("empty"), new byte[PREFIX]);
    var answer = folder.resolve("answer");
    var command =
        new ArrayList<>(
            List.of(
                "curl",
                "--silent",
                "--http2-prior-knowledge",
                // The stream stays open: what came until then is what counts.
                "--max-time",
                "3",
                "--unix-socket",
                rig.node().socket().toString(),
                "-H",
                "content-type: application/grpc",
                "-H",
                "te: trailers",
                "-H",
                "user-agent:"));
    command.addAll(List.of(more));
    if (more.length == 0) {
      command.add("--include");
    }
    command.addAll(
        List.of(
            "--data-binary",
            "@" + body,
            "--no-buffer",
            "-o",
            answer.toString(),
            "http://some-where.else:7/SpiffeWorkloadAPI/" + method));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertThat(answer).as(said).exists();
    return Files.readAllBytes(answer);
  }

  private static boolean isThere() throws InterruptedException {
    try {
      var process = new ProcessBuilder("curl", "--version").redirectErrorStream(true).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 && said.contains("HTTP2");
    } catch (IOException e) {
      return false;
    }
  }
}
