package dev.credence.server.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// The newest changes of the registry, so that a node that was away for a moment gets only what it
/// missed. Bounded. Guarded by its owner's lock.
final class ChangeLog {
  private final int most;
  private final ArrayDeque<RegistryChange.Applied> changes = new ArrayDeque<>();
  // Every change after this number is in the log.
  private long completeAfter;

  ChangeLog(int most, long completeAfter) {
    this.most = most;
    this.completeAfter = completeAfter;
  }

  void add(RegistryChange.Applied change) {
    changes.addLast(change);
    if (changes.size() > most) {
      completeAfter = changes.removeFirst().number();
    }
  }

  /// Nothing before that number is known any more.
  void restartAfter(long number) {
    changes.clear();
    completeAfter = number;
  }

  /// The changes after that number, oldest first; empty: they are not all known.
  Optional<List<RegistryChange.Applied>> after(long number) {
    if (number < completeAfter) {
      return Optional.empty();
    }
    List<RegistryChange.Applied> newer = new ArrayList<>();
    Iterator<RegistryChange.Applied> newestFirst = changes.descendingIterator();
    while (newestFirst.hasNext()) {
      RegistryChange.Applied change = newestFirst.next();
      if (change.number() <= number) {
        break;
      }
      newer.add(change);
    }
    return Optional.of(newer.reversed());
  }
}
