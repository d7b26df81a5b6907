package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("accounts")
class AccountsTest {
  @TempDir private Path folder;
  private Accounts accounts;

  @BeforeEach
  void write() throws IOException {
    passwd(
        """
        root:x:0:0:root:/root:/bin/bash
        bot:x:1000:1001:Bot,,,:/home/bot:/bin/dash
        second:x:1000:1002::/home/second:/bin/sh
        bare:x:1003:1003::relative:
        """);
    Files.writeString(
        folder.resolve("group"),
        """
        root:x:0:
        adm:x:4:bot,other
        notbot:x:5:botx,xbot
        bad:x:minus:bot
        short:x:6
        """);
    accounts = new Accounts(folder.resolve("passwd"), folder.resolve("group"));
  }

  private void passwd(String text) throws IOException {
    Files.writeString(folder.resolve("passwd"), text);
  }

  @Test
  @DisplayName("by name with their groups, by number the first one")
  void found() throws Exception {
    var bot = accounts.named("bot").orElseThrow();
    assertThat(bot.uid()).isEqualTo(1000);
    assertThat(bot.gid()).isEqualTo(1001);
    assertThat(bot.groups()).containsExactly(4);
    assertThat(bot.home()).isEqualTo("/home/bot");
    assertThat(accounts.of(1000).name()).isEqualTo("bot");
    assertThat(accounts.of(-2).name()).isEqualTo("4294967294");
    var bare = accounts.named("bare").orElseThrow();
    assertThat(bare.home()).isEqualTo("/");
    assertThat(bare.shell()).isEqualTo("/bin/sh");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "bo", "bot ", "0", "1000", "bot:x", "*", "bot\nroot", "\0"})
  @DisplayName("nothing but a whole name is one")
  void notFound(String name) throws Exception {
    assertThat(accounts.named(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil:x:-1:7::/:/bin/sh",
        "evil:x:4294967295:7::/:/bin/sh",
        "evil:x:4294967296:7::/:/bin/sh",
        "evil:x:00:7::/:/bin/sh",
        "evil:x:+5:7::/:/bin/sh",
        "evil:x: 5:7::/:/bin/sh",
        "evil:x:5:99999999999::/:/bin/sh",
        "evil:x:5:7::/",
        "evil:x:5:7::/:/bin/sh:more",
        ":x:5:7::/:/bin/sh",
        "evil::::::",
        "+evil",
      })
  @DisplayName("a line that is not one is none, never another number")
  void malformed(String line) throws Exception {
    passwd(line + "\n");
    assertThat(accounts.named("evil")).isEmpty();
    assertThat(accounts.named("")).isEmpty();
    assertThat(accounts.of(5).name()).isEqualTo("5");
  }

  @Test
  @DisplayName("a file without end is refused")
  void tooLong() throws Exception {
    try (var file = new RandomAccessFile(folder.resolve("passwd").toFile(), "rw")) {
      file.setLength((16 << 20) + 1);
    }
    assertThatThrownBy(() -> accounts.named("bot"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer");
  }
}
