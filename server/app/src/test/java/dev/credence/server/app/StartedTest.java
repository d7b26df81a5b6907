package dev.credence.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartedTest {
  @Test
  void stopsInReverseDespiteFailuresAndOnlyOnce() {
    List<String> stopped = new ArrayList<>();
    Started started = new Started();
    started.onStop(() -> stopped.add("first"));
    started.onStop(() -> {
      throw new IllegalStateException("stuck");
    });
    started.onStop(() -> stopped.add("third"));
    assertThatThrownBy(started::close)
        .hasMessage("not everything could be stopped")
        .hasRootCauseMessage("stuck");
    assertThat(stopped).containsExactly("third", "first");
    started.close();
    assertThat(stopped).hasSize(2);
  }
}
