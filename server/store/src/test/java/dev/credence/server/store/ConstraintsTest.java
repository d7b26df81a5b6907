package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.Transaction;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The second line of defence: what use cases check first, the database refuses too.
class ConstraintsTest extends StoreTest {
  @Test
  void whatMustBeUnique_isRefusedASecondTime() {
    World world = World.in(store, samples);
    Execution execution = samples.execution(world.registration(), world.node());
    CertificateRecord certificate =
        samples.certificate(CertificateRecord.Holder.execution(execution.id()));
    write(transaction -> {
      transaction.executions().insert(execution);
      transaction.executions().insert(certificate);
    });
    Owner owner = world.owner();
    Owner namesake =
        new Owner(
            samples.id(),
            owner.name(),
            owner.contact(),
            owner.accountable(),
            Optional.empty(),
            owner.state(),
            owner.createdAt());
    refused(transaction -> transaction.owners().insert(namesake));
    Subject agent = world.agent();
    Subject double_ =
        new Subject(
            samples.id(),
            agent.handle(),
            agent.state(),
            1,
            agent.svid(),
            agent.governance(),
            agent.createdAt());
    refused(transaction -> transaction.subjects().insert(double_));
    Execution twin =
        new Execution(
            samples.id(),
            execution.kind(),
            execution.host(),
            execution.attestation(),
            samples.time(),
            Optional.empty());
    refused(transaction -> transaction.executions().insert(twin));
    refused(transaction ->
        transaction
            .executions()
            .insert(
                samples.certificate(
                    certificate.spki(), CertificateRecord.Holder.execution(execution.id()))));
    Person sameUid =
        new Person(
            samples.id(),
            samples.name(),
            Optional.empty(),
            Optional.empty(),
            world.person().localUids());
    refused(transaction -> transaction.owners().insert(sameUid));
    Person sameAccount =
        new Person(samples.id(), samples.name(), world.person().oidc(), Optional.empty(), Set.of());
    refused(transaction -> transaction.owners().insert(sameAccount));
    Node node = world.node();
    Node sameKey = new Node(samples.id(), node.state(), node.origin(), node.key(), node.presence());
    refused(transaction -> transaction.nodes().insert(sameKey));
    // Once the first has ended, the process may begin anew.
    write(transaction -> transaction.executions().update(samples.ended(execution)));
    write(transaction -> transaction.executions().insert(twin));
  }

  @Test
  void whatIsReferredTo_mustBeThere() {
    World world = World.in(store, samples);
    refused(transaction -> transaction.owners().insert(samples.owner(samples.person())));
    refused(transaction ->
        transaction
            .subjects()
            .insert(samples.subject(SubjectKind.AGENT, samples.owner(world.person()))));
    refused(transaction ->
        transaction.executions().insert(samples.execution(world.registration(), samples.node())));
    refused(transaction ->
        transaction
            .executions()
            .insert(samples.certificate(CertificateRecord.Holder.node(samples.id()))));
    assertThatThrownBy(() ->
            write(transaction ->
                transaction
                    .executions()
                    .insert(samples.certificate(CertificateRecord.Holder.execution(samples.id())))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not there");
  }

  private void refused(Consumer<Transaction> work) {
    assertThatThrownBy(() -> write(work))
        .isInstanceOfSatisfying(
            StoreException.class,
            failure ->
                assertThat(failure.outcome()).isEqualTo(StoreException.Outcome.NOTHING_WRITTEN))
        .hasMessageContaining("constraint failed");
  }

  @Test
  void text_thatNotEveryDatabaseHolds_isRefused() {
    for (String text : List.of("a\0b", "\ud800", "\udc00x", "x\ud800y")) {
      assertThatThrownBy(() -> write(transaction -> transaction.meta().setTrustDomain(text)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void time_outsideTheRange_isRefused_notCut() {
    for (Instant time : List.of(Instant.MIN, Instant.MAX, Instant.parse("1500-01-01T00:00:00Z"))) {
      assertThatThrownBy(() -> write(transaction -> transaction.meta().noteTime(time)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1678 to 2262");
    }
  }

  @Test
  void everythingIsStillThere_afterReopening(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a.db");
    World world;
    dev.credence.certs.Id epoch;
    try (SqliteStore first = SqliteStore.open(file, StoreSettings.defaults(failure -> {}))) {
      world = World.in(first, samples);
      epoch = first.read(view -> view.meta().epoch());
    }
    try (SqliteStore second = SqliteStore.open(file, StoreSettings.defaults(failure -> {}))) {
      Optional<Subject> agent = second.read(view -> view.subjects().find(world.agent().id()));
      assertThat(agent).contains(world.agent());
      assertThatObject(second.read(view -> view.meta().epoch())).isEqualTo(epoch);
    }
    assertThat(epoch).isNotEqualTo(read(view -> view.meta().epoch()));
  }
}
