package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.TransferSubjects.Transfer;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Changes of owners and persons, and what they do to agents.
final class OwnerLifeTest {
  private static final String UID = "unix:uid:1000";
  private static final Accounts NONE = new Accounts("", "", "", Set.of());

  private CoreWorld world;
  private CoreWorld.Joined node;
  private SubjectView bot;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
    var _ = world.owner("finance");
    var _ = world.owner("ops");
    bot = world.create(CoreWorld.newAgent("finance", "bot", UID));
    node = world.join(Map.of());
  }

  @AfterEach
  void end() {
    world.close();
  }

  private Life life() {
    return world.core.life();
  }

  private ChangeAsk ask() {
    return ChangeAsk.now(world.request(), "why");
  }

  private Id open() throws ServerException {
    RegistryEntry entry = world.core.registry().of(bot.subject().id()).getFirst();
    return world
        .core
        .openExecution()
        .run(
            node.id(),
            world.request(),
            new OpenExecution.Asked(
                node.startId(),
                entry.id(),
                entry.revision(),
                CoreWorld.attestation(world.process(), UID)),
            world.csr())
        .execution();
  }

  private String endOf(Id execution) throws ServerException {
    return world
        .core
        .queries()
        .execution(execution.toString())
        .execution()
        .end()
        .map(it -> it.reason())
        .orElse("");
  }

  private static Transfer all(String from, String to) {
    return new Transfer(from, to, List.of(), List.of());
  }

  @Test
  void suspendedOwner_withholdsAllItHas_andResumeGivesItBack() throws Exception {
    Id execution = open();

    var changed = life().ownerStates().suspend(CoreWorld.ADMIN, ask(), "finance");

    assertThat(changed.now().owner().state()).isEqualTo(OwnerState.SUSPENDED);
    assertThat(endOf(execution)).isEqualTo("owner-suspended");
    assertThat(world.core.registry().of(bot.subject().id()))
        .extracting(RegistryEntry::withheld)
        .containsExactly(Withheld.OWNER_SUSPENDED);
    refused(Kind.REFUSED, "owner finance: suspended (expected: active)", this::open);
    var _ = life().ownerStates().resume(CoreWorld.ADMIN, ask(), "finance");
    assertThat(endOf(open())).isEmpty();
  }

  @Test
  void resumedOwner_leavesItsSuspendedAgentsSuspended() throws Exception {
    var which = new Which(SubjectKind.AGENT, "finance/bot");
    var _ = life().states().suspend(CoreWorld.ADMIN, ask(), which);
    var _ = life().ownerStates().suspend(CoreWorld.ADMIN, ask(), "finance");
    var _ = life().ownerStates().resume(CoreWorld.ADMIN, ask(), "finance");
    refused(Kind.REFUSED, "agent finance/bot: suspended (expected: active)", this::open);
  }

  @Test
  void retiredOwner_mustBeEmpty_andItsNameIsSpent() throws Exception {
    refused(
        Kind.INVALID,
        "owner finance: 1 that are not retired: agent finance/bot (expected: retire them, or"
            + " transfer them, first)",
        () -> life().ownerStates().retire(CoreWorld.ADMIN, ask(), "finance"));
    var _ = life().transfers().run(CoreWorld.ADMIN, ask(), all("finance", "ops"));
    var _ = life().ownerStates().retire(CoreWorld.ADMIN, ask(), "finance");
    String when = world.clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    refused(
        Kind.ALREADY_EXISTS,
        "owner \"finance\": retired at " + when + " (expected: a name never used before)",
        () -> world.owner("finance"));
    refused(
        Kind.INVALID,
        "owner finance: retired at " + when + " (retired is final: create another one)",
        () -> life().ownerStates().resume(CoreWorld.ADMIN, ask(), "finance"));
  }

  @Test
  void transfer_keepsTheId_changesTheName_endsWhatRuns_spendsTheOldName() throws Exception {
    Id execution = open();

    var dry = life().transfers().run(CoreWorld.ADMIN, ChangeAsk.dry(), all("finance", "ops"));
    assertThat(endOf(execution)).isEmpty();
    var changed = life().transfers().run(CoreWorld.ADMIN, ask(), all("finance", "ops"));

    assertThat(changed.report().fields())
        .isEqualTo(dry.report().fields())
        .containsExactly(
            new FieldChange(
                "agent finance/bot",
                "spiffe-id",
                "spiffe://example.org/agent/finance/bot",
                "spiffe://example.org/agent/ops/bot"));
    assertThat(endOf(execution)).isEqualTo("subject-transferred");
    var now = world.core.queries().subject(SubjectKind.AGENT, "ops/bot");
    assertThat(now.subject().id()).isEqualTo(bot.subject().id());
    assertThat(now.spiffeId()).hasToString("spiffe://example.org/agent/ops/bot");
    String when = world.clock.instant().truncatedTo(ChronoUnit.MILLIS).toString();
    refused(
        Kind.ALREADY_EXISTS,
        "agent finance/bot: transferred at " + when + " (expected: a name never used before)",
        () -> world.create(CoreWorld.newAgent("finance", "bot", UID)));
    assertThat(world.eventKinds()).contains("agent-transferred");
    // Nor can it come back.
    refused(
        Kind.INVALID,
        "agent finance/bot: transferred at " + when + " (expected: a name never used before)",
        () -> life().transfers().run(CoreWorld.ADMIN, ask(), all("ops", "finance")));
  }

  @Test
  void transfer_refusesAllClashesAtOnce_andMovesNothing() throws Exception {
    var _ = world.create(CoreWorld.newAgent("finance", "second", UID));
    var _ = world.create(CoreWorld.newAgent("ops", "bot", UID));
    var _ = world.create(CoreWorld.newAgent("ops", "second", UID));
    refused(
        Kind.INVALID,
        "agent ops/bot: there is one (expected: a name never used before); agent ops/second: there"
            + " is one (expected: a name never used before)",
        () -> life().transfers().run(CoreWorld.ADMIN, ask(), all("finance", "ops")));
    refused(
        Kind.INVALID,
        "agent \"third\": not found (expected: one of owner finance)",
        () ->
            life()
                .transfers()
                .run(
                    CoreWorld.ADMIN,
                    ask(),
                    new Transfer("finance", "ops", List.of("third"), List.of())));
    assertThat(world.eventKinds()).doesNotContain("agent-transferred");
  }

  @Test
  void update_changesContactAndParent_andRefusesACircle() throws Exception {
    var under =
        new UpdateOwner.Patch(
            Set.of(UpdateOwner.Field.PARENT, UpdateOwner.Field.CONTACT), "", "x@y", "", "ops");
    var changed = life().ownerUpdates().run(CoreWorld.ADMIN, ask(), "finance", under);
    assertThat(changed.report().fields())
        .containsExactly(
            new FieldChange("owner finance", "contact", "", "x@y"),
            new FieldChange("owner finance", "parent", "", "ops"));
    assertThat(changed.now().owner().revision()).isEqualTo(2);
    refused(
        Kind.INVALID,
        "parent owner finance: owner \"ops\" stands above it (expected: no circle)",
        () ->
            life()
                .ownerUpdates()
                .run(
                    CoreWorld.ADMIN,
                    ask(),
                    "ops",
                    new UpdateOwner.Patch(
                        Set.of(UpdateOwner.Field.PARENT), "", "", "", "finance")));
    refused(
        Kind.NOT_FOUND,
        "person \"nobody\": not found",
        () ->
            life()
                .ownerUpdates()
                .run(
                    CoreWorld.ADMIN,
                    ask(),
                    "ops",
                    new UpdateOwner.Patch(Set.of(UpdateOwner.Field.HUMAN), "", "", "nobody", "")));
  }

  @Test
  void persons_haveTheirAccountsAlone() throws Exception {
    var accounts = new Accounts("https://id.example", "7", "grace", Set.of(7, 8));
    var created = life().persons().create(CoreWorld.ADMIN, ask(), "grace", accounts);
    assertThat(created.now().orElseThrow().localUids()).containsExactlyInAnyOrder(7, 8);
    refused(
        Kind.ALREADY_EXISTS,
        "person hopper: oidc account: it is person grace; administrator: it is person grace; uid 8:"
            + " it stands for person grace (expected: nobody else's)",
        () ->
            life()
                .persons()
                .create(
                    CoreWorld.ADMIN,
                    ask(),
                    "hopper",
                    new Accounts("https://id.example", "7", "grace", Set.of(8))));
    var updated =
        life()
            .persons()
            .update(CoreWorld.ADMIN, ask(), "grace", Set.of(ChangePersons.Field.LOCAL_UIDS), NONE);
    assertThat(updated.report().fields())
        .containsExactly(new FieldChange("person grace", "local-uids", "7,8", ""));
    assertThat(updated.now().orElseThrow().oidc()).isPresent();
    var removed = life().persons().remove(CoreWorld.ADMIN, ask(), "grace");
    assertThat(removed.now()).isEqualTo(Optional.empty());
    refused(Kind.NOT_FOUND, "person \"grace\": not found", () -> life().persons().show("grace"));
  }

  @Test
  void dryRunOfANewPerson_makesNone() throws Exception {
    int events = world.events().size();
    var dry = life().persons().create(CoreWorld.ADMIN, ChangeAsk.dry(), "grace", NONE);
    assertThat(dry.now()).isEmpty();
    assertThat(dry.report().fields())
        .containsExactly(new FieldChange("person grace", "name", "", "grace"));
    assertThat(world.events()).hasSize(events);
  }

  @Test
  void referencedPerson_stays_andItIsSaidByWhom() throws Exception {
    refused(
        Kind.INVALID,
        "person ada: accountable for owner finance, accountable for owner ops (expected: referred"
            + " to by nothing)",
        () -> life().persons().remove(CoreWorld.ADMIN, ask(), "ada"));
  }
}
