package dev.credence.attestors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTypesTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  private final SelectorTypes types = SelectorTypes.known();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:uid:0",
        "unix:uid:4294967294",
        "unix:gid:1000",
        "unix:supplementary_gid:27",
        "unix:user:www-data",
        "unix:group:docker",
        "unix:supplementary_group:DOMAIN\\people",
        "unix:path:/usr/bin/python3",
        "unix:path:/opt/my agent/a..b/.c",
        "unix:sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "process:cgroup:/",
        "process:cgroup:/system.slice/agent.service",
        "process:no_new_privs:true",
        "process:seccomp:filter",
        "process:capabilities:none",
        "process:capabilities:00000000a80425fb",
        "process:pid_namespace:node",
        "process:mount_namespace:4026532201",
        "code:entry:bin/agent.py",
        "code:tree:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "launch:runtime:python",
        "launch:agent:finance/invoice-bot",
        "launch:caller_filters:none",
        "launch:env:PYTHONPATH",
        "sandbox:cgroup:own",
        "sandbox:view:copy",
        "systemd:id:agent.service",
        "docker:label:com.example.team:billing"
      })
  void whatAProcessCanHaveIsAccepted(String text) {
    assertThat(types.requireWorkload(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:uid:-1",
        "unix:uid:+1",
        "unix:uid:01",
        "unix:uid:4294967295",
        "unix:uid:99999999999",
        "unix:uid:root",
        "unix:uid:1 ",
        "unix:user:a:b",
        "unix:user:a/b",
        "unix:user:a b",
        "unix:path:usr/bin/x",
        "unix:path:/",
        "unix:path:/usr/bin/",
        "unix:path:/usr//bin/x",
        "unix:path:/usr/../bin/x",
        "unix:path:/usr/./bin/x",
        "unix:path:/usr/bin/..",
        "unix:sha256:abc",
        "process:cgroup:system.slice",
        "process:no_new_privs:yes",
        "process:capabilities:CAP_NET_ADMIN",
        "process:pid_namespace:host",
        "code:entry:/srv/agent.py",
        "code:entry:../agent.py",
        "launch:runtime:cobol",
        "launch:agent:invoice-bot",
        "launch:caller_filters:some",
        "launch:env:A=B",
        "docker:label:team",
        "unix:sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
        "unix:sha256:sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"
      })
  void whatNoProcessCanHaveIsRefused(String text) {
    assertThatThrownBy(() -> types.requireWorkload(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected:");
  }

  @ParameterizedTest
  @CsvSource({
    "unx:uid:1, did you mean unix?",
    "unix:usr:x, did you mean user?",
    "unix:uuid:1, did you mean uid?",
    "unix:shasum:1, did you mean sha256?",
    "unix:supplementary-gid:1, did you mean supplementary_gid?"
  })
  void theNearestNameIsSuggested(String text, String suggestion) {
    assertThatThrownBy(() -> types.requireWorkload(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(suggestion);
  }

  @Test
  void farNamesAreNotSuggested() {
    assertThatThrownBy(() -> types.requireWorkload("kubernetes:pod:x"))
        .hasMessage(
            "selector type \"kubernetes\" (expected: code, docker, launch, node, process, sandbox,"
                + " systemd, tcp, unix, x509pop)");
  }

  @Test
  void nodesAndProcessesAreKeptApart() {
    String id = "abcdefghijklmnopqrstuvwxyz";
    assertThat(types.requireNode("node:label:site:berlin:1").value()).isEqualTo("site:berlin:1");
    assertThat(types.requireNode("node:id:" + id).value()).isEqualTo(id);
    assertThatThrownBy(() -> types.requireNode("node:id:ABC")).hasMessageContaining("base32");
    assertThatThrownBy(() -> types.requireNode("node:label:site"))
        .hasMessageContaining("KEY:VALUE");
    assertThatThrownBy(() -> types.requireNode("unix:uid:1"))
        .hasMessageContaining("is not a node's");
    assertThatThrownBy(() -> types.requireWorkload("node:id:" + id))
        .hasMessageContaining("is a node's");
  }

  @Test
  void digestsAreLowerCaseOnly() {
    assertThat(types.requireWorkload("unix:sha256:" + DIGEST).value()).isEqualTo(DIGEST);
  }
}
