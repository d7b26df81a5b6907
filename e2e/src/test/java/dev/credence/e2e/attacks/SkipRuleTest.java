package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.attacks.SkipRule.State;
import dev.credence.e2e.attacks.SkipRule.Verdict;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a story of the attack suite that the host can run is never skipped in silence")
class SkipRuleTest {

  private static final State THERE = new State("root", true, "");
  private static final State HOST_LACKS = new State("FUSE", false, "");
  private static final State NOT_INSTALLED = new State("node", false, "nodejs");

  @Test
  @DisplayName("it runs where everything is there")
  void runs() {
    assertThat(new SkipRule(true, Set.of()).before(List.of(THERE))).isEqualTo(new Verdict.Run());
  }

  @Test
  @DisplayName("it is skipped where the host cannot do it, even if stories are required")
  void host() {
    assertThat(new SkipRule(true, Set.of()).before(List.of(THERE, HOST_LACKS)))
        .isEqualTo(new Verdict.Skip("this host has no FUSE"));
  }

  @Test
  @DisplayName("it fails where what is missing could have been installed, if stories are required")
  void notInstalled() {
    assertThat(new SkipRule(true, Set.of()).before(List.of(HOST_LACKS, NOT_INSTALLED)))
        .isEqualTo(
            new Verdict.Fail(
                "this host has no FUSE, no node (Debian: nodejs), which .ci/run installs: the story is required"));
    assertThat(new SkipRule(false, Set.of()).before(List.of(NOT_INSTALLED)))
        .isEqualTo(new Verdict.Skip("this host has no node (Debian: nodejs)"));
  }

  @Test
  @DisplayName("it is skipped where a package that it needs could not be had")
  void unavailable() {
    assertThat(new SkipRule(true, Set.of("nodejs")).before(List.of(NOT_INSTALLED)))
        .isEqualTo(new Verdict.Skip("this host has no node (Debian: nodejs)"));
  }

  @Test
  @DisplayName("an assumption in the middle of it is a failure, if stories are required")
  void aborted() {
    assertThat(new SkipRule(true, Set.of()).aborted("no luck")).isInstanceOf(Verdict.Fail.class);
    assertThat(new SkipRule(false, Set.of()).aborted("no luck"))
        .isEqualTo(new Verdict.Skip("no luck"));
  }
}
