package dev.credence.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who a uid is.
final class LocalUsersTest {
  @TempDir private Path folder;

  private LocalUsers users(String passwd) throws Exception {
    return new LocalUsers(Files.writeString(folder.resolve("passwd"), passwd));
  }

  @Test
  void theFirstName_isTheUsers() throws Exception {
    LocalUsers users = users("root:x:0:0::/:/bin/sh\nalice:x:1000:1000::/:\nbob:x:1000:1::/:\n");
    assertThat(users.name(1000)).contains("alice");
    assertThat(users.name(7)).isEmpty();
  }

  @Test
  void aCarriageReturn_beginsNoLine() throws Exception {
    LocalUsers users = users("eve:x:1000:1000:Eve\rmallory:x:0:0::/:/bin/sh:\nroot:x:0:0::/:\n");
    assertThat(users.name(0)).contains("root");
  }

  @Test
  void withoutTheFile_nobodyHasAName() {
    assertThat(new LocalUsers(folder.resolve("none")).name(0)).isEmpty();
  }
}
