package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Attested.Gap;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("why an execution ends that a process is not entitled to any more")
class LossReasonTest {
  private static final Registration APART =
      Registrations.demanding(new Demands(CodeAssurance.NONE, Isolation.OWN_UID), "unix:uid:1");

  private static EndReason of(Attestation attestation) throws Exception {
    var registry =
        Registry.after(
            Optional.empty(),
            new RegistryChange(new Cursor("aa", 1), 0, true, List.of(APART), Set.of()));
    var held =
        new HeldExecution(
            new Id(5, 5),
            APART.subject().id(),
            APART.id(),
            Optional.of(APART.essence()),
            Optional.empty(),
            false);
    return LossReason.of(held, registry, attestation);
  }

  @Test
  @DisplayName("somebody beside it is found against a process; that nobody could tell is not")
  void isolation() throws Exception {
    var uid = Registrations.says("unix:uid:1");
    EndReason seen = of(Registrations.attestation(Isolation.SHARED_UID, uid));
    EndReason unseen =
        of(Registrations.withGap(new Gap(Attestation.ISOLATION, "too many processes", true), uid));
    assertThat(seen).isEqualTo(EndReason.ISOLATION_LOST);
    assertThat(seen.isOfProcess()).isTrue();
    assertThat(unseen).isEqualTo(EndReason.ISOLATION_UNSEEN);
    assertThat(unseen.isOfProcess()).isFalse();
    assertThat(unseen.label()).as("both end it, for the server alike").isEqualTo(seen.label());
  }
}
