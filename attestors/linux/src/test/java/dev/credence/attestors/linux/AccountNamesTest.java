package dev.credence.attestors.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountNamesTest {
  @TempDir private Path folder;

  @Test
  void theFirstLineOfANumberCounts() {
    assertThat(
            AccountNames.parse("root:x:0:0:::\nadmin:x:0:0\n# a\n+::\nbad:x:07:\n:x:5\nlast:x:9"))
        .containsOnlyKeys("0", "9")
        .containsEntry("0", "root")
        .containsEntry("9", "last");
  }

  @Test
  void aChangedFileIsReadAgain() throws Exception {
    Path file = folder.resolve("passwd");
    Files.writeString(file, "alice:x:1000:1000:::\n");
    var names = new AccountNames(file);
    assertThat(names.of(1000)).contains("alice");
    assertThat(names.of(1001)).isEmpty();

    Files.writeString(file, "bobby:x:1000:1000:::\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertThat(names.of(1000)).contains("bobby");
    assertThat(names.of(-1)).isEmpty();
  }

  @Test
  void otherThanARegularFileIsRefused() {
    assertThatThrownBy(() -> new AccountNames(folder).of(0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> new AccountNames(folder.resolve("none")).of(0))
        .isInstanceOf(IOException.class);
  }
}
