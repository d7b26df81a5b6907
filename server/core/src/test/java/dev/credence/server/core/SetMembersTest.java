package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.port.OwnerReads;
import dev.credence.server.core.port.SubjectReads;
import dev.credence.server.core.port.View;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What a list of members costs.
final class SetMembersTest {
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
  void whatARegistrarDoesNotReach_isNotLookedUp() throws Exception {
    var store = new MemoryStore();
    try (CoreWorld world = CoreWorld.in(store)) {
      var _ = world.owner("rival");
      Id own = world.owner("team").owner().id();
      store.tamper(tx -> {
        for (int i = 0; i < 100; i++) {
          tx.sets().put(new SetMember(Id.random(world.random), new Name("theirs")));
        }
        tx.sets().put(new SetMember(own, new Name("mine")));
      });
      List<SetView> shown =
          store.read(view ->
              SetMembers.shown(
                  counting(View.class, view), Optional.of(Set.of(own)), view.sets().all()));
      assertThat(shown).extracting(SetView::thing).containsExactly("owner team");
      assertThat(lookUps.get()).isLessThan(10);
    }
  }
}
