package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the environment of a launched program")
class LaunchEnvironmentTest {
  private static LaunchEnvironment environment() {
    return new LaunchEnvironment(
        new Account(7, 8, List.of(), "agent", "/home/agent", "/bin/sh"), "unix:///run/api.sock");
  }

  @Test
  @DisplayName("is made from nothing")
  void fresh() {
    assertThat(environment().list())
        .containsExactly(
            "HOME=/home/agent",
            "LOGNAME=agent",
            "PATH=" + LaunchEnvironment.PATH,
            "SHELL=/bin/sh",
            "SPIFFE_ENDPOINT_SOCKET=unix:///run/api.sock",
            "USER=agent");
    assertThat(environment().forPython().list())
        .contains("PYTHONNOUSERSITE=1", "PYTHONDONTWRITEBYTECODE=1");
  }

  @Test
  @DisplayName("has what the caller names; what is not known to be harmless is evidence")
  void named() throws Exception {
    var all =
        environment()
            .add(
                Map.of(
                    "DEBUG", "1",
                    "NODE_ENV", "production",
                    "LANG", "C",
                    "LC_ALL", "de_DE.UTF-8",
                    "TZ", "Europe/Berlin",
                    "TERM", "dumb"),
                Set.of());
    assertThat(all.list()).contains("DEBUG=1", "NODE_ENV=production", "LANG=C", "TZ=Europe/Berlin");
    assertThat(all.evident()).containsExactlyInAnyOrder("DEBUG", "NODE_ENV");
    assertThat(all.notice()).as("of those that load code").isEmpty();
  }

  @Test
  @DisplayName("a harmless name with a value that is none of its kind is not harmless")
  void harmless() throws Exception {
    assertThat(
            environment()
                .add(
                    Map.of(
                        "LANG", "/tmp/x",
                        "LC_ALL", "../x",
                        "TZ", ":/tmp/zone",
                        "TERM", "/tmp/term",
                        "LC_X1", "C"),
                    Set.of())
                .evident())
        .containsExactlyInAnyOrder("LANG", "LC_ALL", "TZ", "TERM", "LC_X1");
    assertThat(environment().add(Map.of("TZ", "../../tmp/zone"), Set.of()).evident())
        .containsExactly("TZ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LD_PRELOAD",
        "LD_AUDIT",
        "LD_LIBRARY_PATH",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONNOUSERSITE",
        "NODE_OPTIONS",
        "NODE_PATH",
        "NODE_COMPILE_CACHE",
        "JAVA_TOOL_OPTIONS",
        "JDK_JAVA_OPTIONS",
        "_JAVA_OPTIONS",
        "CLASSPATH",
        "BASH_ENV",
        "ENV",
        "SHELLOPTS",
        "PERL5LIB",
        "PERL5OPT",
        "RUBYOPT",
        "LUA_INIT",
        "LUA_INIT_5_4",
        "TCLLIBPATH",
        "GCONV_PATH",
        "GLIBC_TUNABLES",
        "OPENSSL_CONF",
        "PATH",
        "HOME",
        "SPIFFE_ENDPOINT_SOCKET",
      })
  @DisplayName(
      "has none that can change the code, unless a registration names it: then it is evidence")
  void changesCode(String name) throws Exception {
    assertThatThrownBy(() -> environment().add(Map.of(name, "x"), Set.of("OTHER")))
        .isInstanceOf(LaunchRefusedException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("launch:env:" + name);
    if (name.startsWith("SPIFFE_")) {
      assertThatThrownBy(() -> environment().add(Map.of(name, "x"), Set.of(name)))
          .as("another daemon would answer")
          .isInstanceOf(LaunchRefusedException.class);
    } else {
      assertThat(environment().add(Map.of(name, "x"), Set.of(name)).evident())
          .containsExactly(name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "A=B", "A B", "1A", "BASH_FUNC_x%%", "\u00c4", "A\n", "-u", "A\0B", "A-B"})
  @DisplayName("names are names: nothing that env(1) would take for an option or another variable")
  void names(String name) {
    assertThatThrownBy(() -> environment().add(Map.of(name, "x"), Set.of(name)))
        .isInstanceOf(LaunchRefusedException.class)
        .message()
        .matches("[\\x20-\\x7e]+");
  }

  @Test
  @DisplayName("values and their number are bounded")
  void bounded() throws Exception {
    assertThatThrownBy(() -> environment().add(Map.of("A", "a\0b"), Set.of()))
        .isInstanceOf(LaunchRefusedException.class);
    assertThatThrownBy(() -> environment().add(Map.of("A", "a".repeat(32 * 1024 + 1)), Set.of()))
        .isInstanceOf(LaunchRefusedException.class)
        .message()
        .hasSizeLessThan(200);
    assertThat(environment().add(Map.of("A", "x y\n=\u00e4"), Set.of()).list())
        .contains("A=x y\n=\u00e4");
    var many = new TreeMap<String, String>();
    for (int i = 0; i < 251; i++) {
      many.put("V" + i, "");
    }
    assertThatThrownBy(() -> environment().add(many, Set.of()))
        .hasMessageContaining("257")
        .hasMessageContaining("256");
  }

  @Test
  @DisplayName("language and terminal count only as far as they look like that")
  void locale() {
    var all =
        environment()
            .locale(
                Map.of(
                    "LANG", "de_DE.UTF-8",
                    "LC_ALL", "/tmp/evil",
                    "LC_TIME", "C",
                    "TZ", ":/tmp/x",
                    "TERM", "xterm-256color",
                    "LC_ALL_X1", "C",
                    "LD_PRELOAD", "x"))
            .list();
    assertThat(all).contains("LANG=de_DE.UTF-8", "LC_TIME=C", "TERM=xterm-256color").hasSize(9);
  }
}
