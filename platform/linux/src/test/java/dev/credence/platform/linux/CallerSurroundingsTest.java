package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.platform.linux.CallerSurroundings.Limit;
import org.junit.jupiter.api.Test;

class CallerSurroundingsTest {
  private static final int RLIMIT_CPU = 0;
  private static final int RLIMIT_NOFILE = 7;
  private static final int RLIMIT_RTTIME = 15;

  @Test
  void limitsAreInTheOrderOfTheirNumbers() throws Exception {
    try (Child child =
        Child.start(
            "prlimit",
            "--nofile=77:88",
            "--cpu=1234",
            "--rttime=5678",
            "sh",
            "-c",
            "echo ready; read x")) {
      child.expect("ready");
      var limits = CallerSurroundings.of(child.pid()).limits();
      assertThat(limits).hasSize(16);
      assertThat(limits.get(RLIMIT_NOFILE)).isEqualTo(new Limit(77, 88));
      assertThat(limits.get(RLIMIT_CPU)).isEqualTo(new Limit(1234, 1234));
      assertThat(limits.get(RLIMIT_RTTIME)).isEqualTo(new Limit(5678, 5678));
      assertThat(limits.get(1)).isEqualTo(new Limit(-1, -1));
    }
  }
}
