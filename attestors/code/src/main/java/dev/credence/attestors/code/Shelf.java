package dev.credence.attestors.code;

import dev.credence.certs.Sha256;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which copies there are, who uses them, and which have to go. Knows no files. Thread-safe.
final class Shelf {
  private final StoreLimits limits;
  private final Clock clock;
  private final Map<Sha256, Slot> slots = new HashMap<>();
  private final Map<Integer, Map<Copy, Integer>> heldByUser = new HashMap<>();
  private final List<Copy> doomed = new ArrayList<>();
  private long bytes;

  Shelf(StoreLimits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
  }

  private static final class Slot {
    private final Copy copy;
    private long lastUsed;
    private int users;
    private boolean proven;

    Slot(Copy copy, long lastUsed, boolean proven) {
      this.copy = copy;
      this.lastUsed = lastUsed;
      this.proven = proven;
    }
  }

  /// A copy that was there at the start.
  synchronized void found(Copy copy, long lastUsedMillis) {
    if (slots.containsKey(copy.tree())) {
      doomed.add(copy);
    } else {
      slots.put(copy.tree(), new Slot(copy, lastUsedMillis, false));
      bytes += copy.bytes();
      tidy();
    }
  }

  /// Takes the copy of a tree for a user, if there is one.
  synchronized Optional<Copy> hold(Sha256 tree, int uid) throws CodeRefusedException {
    Slot slot = slots.get(tree);
    if (slot == null) {
      return Optional.empty();
    }
    charge(uid, slot.copy);
    slot.users++;
    return Optional.of(slot.copy);
  }

  /// The copy was digested since the start, and is what it is named by.
  synchronized void proven(Copy copy) {
    Slot slot = slots.get(copy.tree());
    if (slot != null && slot.copy.equals(copy)) {
      slot.proven = true;
    }
  }

  /// Puts a new copy in, held by this user.
  ///
  /// @return the copy of this tree that counts: another one, if that came first and is proven; then
  ///   the new one is among [#doomed()]
  synchronized Copy add(Copy made, int uid) throws CodeRefusedException {
    Slot slot = slots.get(made.tree());
    if (slot != null && !slot.proven) {
      drop(slot);
      slot = null;
    }
    if (slot == null) {
      makeRoom(made.bytes());
    }
    charge(uid, slot == null ? made : slot.copy);
    if (slot == null) {
      slot = new Slot(made, clock.millis(), true);
      slots.put(made.tree(), slot);
      bytes += made.bytes();
    } else {
      doomed.add(made);
    }
    slot.users++;
    return slot.copy;
  }

  /// A copy turned out not to be what it is named: nobody gets it any more.
  synchronized void discard(Copy copy) {
    Slot slot = slots.get(copy.tree());
    if (slot != null && slot.copy.equals(copy)) {
      slots.remove(copy.tree());
      bytes -= copy.bytes();
      doomed.add(copy);
    }
  }

  /// A user gives back what it held.
  synchronized void release(Copy copy, int uid) {
    heldByUser.computeIfPresent(
        uid,
        (any, mine) -> {
          mine.computeIfPresent(copy, (same, times) -> times == 1 ? null : times - 1);
          return mine.isEmpty() ? null : mine;
        });
    Slot slot = slots.get(copy.tree());
    if (slot != null && slot.copy.equals(copy)) {
      slot.users--;
      slot.lastUsed = clock.millis();
    }
    tidy();
  }

  /// Copies that are to be removed from the disk; each is answered once.
  synchronized List<Copy> doomed() {
    tidy();
    List<Copy> all = List.copyOf(doomed);
    doomed.clear();
    return all;
  }

  /// Content of all copies, in bytes.
  synchronized long bytes() {
    return bytes;
  }

  /// A tree that a user has in use several times counts once.
  private void charge(int uid, Copy copy) throws CodeRefusedException {
    Map<Copy, Integer> mine = heldByUser.getOrDefault(uid, Map.of());
    long held = mine.keySet().stream().mapToLong(Copy::bytes).sum();
    if (!mine.containsKey(copy) && copy.bytes() > limits.bytesPerUser() - held) {
      throw CodeRefusedException.notNow(
          "uid "
              + Integer.toUnsignedString(uid)
              + " has "
              + held
              + " bytes of code in use, and this is "
              + copy.bytes()
              + " more (expected: at most "
              + limits.bytesPerUser()
              + " together)",
          new IllegalStateException("bytes per user"));
    }
    heldByUser.computeIfAbsent(uid, any -> new HashMap<>()).merge(copy, 1, Integer::sum);
  }

  private void tidy() {
    long oldest = clock.millis() - limits.unusedFor().toMillis();
    unused().filter(slot -> slot.lastUsed < oldest).toList().forEach(this::drop);
    giveUpTo(limits.bytes());
  }

  private void makeRoom(long more) throws CodeRefusedException {
    giveUpTo(limits.bytes() - more);
    if (bytes > limits.bytes() - more) {
      throw CodeRefusedException.notNow(
          "the store has "
              + bytes
              + " bytes of code in use, and this is "
              + more
              + " more (expected: at most "
              + limits.bytes()
              + " together)",
          new IllegalStateException("store is full"));
    }
  }

  /// Those unused for longest go first.
  private void giveUpTo(long most) {
    for (Slot slot : unused().sorted(Comparator.comparingLong(slot -> slot.lastUsed)).toList()) {
      if (bytes <= most) {
        return;
      }
      drop(slot);
    }
  }

  private java.util.stream.Stream<Slot> unused() {
    return slots.values().stream().filter(slot -> slot.users == 0);
  }

  private void drop(Slot slot) {
    slots.remove(slot.copy.tree());
    bytes -= slot.copy.bytes();
    doomed.add(slot.copy);
  }
}
