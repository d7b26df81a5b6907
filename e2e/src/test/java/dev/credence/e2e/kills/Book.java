package dev.credence.e2e.kills;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.kills.Asked.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Every change that was asked for, in the order of asking. Thread-safe.
final class Book {
  private final List<Deed> deeds = new ArrayList<>();

  /// Writes it down, and asks for it.
  Outcome ask(Admin admin, Deed deed) throws InterruptedException {
    synchronized (this) {
      deeds.add(deed);
    }
    return deed.attempt(admin);
  }

  synchronized List<Deed> all() {
    return List.copyOf(deeds);
  }

  List<Asked> asked() {
    return all().stream().map(Deed::asked).toList();
  }

  /// Asks again for what nobody knows the outcome of, and for some of what is known: the newest
  /// ones, in any order.
  int again(Admin admin, Random random, int known) throws InterruptedException {
    var all = all();
    int unknown = 0;
    boolean rotated = all.stream().anyMatch(deed -> deed.asked().verb().startsWith("authority-"));
    for (Deed deed : all) {
      if (deed.outcome() == Outcome.UNKNOWN) {
        unknown++;
        // A token names the authorities of its time: who has it trusts no server with a later one.
        if (rotated && deed.asked().verb().equals(TokensOnce.ATTESTED)) {
          repeat(deed, admin);
        } else {
          require(deed, admin);
        }
      }
    }
    for (int i = 0; i < known && !all.isEmpty(); i++) {
      int newest = Math.min(all.size(), 3 * known);
      repeat(all.get(all.size() - 1 - random.nextInt(newest)), admin);
    }
    return unknown;
  }

  /// Asks for everything once more.
  void everythingAgain(Admin admin) throws InterruptedException {
    for (Deed deed : all()) {
      repeat(deed, admin);
    }
  }

  private static void require(Deed deed, Admin admin) throws InterruptedException {
    if (deed.attempt(admin) == Outcome.UNKNOWN) {
      throw new AssertionError(deed + ": no answer, although the server serves");
    }
  }

  private static void repeat(Deed deed, Admin admin) throws InterruptedException {
    var _ = deed.attempt(admin);
  }
}
