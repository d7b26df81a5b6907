package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Await;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.Isolation;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.WorkloadApiClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the Workload API on TCP, with java-spiffe")
class TcpEndpointTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  @DisplayName(
      "CL-17: a client on tcp://IP:PORT gets the SVID of what is registered for its user on TCP; it ends with the connection")
  void client() throws Exception {
    try (var rig = Rig.start()) {
      var node = rig.addNodeOnTcp();
      var agent = rig.agent("finance", "remote-bot").forProcesses("tcp:uid:" + uid());
      rig.agent("finance", "local-bot").forThisProcess();
      try (var client = client(node.tcp())) {
        assertThat(client.fetchX509Context().getX509Svids())
            .singleElement()
            .satisfies(svid -> assertThat(svid.getSpiffeId()).hasToString(agent.getSpiffeId()));
        assertThat(running(rig.admin()))
            .satisfies(execution -> {
              assertThat(execution.getCode()).isEqualTo(CodeAssurance.CODE_ASSURANCE_NONE);
              assertThat(execution.getIsolation()).isEqualTo(Isolation.ISOLATION_SHARED_UID);
              assertThat(execution.getProcess().getMark().getPid()).isZero();
              assertThat(execution.getProcess().getExecutable()).startsWith("tcp://127.0.0.1:");
            });
      }
      var ended =
          Await.answer(
              "the end of its execution",
              () -> rig.admin().executions(true).getFirst(),
              Execution::hasEndedAt,
              SOON);
      assertThat(ended.getEndReason()).isEqualTo("connection-closed");
    }
  }

  @Test
  @DisplayName("EP-14: what is registered for a process leads to nobody on TCP")
  void processes() throws Exception {
    try (var rig = Rig.start()) {
      var node = rig.addNodeOnTcp();
      rig.agent("finance", "local-bot").forThisProcess();
      try (var client = client(node.tcp())) {
        assertThatThrownBy(client::fetchX509Context)
            .hasStackTraceContaining("PERMISSION_DENIED: no identity issued");
      }
      assertThat(rig.admin().executions(true)).isEmpty();
    }
  }

  @Test
  @DisplayName("a set of selectors is for callers on TCP, or for processes, not for both")
  void mixed() throws Exception {
    try (var rig = Rig.start()) {
      assertThatThrownBy(() ->
              rig.agent("finance", "bot").forProcesses("tcp:uid:" + uid(), "unix:uid:" + uid()))
          .hasMessageContaining("selectors: tcp: together with others");
    }
  }

  private static Execution running(Admin admin) {
    return admin.executions(false).getFirst();
  }

  private static WorkloadApiClient client(String address) throws Exception {
    return DefaultWorkloadApiClient.newClient(
        DefaultWorkloadApiClient.ClientOptions.builder().spiffeSocketPath(address).build());
  }

  private static Object uid() throws Exception {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
