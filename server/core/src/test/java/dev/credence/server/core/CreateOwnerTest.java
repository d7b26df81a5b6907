package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.CreateOwner.NewOwner;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CreateOwnerTest {
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
  }

  @AfterEach
  void end() {
    world.close();
  }

  private OwnerView create(NewOwner asked) throws ServerException {
    return world.core.createOwner().run(CoreWorld.ADMIN, world.request(), asked);
  }

  private static NewOwner named(String name) {
    return new NewOwner(name, "", "", "", "", "");
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of(
            named(""),
            Kind.INVALID,
            "owner name \"\" (expected: [a-z0-9] and inner -, at least 1 and at most 63"
                + " characters)"),
        Arguments.of(
            named("Finance"),
            Kind.INVALID,
            "owner name \"Finance\" (expected: [a-z0-9] and inner -, at least 1 and at most 63"
                + " characters)"),
        Arguments.of(
            new NewOwner("a", "x".repeat(1025), "line\nfeed", "Ada", "", ""),
            Kind.INVALID,
            "display name: 1025 bytes (expected: at most 1024); contact: control characters"
                + " (expected: one line of text); human name \"Ada\" (expected: [a-z0-9] and inner"
                + " -, at least 1 and at most 63 characters)"),
        Arguments.of(
            new NewOwner("a", "", "", "", "", "nobody"),
            Kind.NOT_FOUND,
            "parent owner \"nobody\": not found"),
        Arguments.of(
            named("taken"),
            Kind.ALREADY_EXISTS,
            "owner \"taken\": there is or was one (expected: a name never used before)"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void wrongRequest_isRefused_withItsReason_andLeavesOnlyARefusal(
      NewOwner asked, Kind kind, String message) throws Exception {
    var _ = create(named("taken"));
    int before = world.events().size();
    ServerException _ = refused(kind, message, () -> create(asked));
    assertThat(world.core.queries().owners(new Page.Request(9, Optional.empty())).items())
        .hasSize(1);
    assertThat(world.events()).hasSize(before + 1);
    assertThat(world.refusals()).containsExactly(message);
  }

  @Test
  void human_isMadeKnownOnce_andFoundByNameLater() throws Exception {
    OwnerView first = create(new NewOwner("finance", "Finance", "f@example.org", "ada", "", ""));
    OwnerView second = create(new NewOwner("sales", "", "", "ada", "", "finance"));
    assertThat(first.accountable()).isEqualTo(second.accountable());
    assertThat(second.parent().orElseThrow().value()).isEqualTo("finance");
    assertThat(world.eventKinds()).filteredOn("person-created"::equals).hasSize(1);
    assertThat(world.core.queries().owner("sales")).isEqualTo(second);
    assertThat(world.core.queries().owner(second.owner().id().toString())).isEqualTo(second);
  }

  @Test
  void withoutHuman_thePersonOfTheCallingUid_isAccountable() throws Exception {
    OwnerView first = create(new NewOwner("finance", "", "", "", "ada", ""));
    OwnerView second = create(new NewOwner("sales", "", "", "", "ada", ""));
    assertThat(first.accountable().name().value()).isEqualTo("ada");
    assertThat(first.accountable().localUids()).isEqualTo(Set.of(1000));
    assertThat(second.accountable()).isEqualTo(first.accountable());
  }

  @Test
  void uid_neverBecomesAnExistingPerson_byItsUserName() throws Exception {
    OwnerView named = create(new NewOwner("finance", "", "", "ada", "", ""));
    OwnerView byUid = create(new NewOwner("sales", "", "", "", "ada", ""));
    assertThat(byUid.accountable().id()).isNotEqualTo(named.accountable().id());
    assertThat(byUid.accountable().name().value()).isEqualTo("uid-1000");
  }

  @Test
  void userName_thatIsNoName_givesWayToTheUid() throws Exception {
    assertThat(
            create(new NewOwner("a", "", "", "", "Ada Lovelace", "")).accountable().name().value())
        .isEqualTo("uid-1000");
  }

  @Test
  void uid_whoseNamesAreTaken_mustSayWho() throws Exception {
    var _ = create(new NewOwner("a", "", "", "ada", "", ""));
    var _ = create(new NewOwner("b", "", "", "uid-1000", "", ""));
    ServerException _ =
        refused(
            Kind.INVALID,
            "human: uid 1000 stands for nobody, and its name is another person's (expected: --human"
                + " NAME)",
            () -> create(new NewOwner("c", "", "", "", "ada", "")));
    ServerException _ =
        refused(
            Kind.INVALID,
            "human: none (expected: the name of the person who answers for the owner)",
            () -> world.core.createOwner().run(new Actor.Server(), world.request(), named("c")));
  }

  @Test
  void sameRequestId_sameAnswer_anotherQuestion_refused() throws Exception {
    RequestId request = world.request();
    NewOwner asked = new NewOwner("finance", "F", "", "ada", "", "");
    OwnerView first = world.core.createOwner().run(CoreWorld.ADMIN, request, asked);
    int events = world.events().size();
    assertThat(world.core.createOwner().run(CoreWorld.ADMIN, request, asked)).isEqualTo(first);
    assertThat(world.events()).hasSize(events);
    ServerException _ =
        refused(
            Kind.REQUEST_REUSED,
            "request id %s: used before for another question (expected: a new id for each)"
                .formatted(request),
            () ->
                world
                    .core
                    .createOwner()
                    .run(
                        CoreWorld.ADMIN, request, new NewOwner("finance", "G", "", "ada", "", "")));
    // Ids of different callers never meet.
    ServerException _ =
        refused(
            Kind.ALREADY_EXISTS,
            "owner \"finance\": there is or was one (expected: a name never used before)",
            () -> world.core.createOwner().run(new Actor.LocalUid(0), request, asked));
  }
}
