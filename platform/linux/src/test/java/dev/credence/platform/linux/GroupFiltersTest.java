package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("BPF programs of control groups")
class GroupFiltersTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  @TempDir private Path folder;
  private Path script = PYTHON;
  private ControlGroup.Place place = new ControlGroup.Place(PYTHON, "/");

  @BeforeEach
  void find() throws IOException {
    Optional<ControlGroup.Place> found = ControlGroup.place();
    assumeTrue(found.isPresent(), "this test needs a version 2 cgroup hierarchy to write to");
    assumeTrue(Files.isExecutable(PYTHON), "this test needs /usr/bin/python3");
    place = found.get();
    script = folder.resolve("filtered.py");
    try (InputStream in = GroupFiltersTest.class.getResourceAsStream("filtered.py")) {
      Files.copy(Objects.requireNonNull(in, "filtered.py"), script);
    }
  }

  private String own() {
    return place.mount().resolve(place.own().substring(1)).toString();
  }

  private Child filtered(ControlGroup group) throws Exception {
    Child child =
        Child.start(
            PYTHON.toString(),
            script.toString(),
            group.folder().toString(),
            "sh",
            "-c",
            "echo ready; read x");
    assumeTrue(child.line().equals("ready"), "this test needs to be allowed to load BPF programs");
    return child;
  }

  @Test
  @DisplayName("a process in a group with a filter is held by it, and so is one in a group below")
  void held() throws Exception {
    ControlGroup group = place.make("credence-filters");
    try (group) {
      GroupFilters before = GroupFilters.of(group.folder().toString()).orElseThrow();
      assertThat(before.areAllIn(GroupFilters.of(own()).orElseThrow())).isTrue();
      try (Child child = filtered(group)) {
        GroupFilters after = GroupFilters.of(group.folder().toString()).orElseThrow();
        assertThat(after.all()).hasSize(before.all().size() + 1);
        assertThat(after.areAllIn(GroupFilters.of(own()).orElseThrow())).isFalse();
        CallerSurroundings surroundings = CallerSurroundings.of(child.pid());
        assertThat(surroundings.confinement().orElseThrow()).contains("BPF programs");
        try (ControlGroup below = group.child("below")) {
          Files.writeString(below.folder().resolve("cgroup.procs"), Integer.toString(child.pid()));
          assertThat(CallerSurroundings.of(child.pid()).confinement().orElseThrow())
              .contains("BPF programs");
        }
      }
    }
  }

  @Test
  @DisplayName("a group of its own without a filter holds nobody")
  void free() throws Exception {
    try (ControlGroup group = place.make("credence-free");
        Child child = Child.start("sh", "-c", "echo ready; read x")) {
      child.expect("ready");
      Files.writeString(group.folder().resolve("cgroup.procs"), Integer.toString(child.pid()));
      CallerSurroundings surroundings = CallerSurroundings.of(child.pid());
      assertThat(surroundings.confinement()).isEmpty();
      assertThat(surroundings.filtersSeen()).isTrue();
    }
  }

  @Test
  @DisplayName("a group that is not there is no group without filters")
  void gone() {
    assertThatThrownBy(() -> GroupFilters.of(own() + "/credence-no-such-group"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("credence-no-such-group");
  }
}
