package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("what of a control group's hold on a caller was seen")
class GroupHoldTest {
  private static final int PID = Math.toIntExact(ProcessHandle.current().pid());

  @Test
  @DisplayName("in the daemon's own group nothing is shed, whoever the daemon is")
  void same() throws Exception {
    try (var own = ProcDirectory.open(PID)) {
      assumeTrue(ControlGroup.unified(own).isPresent(), "this test needs a unified hierarchy");
      assertThat(GroupHold.of(own, own)).isEqualTo(new GroupHold(Optional.empty(), true));
    }
  }

  @Test
  @DisplayName("where a side or the hierarchy does not show, nothing was seen")
  void blind() {
    assertThat(GroupHold.unasked("", "/a", true)).isEqualTo(unseen());
    assertThat(GroupHold.unasked("/a", "", true)).isEqualTo(unseen());
    assertThat(GroupHold.unasked("", "", true)).isEqualTo(unseen());
    assertThat(GroupHold.unasked("/a", "/b", false)).isEqualTo(unseen());
    assertThat(GroupHold.unasked("/a", "/b", true)).isEmpty();
    assertThat(GroupHold.unasked("/a", "/a", false).orElseThrow().seen()).isTrue();
    assertThat(GroupHold.unasked("/../b", "/a", false).orElseThrow().confinement()).isPresent();
  }

  private static Optional<GroupHold> unseen() {
    return Optional.of(new GroupHold(Optional.empty(), false));
  }
}
