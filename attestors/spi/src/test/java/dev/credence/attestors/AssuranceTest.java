package dev.credence.attestors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.CodeAssurance;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssuranceTest {
  private static final Evidence UID = Evidence.of(Selector.parse("unix:uid:1"), "status");
  private static final Evidence PATH =
      Evidence.of(Selector.parse("unix:path:/a"), CodeAssurance.CLAIMED, "exe");
  private static final Evidence DIGEST =
      Evidence.of(Selector.parse("x:y:z"), CodeAssurance.FILE, "exe");

  @Test
  void isTheWeakestOfThoseThatSpeak() {
    assertThat(Assurance.code(List.of(UID, PATH, DIGEST))).isEqualTo(CodeAssurance.CLAIMED);
    assertThat(Assurance.code(List.of(UID, DIGEST))).isEqualTo(CodeAssurance.FILE);
  }

  @Test
  void isNoneIfNothingSpeaks() {
    assertThat(Assurance.code(List.of(UID))).isEqualTo(CodeAssurance.NONE);
    assertThat(Assurance.code(List.of())).isEqualTo(CodeAssurance.NONE);
  }

  @Test
  void wantedKnowsWhatRegistrationsName() {
    Wanted wanted = Wanted.by(List.of(UID.selector(), PATH.selector()));

    assertThat(wanted.names("unix", "path")).isTrue();
    assertThat(wanted.names("unix", "sha256")).isFalse();
    assertThat(Wanted.everything().names("unix", "sha256")).isTrue();
  }
}
