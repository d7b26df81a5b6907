package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.certs.Id;
import java.util.List;
import java.util.Optional;
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
}
