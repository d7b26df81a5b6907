package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Isolation;
import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.EndExecution.Report;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Callers on TCP, of whom a node knows the user and nothing else.
final class TcpCallerTest {
  private static final String USER = "tcp:uid:1000";

  private ExecutionsBench bench;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private ProcessSeen connection() {
    ProcessSeen process = bench.world.process();
    ProcessSeen.Instance there = process.mark().instance();
    return new ProcessSeen(
        new ProcessSeen.Mark(
            new ProcessSeen.Instance(there.bootId(), there.pidNamespace(), 0, there.startTime()),
            0,
            4711,
            new ProcessSeen.Image(0, 0, 0)),
        1000,
        -1,
        "tcp://127.0.0.1:40001");
  }

  private static Attestation attested(ProcessSeen seen, Evidence... evidence) {
    return new Attestation(seen, List.of(evidence), CodeAssurance.NONE, Isolation.SHARED_UID);
  }

  private static Evidence says(String selector) {
    return Evidence.of(Selector.parse(selector), "sock_diag");
  }

  private SubjectView register(Optional<Lifetime> lifetime, String... selectors)
      throws ServerException {
    NewSubject agent = CoreWorld.newAgent("finance", "caller", selectors);
    return bench.world.create(
        new NewSubject(
            agent.kind(),
            agent.owner(),
            agent.name(),
            agent.match(),
            new Profile(Optional.empty(), List.of(), "", Optional.empty(), lifetime),
            agent.governance()));
  }

  private IssuedSvid open(SubjectView of, Attestation attestation) throws ServerException {
    RegistryEntry entry = bench.world.core.registry().of(of.subject().id()).getFirst();
    return bench.open(
        new OpenExecution.Asked(bench.node.startId(), entry.id(), entry.revision(), attestation),
        bench.world.csr());
  }

  @Test
  void user_isAllThatIsKnown() throws Exception {
    SubjectView caller = register(Optional.empty(), USER);
    IssuedSvid svid = open(caller, attested(connection(), says(USER)));
    ExecutionFacts facts = ExecutionFacts.of(svid.chain().getFirst()).orElseThrow();
    assertThat(facts.code()).isEqualTo(CodeAssurance.NONE);
    assertThat(facts.isolation()).isEqualTo(Isolation.SHARED_UID);
  }

  @Test
  void connection_hasNoPropertiesOfAProcess_andAProcessNoneOfAConnection() throws Exception {
    SubjectView caller = register(Optional.empty(), USER);
    refused(
        Kind.INVALID,
        "attestation: properties of a process, of a connection (expected: tcp: only)",
        () -> open(caller, attested(connection(), says(USER), says("unix:uid:1000"))));
    refused(
        Kind.INVALID,
        "attestation: tcp: properties, of a process (expected: of a connection)",
        () -> open(caller, attested(bench.world.process(), says(USER))));
  }

  @Test
  void closedConnection_endsItsExecution_whateverTheLifetime() throws Exception {
    SubjectView caller = register(Optional.of(Lifetime.SVID), USER);
    for (String reason : List.of("connection-closed", "process-exited")) {
      IssuedSvid svid = open(caller, attested(connection(), says(USER)));
      var _ =
          bench
              .world
              .core
              .endExecution()
              .byNode(
                  bench.node.id(),
                  bench.world.request(),
                  new Report(bench.node.startId(), svid.execution(), reason));
      assertThat(bench.shown(svid.execution()).execution().end().map(Execution.End::reason))
          .contains(reason);
    }
  }

  @Test
  void serviceOnTcp_underAnAdministratorsUid_isRefusedOnTheServersHost() throws Exception {
    ProcessSeen.Instance there = connection().mark().instance();
    CoreSettings standard = CoreWorld.settings(false);
    bench.close();
    bench =
        new ExecutionsBench(
            new CoreSettings(
                standard.trustDomain(),
                false,
                standard.lifetimes(),
                standard.limits(),
                standard.address(),
                new CoreSettings.Administrators(
                    Set.of(0, 1000), there.bootId(), there.pidNamespace())));
    SubjectView onTcp = service("on-tcp", USER);
    refused(
        Kind.REFUSED,
        "service finance/on-tcp: its process runs as uid 1000, which administers this server"
            + " (expected: a uid of its own, another host or container, or dev mode)",
        () -> open(onTcp, attested(connection(), says(USER))));
    // The local socket sees which identity a process has.
    SubjectView local = service("local", "unix:uid:1000");
    var _ = open(local, CoreWorld.attestation(bench.world.process(), "unix:uid:1000"));
  }

  private SubjectView service(String name, String selector) throws ServerException {
    NewSubject agent = CoreWorld.newAgent("finance", name, selector);
    return bench.world.create(
        new NewSubject(
            SubjectKind.SERVICE,
            agent.owner(),
            agent.name(),
            agent.match(),
            new Profile(Optional.empty(), List.of(), ""),
            agent.governance()));
  }

  @Test
  void selectors_ofBothKinds_andRoots_areRefused() throws Exception {
    refused(
        Kind.INVALID,
        "selectors: tcp: together with others (expected: tcp:uid:UID alone; of a caller on TCP nothing else is attested)",
        () -> register(Optional.empty(), USER, "unix:uid:1000"));
    refused(
        Kind.INVALID,
        "selector tcp:uid:0: root's (expected: another user's, since programs that forward connections for others run as root)",
        () -> register(Optional.empty(), "tcp:uid:0"));
  }
}
