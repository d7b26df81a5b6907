package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.port.OwnerReads;
import dev.credence.server.core.port.SubjectReads;
import dev.credence.server.core.port.View;
import dev.credence.server.core.testing.CoreWorld;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What a list of members costs.
final class SetMembersTest {
  private static final int PAGE = 10;

  private final AtomicInteger lookUps = new AtomicInteger();

  private <T> T counting(Class<T> type, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (type.equals(View.class)) {
                Object part = method.invoke(real, arguments);
                return switch (part) {
                  case SubjectReads subjects -> counting(SubjectReads.class, subjects);
                  case OwnerReads owners -> counting(OwnerReads.class, owners);
                  default -> part;
                };
              }
              lookUps.incrementAndGet();
              return method.invoke(real, arguments);
            }));
  }

  @Test
  void aRegistrar_getsItsOwnPageByPage_andNoPageCostsMoreThanItsMembers() throws Exception {
    try (AdministratorWorld admins = AdministratorWorld.begin()) {
      var world = admins.world;
      Id own = world.core.queries().owner("team").owner().id();
      Id others = world.core.queries().owner("rival").owner().id();
      var _ =
          world.store.write(tx -> {
            for (int i = 0; i < 99; i++) {
              tx.sets().put(new SetMember(Id.random(world.random), new Name("theirs")));
            }
            tx.sets().put(new SetMember(others, new Name("theirs")));
            tx.sets().put(new SetMember(own, new Name("mine")));
            return true;
          });
      Actor.Administrator rae = admins.registrar();
      assertThat(walked(world, rae)).containsExactly("owner team");
      assertThat(walked(world, CoreWorld.ADMIN)).containsExactly("owner rival", "owner team");
      Page<SetView> page =
          world.store.read(view ->
              SetMembers.shown(
                  counting(View.class, view),
                  Reach.of(view, rae, Right.LOOK_AT_OWN),
                  Optional.empty(),
                  new Page.Request(PAGE, Optional.empty())));
      assertThat(page.items()).extracting(SetView::thing).containsExactly("owner team");
      assertThat(page.next()).as("that others have members").isEmpty();
      assertThat(lookUps.get()).isPositive().isLessThanOrEqualTo(3 * PAGE);
    }
  }

  private static List<String> walked(CoreWorld world, Actor actor) throws Exception {
    List<String> things = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      var request = new Page.Request(PAGE, next);
      Page<SetView> page = world.core.life().sets().members().list(actor, "", request);
      page.items().forEach(it -> things.add(it.thing()));
      next = page.next();
    } while (next.isPresent());
    return things;
  }
}
