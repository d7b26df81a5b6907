package dev.credence.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Listening;
import dev.credence.e2e.rig.Rig;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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
      try (var stream = served(rig)) {
        assertThat(stream.messages().all().getFirst().getSvidsCount()).isOne();
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

  /// A stream that has its first SVID. The node hears of a registration a moment after the
  /// administrator, and refuses who asks before that.
  private static Listening<X509SVIDResponse> served(Rig rig) throws InterruptedException {
    for (int attempt = 0; attempt < 500; attempt++) {
      var stream = rig.workload().openX509Svids();
      if (stream.messages().firstOrEnd(message -> true, Duration.ofSeconds(60)).isEmpty()) {
        return stream;
      }
      stream.close();
    }
    throw new AssertionError("no SVID for this process after 500 streams");
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
