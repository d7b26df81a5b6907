package dev.credence.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.rig.Rig;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the administrator's socket")
class AdministratorSocketTest {

  @Test
  @DisplayName("is closed to a process that is attested as an agent, and that is an event")
  void agents() throws Exception {
    try (var rig = Rig.start();
        var self = Admin.at(rig.adminSocket())) {
      assertThat(self.owners()).as("before it is an agent").isEmpty();
      rig.agent("finance", "invoice-bot").forThisProcess();
      try (var stream = rig.workload().openX509Svids()) {
        assertThat(stream.next(0, java.time.Duration.ofSeconds(60)).getSvidsCount()).isOne();
        assertThatThrownBy(() -> self.owner("mine"))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED));
      }
      assertThat(rig.admin().owners())
          .extracting(owner -> owner.getName())
          .containsExactly("finance");
      assertThat(rig.admin().events())
          .anyMatch(
              event -> event.getKind().equals("refused") && event.getActor().startsWith("uid:"));
    }
  }

  @Test
  @DisplayName("can be opened by its owner alone")
  void mode() throws Exception {
    try (var rig = Rig.start()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.adminSocket())))
          .isEqualTo("rw-------");
    }
  }
}
