package dev.credence.attestors.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HashPlacesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  // Three hang before who hangs is refused; six before everybody is.
  private final HashPlaces places = new HashPlaces(new HashLimits(1, 4, 2, PATIENCE, 3, 1));
  private final List<HashPlaces.Place> hanging = new ArrayList<>();

  private HashPlaces.Place take(int uid) throws HashRefusedException {
    return places.take(uid, PATIENCE);
  }

  private void hang(int uid) throws HashRefusedException {
    HashPlaces.Place place = take(uid);
    place.overdue();
    hanging.add(place);
  }

  private void refused(int uid) {
    assertThatThrownBy(() -> take(uid))
        .isInstanceOfSatisfying(
            HashRefusedException.class, e -> assertThat(e.isTransient()).isTrue())
        .hasMessageContaining("too many readings hang");
  }

  @Test
  void whoHangsIsRefusedBeforeOthersAre() throws Exception {
    hang(1);
    take(1).close();
    hang(2);
    hang(3);

    refused(1);
    refused(3);
    take(4).close();
    take(5).close();
  }

  @Test
  void threadsThatHangAreBoundedHoweverManyUsersHaveThem() throws Exception {
    for (int uid = 0; uid < 6; uid++) {
      hang(uid);
    }
    refused(0);
    refused(6);

    hanging.removeLast().close();
    take(6).close();
    refused(0);
  }

  @Test
  void whatAnswersAfterAllCountsNoMore() throws Exception {
    for (int round = 0; round < 4; round++) {
      for (int uid = 1; uid <= 3; uid++) {
        hang(uid);
      }
      refused(1);
      hanging.forEach(HashPlaces.Place::close);
      hanging.clear();
      take(1).close();
    }
  }

  @Test
  void whatIsDoneIsNeverOverdue() throws Exception {
    for (int i = 0; i < 10; i++) {
      HashPlaces.Place place = take(1);
      place.close();
      // As the reader of a file does, which does not know whether its worker is through.
      place.overdue();
    }
    take(1).close();
  }

  @Test
  void refusalsKeepNoPlace() throws Exception {
    for (int uid = 0; uid < 6; uid++) {
      hang(uid);
    }
    // More often than there are places, of all and of one.
    for (int i = 0; i < 10; i++) {
      refused(7);
    }
    hanging.forEach(HashPlaces.Place::close);
    for (int uid = 0; uid < 4; uid++) {
      hanging.add(take(uid));
    }
    assertThat(hanging).hasSize(10);
  }

  @Test
  void readingsOfProcessesThatHangAreBounded() {
    var limits = new HashLimits(1, 4, 2, Duration.ofMillis(50), 3, 1);
    var reading = new PatientReading(limits);
    var release = new CountDownLatch(1);
    try {
      for (int uid = 0; uid < 6; uid++) {
        int hangs = uid;
        assertThatThrownBy(() -> reading.of(hangs, () -> await(release), _ -> {}))
            .isInstanceOf(UnattestableException.class)
            .hasMessageContaining("too long");
      }
      assertThatThrownBy(() -> reading.of(6, () -> "no", _ -> {}))
          .isInstanceOfSatisfying(
              UnattestableException.class, e -> assertThat(e.isTransient()).isTrue())
          .hasRootCauseInstanceOf(java.util.concurrent.TimeoutException.class);
    } finally {
      release.countDown();
    }
  }

  private static String await(CountDownLatch release) throws IOException {
    try {
      release.await();
      return "late";
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
