package dev.credence.node;

import static dev.credence.node.Registrations.attestation;
import static dev.credence.node.Registrations.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.node.Standing.Denied;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("what the server hears of a process without an identity")
class NotEntitledTest {
  private static final String PATH = "unix:path:/bin/x";
  private static final String UID = "unix:uid:7";

  private static Denied of(Attestation attestation, Registration... registrations)
      throws GapException {
    Denied denied =
        NotEntitled.of(
            Registry.after(
                Optional.empty(),
                new RegistryChange(new Cursor("aa", 1), 0, true, List.of(registrations), Set.of())),
            attestation);
    assertThat(denied.message()).as("the process learns no more").isEqualTo(Evaluation.NO_IDENTITY);
    return denied;
  }

  private static List<String> suggested(Denied denied) {
    return denied.told().selectors().stream().map(Selector::toString).toList();
  }

  @Test
  @DisplayName("one that nobody registered comes with what to register")
  void unregistered() throws Exception {
    Denied denied =
        of(
            attestation(says(PATH, CodeAssurance.FILE), says(UID)),
            Registrations.of(1, "unix:path:/bin/y"));
    assertThat(denied.reason()).isEqualTo(RefusalReason.UNREGISTERED);
    assertThat(denied.told().subject()).isEmpty();
    assertThat(suggested(denied)).containsExactly(PATH, UID);
  }

  @Test
  @DisplayName(
      "of an interpreter neither path nor digest, for all that it runs would be registered")
  void interpreter() throws Exception {
    String digest = "unix:sha256:" + "00".repeat(32);
    assertThat(
            suggested(
                of(
                    attestation(
                        says(PATH, CodeAssurance.CLAIMED),
                        says(UID),
                        says(digest, CodeAssurance.CLAIMED)))))
        .containsExactly(UID);
    assertThat(
            suggested(
                of(
                    attestation(
                        says(PATH, CodeAssurance.FILE),
                        says(UID),
                        says(digest, CodeAssurance.CLAIMED)))))
        .as("a copy of one, under another name")
        .containsExactly(UID);
    assertThat(
            suggested(
                of(
                    attestation(
                        says(PATH, CodeAssurance.FILE),
                        says(UID),
                        says(digest, CodeAssurance.FILE)))))
        .containsExactly(PATH, UID, digest);
  }

  @Test
  @DisplayName("one that only misses its minimum is registered: whose, and what it misses")
  void belowMinimum() throws Exception {
    var demands = new Demands(CodeAssurance.NONE, Isolation.SANDBOXED);
    Registration registration = Registrations.demanding(demands, UID);
    Denied denied = of(attestation(says(UID)), registration);
    assertThat(denied.reason()).isEqualTo(RefusalReason.BELOW_MINIMUM);
    assertThat(denied.told().subject()).contains(registration.subject().id());
    assertThat(denied.told().detail())
        .contains("isolation is shared-uid (expected: at least sandboxed)");
    assertThat(denied.told().selectors()).isEmpty();
  }

  @Test
  @DisplayName("a selector that does not hold makes it unregistered, whatever the minimum")
  void both() throws Exception {
    var demands = new Demands(CodeAssurance.NONE, Isolation.SANDBOXED);
    assertThat(of(attestation(says(UID)), Registrations.demanding(demands, UID, PATH)).reason())
        .isEqualTo(RefusalReason.UNREGISTERED);
  }

  @Test
  @DisplayName("another agent's registration says nothing of a program launched for one")
  void launchedForAnother() throws Exception {
    var demands = new Demands(CodeAssurance.NONE, Isolation.SANDBOXED);
    Denied denied =
        of(
            attestation(says(UID), says("launch:agent:team/other")),
            Registrations.demanding(demands, UID));
    assertThat(denied.reason()).isEqualTo(RefusalReason.UNREGISTERED);
  }
}
