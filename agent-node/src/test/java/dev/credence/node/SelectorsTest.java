package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.proto.local.v1.Gap;
import dev.credence.proto.local.v1.SelectorsRequest;
import dev.credence.proto.local.v1.SelectorsSeen;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who asks what could be a selector is told everything, whether or not a registration names it.
@Timeout(60)
class SelectorsTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private SelectorsSeen selectors() {
    return rig.local().selectors(SelectorsRequest.getDefaultInstance());
  }

  @Test
  void allKindsWithWhoControlsThem() {
    rig.startAndWait();
    SelectorsSeen seen = selectors();
    assertThat(seen.getProblem()).isEmpty();
    var kinds = new ArrayList<String>();
    for (var property : seen.getAttestation().getPropertiesList()) {
      kinds.add(property.getSelector().getType() + ":" + property.getSelector().getName());
      assertThat(property.getControlledBy()).isIn("kernel", "file", "process");
      assertThat(property.getSource()).isNotEmpty();
    }
    assertThat(kinds).contains("unix:uid", "unix:path", "process:cgroup", "process:seccomp");
    assertThat(seen.getGapsList()).extracting(Gap::getKind).doesNotContainAnyElementsOf(kinds);
  }

  @Test
  void aProcessThatIsNotThere() {
    rig.startAndWait();
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(
            () -> rig.local().selectors(SelectorsRequest.newBuilder().setPid(4_194_303).build()))
        .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  @Test
  void oneUserDoesNotTakeAllPlaces() {
    var places = new LookPlaces();
    List<LookPlaces.Place> taken = new ArrayList<>();
    for (int uid = 1; uid <= LookPlaces.TOTAL / LookPlaces.PER_USER; uid++) {
      for (int i = 0; i < LookPlaces.PER_USER; i++) {
        taken.add(places.take(uid).orElseThrow());
      }
      assertThat(places.take(uid)).isEmpty();
    }
    assertThat(places.take(99)).isEmpty();
    Optional<LookPlaces.Place> ofRoot = places.take(0);
    assertThat(ofRoot).isPresent();
    ofRoot.orElseThrow().close();
    taken.getFirst().close();
    assertThat(places.take(99)).isPresent();
  }
}
