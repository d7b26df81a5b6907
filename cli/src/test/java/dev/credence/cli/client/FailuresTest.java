package dev.credence.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void whoMayNotOpenTheSocket_isNotAskedWhetherTheServerRuns() {
    var failures = new Failures(Daemon.SERVER, "/run/credence/admin.sock");
    var denied =
        Status.UNAVAILABLE
            .withCause(new IOException("connect(..) failed with error(-13): Permission denied"))
            .asRuntimeException();
    assertThat(failures.of(denied).getMessage())
        .startsWith("cannot reach the server at /run/credence/admin.sock: permission denied")
        .contains("may not open that socket")
        .doesNotContain("running");
  }
}
