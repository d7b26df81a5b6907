package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Sha256;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.port.Executions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Nodes, join tokens, executions and certificates: what goes in comes out, by everything it can be
/// found by.
class NodesAndExecutionsTest extends StoreTest {
  @Test
  void node_insertedAndUpdated_comesBack() {
    Node node = samples.node();
    Node other = samples.node();
    Node changed =
        new Node(node.id(), NodeState.BANNED, other.origin(), other.key(), other.presence());
    Node silent =
        new Node(
            samples.id(),
            NodeState.SUSPENDED,
            new Node.Origin("join", Map.of(), samples.time()),
            samples.digest(),
            new Node.Presence(Optional.empty(), "", "", samples.time(), samples.time()));
    write(transaction -> {
      transaction.nodes().insert(node);
      transaction.nodes().insert(silent);
    });
    thatMaybe(view -> view.nodes().find(node.id())).contains(node);
    thatMaybe(view -> view.nodes().byKey(node.key())).contains(node);
    write(transaction -> transaction.nodes().update(changed));
    thatMaybe(view -> view.nodes().byKey(node.key())).isEmpty();
    thatMaybe(view -> view.nodes().byKey(changed.key())).contains(changed);
    thatList(view -> view.nodes().all()).containsExactly(changed, silent);
    assertThatThrownBy(() -> write(transaction -> transaction.nodes().update(samples.node())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void joinToken_redeemed_staysWithItsKey() {
    World world = World.in(store, samples);
    JoinTokenRecord token = samples.token();
    JoinTokenRecord redeemed = redeemed(token, world.node(), world.node().key());
    write(transaction -> transaction.nodes().insert(token));
    thatMaybe(view -> view.nodes().token(token.secretDigest())).contains(token);
    write(transaction -> transaction.nodes().update(redeemed));
    write(transaction -> transaction.nodes().update(redeemed));
    assertThatThrownBy(() ->
            write(transaction ->
                transaction.nodes().update(redeemed(token, world.node(), samples.digest()))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("redeemed by another key");
    assertThatThrownBy(() -> write(transaction -> transaction.nodes().update(token)))
        .isInstanceOf(IllegalStateException.class);
    thatMaybe(view -> view.nodes().token(token.secretDigest())).contains(redeemed);
    thatMaybe(view -> view.nodes().token(samples.digest())).isEmpty();
  }

  private static JoinTokenRecord redeemed(JoinTokenRecord token, Node node, Sha256 key) {
    return new JoinTokenRecord(
        token.secretDigest(),
        token.labels(),
        token.expiresAt(),
        Optional.of(new JoinTokenRecord.Redemption(key, node.id())));
  }

  @Test
  void execution_running_isFoundByProcessNodeAndSubject() {
    World world = World.in(store, samples);
    Execution execution = samples.execution(world.registration(), world.node());
    ProcessSeen.Mark mark = execution.attestation().process().mark();
    write(transaction -> transaction.executions().insert(execution));
    thatMaybe(view -> view.executions().find(execution.id())).contains(execution);
    thatMaybe(view -> view.executions().running(world.node().id(), world.agent().id(), mark))
        .contains(execution);
    thatMaybe(view ->
            view.executions().running(world.node().id(), world.agent().id(), samples.mark()))
        .isEmpty();
    thatMaybe(view -> view.executions().running(world.node().id(), samples.id(), mark)).isEmpty();
    thatMaybe(view -> view.executions().running(samples.id(), world.agent().id(), mark)).isEmpty();
    thatList(view -> view.executions().runningOn(world.node().id())).containsExactly(execution);
    thatList(view -> view.executions().runningAs(mark.instance())).containsExactly(execution);
    thatList(view -> view.executions().runningAs(samples.mark().instance())).isEmpty();
    thatNumber(view -> view.executions().countRunning()).isEqualTo(1);
    thatNumber(view -> view.executions().countRunningOn(world.node().id())).isEqualTo(1);
    thatNumber(view -> view.executions().countRunningOn(samples.id())).isZero();
  }

  @Test
  void execution_ended_isFinalAndRunsNoMore() {
    World world = World.in(store, samples);
    Execution execution = samples.execution(world.registration(), world.node());
    ProcessSeen.Mark mark = execution.attestation().process().mark();
    Execution ended = samples.ended(execution);
    write(transaction -> transaction.executions().insert(execution));
    write(transaction -> transaction.executions().update(ended));
    thatMaybe(view -> view.executions().find(execution.id())).contains(ended);
    thatMaybe(view -> view.executions().running(world.node().id(), world.agent().id(), mark))
        .isEmpty();
    thatList(view -> view.executions().runningOn(world.node().id())).isEmpty();
    thatList(view -> view.executions().runningAs(mark.instance())).isEmpty();
    thatNumber(view -> view.executions().countRunning()).isZero();
    assertThatThrownBy(() -> write(transaction -> transaction.executions().update(execution)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended");
    thatMaybe(view -> view.executions().find(execution.id())).contains(ended);
  }

  @Test
  void execution_attestedAgain_hasTheNewAttestation() {
    World world = World.in(store, samples);
    Execution execution = samples.execution(world.registration(), world.node());
    Execution again =
        new Execution(
            execution.id(),
            execution.kind(),
            execution.host(),
            samples.attestation(execution.attestation().process().mark()),
            execution.beganAt(),
            Optional.empty());
    write(transaction -> transaction.executions().insert(execution));
    write(transaction -> transaction.executions().update(again));
    thatMaybe(view -> view.executions().find(execution.id())).contains(again);
  }

  @Test
  void executions_areListedByFilter() {
    World world = World.in(store, samples);
    Subject service = samples.subject(SubjectKind.SERVICE, world.owner());
    Registration other = samples.registration(service, new NodeSelection.AnyNode());
    Execution first = samples.execution(world.registration(), world.node());
    Execution second = samples.execution(other, world.node());
    Execution third = samples.execution(world.registration(), world.node());
    Execution ended = samples.ended(first);
    write(transaction -> {
      transaction.subjects().insert(service);
      transaction.subjects().insert(other);
      List.of(first, second, third).forEach(transaction.executions()::insert);
      transaction.executions().update(ended);
    });
    assertThat(list(Optional.empty(), true)).containsExactly(ended, second, third);
    assertThat(list(Optional.empty(), false)).containsExactly(second, third);
    assertThat(list(Optional.of(world.agent()), true)).containsExactly(ended, third);
    assertThat(list(Optional.of(world.agent()), false)).containsExactly(third);
    assertThat(list(Optional.of(service), false)).containsExactly(second);
  }

  private List<Execution> list(Optional<Subject> subject, boolean ended) {
    var filter = new Executions.Filter(subject.map(Subject::id), ended);
    return pages(1, page -> read(view -> view.executions().list(filter, page)));
  }

  @Test
  void certificates_areFoundByKeyAndExecution() {
    World world = World.in(store, samples);
    Execution execution = samples.execution(world.registration(), world.node());
    CertificateRecord first =
        samples.certificate(CertificateRecord.Holder.execution(execution.id()));
    CertificateRecord second =
        samples.certificate(CertificateRecord.Holder.execution(execution.id()));
    CertificateRecord node =
        samples.certificate(world.node().key(), CertificateRecord.Holder.node(world.node().id()));
    CertificateRecord renewed =
        samples.certificate(world.node().key(), CertificateRecord.Holder.node(world.node().id()));
    CertificateRecord server = samples.certificate(CertificateRecord.Holder.server());
    write(transaction -> {
      transaction.executions().insert(execution);
      List.of(first, second, node, renewed, server).forEach(transaction.executions()::insert);
    });
    thatMaybe(view -> view.executions().certificateOfKey(first.spki())).contains(first);
    thatMaybe(view -> view.executions().certificateOfKey(world.node().key())).contains(renewed);
    thatMaybe(view -> view.executions().certificateOfKey(server.spki())).contains(server);
    thatMaybe(view -> view.executions().certificateOfKey(samples.digest())).isEmpty();
    thatMaybe(view -> view.executions().newestCertificate(execution.id())).contains(second);
    thatMaybe(view -> view.executions().newestCertificate(samples.id())).isEmpty();
  }
}
