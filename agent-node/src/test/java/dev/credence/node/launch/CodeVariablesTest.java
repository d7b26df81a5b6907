package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("variables that can change the code")
class CodeVariablesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "OPENJ9_JAVA_OPTIONS",
        "IBM_JAVA_OPTIONS",
        "NODE_COMPILE_CACHE",
        "BASH_LOADABLES_PATH",
        "KRB5_CONFIG",
        "SASL_PATH",
        "ODBCINI",
        "GTK_MODULES",
        "GIO_EXTRA_MODULES",
        "QT_PLUGIN_PATH",
        "NUMBA_CACHE_DIR",
        "TORCHINDUCTOR_CACHE_DIR",
        "TRITON_CACHE_DIR",
        "GIT_SSH_COMMAND",
        "XDG_CONFIG_HOME",
        "SOME_PLUGIN_PATH",
      })
  @DisplayName("count by their families")
  void families(String name) {
    assertThat(CodeVariables.changesCode(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"NODE_ENV", "DATABASE_URL", "API_TOKEN", "LOG_LEVEL", "HTTPS_PROXY", "LC_ALL"})
  @DisplayName("are not all there are")
  void others(String name) {
    assertThat(CodeVariables.changesCode(name)).isFalse();
  }

  @Test
  @DisplayName("are all in the howto")
  void documented() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "howto", "launch.md"));
    var expected = new ArrayList<String>(CodeVariables.NAMES);
    CodeVariables.PREFIXES.forEach(one -> expected.add(one + "*"));
    CodeVariables.SUFFIXES.forEach(one -> expected.add("*" + one));
    expected.addAll(CodeVariables.HARMLESS);
    assertThat(expected).allSatisfy(one -> assertThat(page).contains("`" + one + "`"));
  }

  @Test
  @DisplayName("that a registration allows are told to people as what was not measured")
  void notice() throws Exception {
    var account = new Account(7, 8, List.of(), "agent", "/home/agent", "/bin/sh");
    var plain = new LaunchEnvironment(account, "unix:///x").add(Map.of("A", "1"), Set.of());
    assertThat(plain.notice()).isEmpty();
    var allowed = plain.add(Map.of("PYTHONPATH", "/x"), Set.of("PYTHONPATH"));
    assertThat(allowed.notice().orElseThrow()).contains("PYTHONPATH").contains("not measured");
  }
}
