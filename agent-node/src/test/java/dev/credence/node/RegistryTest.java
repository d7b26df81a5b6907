package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private final Registration one = Registrations.of(1, "unix:uid:1");
  private final Registration two = Registrations.of(2, "unix:uid:2");

  private static RegistryChange full(long number, Registration... registrations) {
    return new RegistryChange(new Cursor("aa", number), 0, true, List.of(registrations), Set.of());
  }

  private static RegistryChange delta(
      String epoch, long previous, List<Registration> changed, Set<Id> removed) {
    return new RegistryChange(new Cursor(epoch, previous + 1), previous, false, changed, removed);
  }

  @Test
  void aFullUpdateReplacesEverything() throws GapException {
    Registry first = Registry.after(Optional.empty(), full(7, one));
    Registry second = Registry.after(Optional.of(first), full(3, two));
    assertThat(second.registrations()).containsExactly(two);
    assertThat(second.cursor()).isEqualTo(new Cursor("aa", 3));
  }

  @Test
  void aDeltaChangesWhatItNames() throws GapException {
    Registry first = Registry.after(Optional.empty(), full(7, one));
    Registry second =
        Registry.after(Optional.of(first), delta("aa", 7, List.of(two), Set.of(one.id())));
    assertThat(second.registrations()).containsExactly(two);
    assertThat(second.cursor().number()).isEqualTo(8);
    assertThat(first.registrations()).containsExactly(one);
  }

  @Test
  void onlyNamedPropertiesAreWanted() throws GapException {
    Registry registry = Registry.after(Optional.empty(), full(1, one));
    assertThat(registry.wanted().names("unix", "uid")).isTrue();
    assertThat(registry.wanted().names("unix", "sha256")).isFalse();
  }

  @Test
  void aGapIsNoticed() throws GapException {
    Optional<Registry> known = Optional.of(Registry.after(Optional.empty(), full(7, one)));
    assertGap(known, delta("aa", 8, List.of(two), Set.of()));
    assertGap(known, delta("aa", 6, List.of(two), Set.of()));
    assertGap(known, delta("bb", 7, List.of(two), Set.of()));
    assertGap(Optional.empty(), delta("aa", 0, List.of(two), Set.of()));
  }

  private static void assertGap(Optional<Registry> known, RegistryChange change) {
    assertThatExceptionOfType(GapException.class).isThrownBy(() -> Registry.after(known, change));
  }

  @Test
  void theOldestComesFirst() throws GapException {
    Registration younger = Registrations.createdAt(9, "unix:uid:1");
    Registration older = Registrations.createdAt(3, "unix:uid:1");
    Registry registry = Registry.after(Optional.empty(), full(1, younger, older));
    assertThat(registry.registrations()).containsExactly(older, younger);
  }

  @Test
  void whatNobodyNamesAnyMoreIsNotWanted() throws GapException {
    Registry first = Registry.after(Optional.empty(), full(7, one, gid()));
    assertThat(first.wanted().names("unix", "gid")).isTrue();
    assertThat(first.wanted().names(Selector.parse("unix:gid:2"))).isTrue();
    Registry second =
        Registry.after(Optional.of(first), delta("aa", 7, List.of(), Set.of(gid().id())));
    assertThat(second.wanted().names("unix", "gid")).isFalse();
    assertThat(second.wanted().names(Selector.parse("unix:gid:2"))).isFalse();
    assertThat(second.wanted().names("unix", "uid")).isTrue();
  }

  private static Registration gid() {
    return Registrations.of(2, "unix:gid:2");
  }

  @Test
  void manyChangesLeadWhereAFullUpdateLeads() throws GapException {
    var random = new Random(5);
    var all = new HashMap<Id, Registration>();
    Registry changing = Registry.after(Optional.empty(), full(0));
    for (int number = 0; number < 300; number++) {
      var changed = new ArrayList<Registration>();
      var removed = new HashSet<Id>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        Registration registration = any(random);
        if (random.nextInt(3) == 0) {
          removed.add(registration.id());
        } else {
          changed.add(registration);
        }
      }
      removed.forEach(all::remove);
      changed.forEach(registration -> all.put(registration.id(), registration));
      changing = Registry.after(Optional.of(changing), delta("aa", number, changed, removed));
      assertSame(
          changing,
          Registry.after(Optional.empty(), full(0, all.values().toArray(Registration[]::new))));
    }
  }

  private static void assertSame(Registry one, Registry other) {
    assertThat(one.registrations()).isEqualTo(other.registrations());
    assertThat(one.withheld()).isEqualTo(other.withheld());
    for (String name : List.of("uid", "gid", "path")) {
      assertThat(one.wanted().names("unix", name)).isEqualTo(other.wanted().names("unix", name));
    }
    for (Registration registration : other.registrations()) {
      assertThat(one.registration(registration.id())).contains(registration);
      assertThat(one.wanted().names(registration.selectors().getFirst())).isTrue();
    }
  }

  private static Registration any(Random random) {
    long number = random.nextInt(12);
    String name = List.of("uid", "gid", "path").get(random.nextInt(3));
    Registration registration = Registrations.of(number, "unix:" + name + ":" + number);
    return random.nextInt(4) == 0 ? Registrations.withheld(registration) : registration;
  }
}
