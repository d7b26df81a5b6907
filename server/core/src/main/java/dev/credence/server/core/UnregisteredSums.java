package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.model.UnregisteredSum.Newest;
import dev.credence.server.core.model.UnregisteredSum.Tally;
import dev.credence.server.core.model.UnregisteredSum.User;
import dev.credence.server.core.port.Inventory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Sums up the events of unregistered processes, in the transaction that writes them. A user and a
/// node have so many rows and no more, whatever the processes are named: a new row displaces the
/// one that was quiet for longest, of the same user; on a full node, of the user who has the most
/// rows. What is displaced is counted in a row for all that were. Stateless.
final class UnregisteredSums {
  static final int MOST_OF_A_USER = 32;
  static final int MOST_OF_A_NODE = 400;

  /// What nobody asked for this long is forgotten. Some work runs once a month.
  static final Duration KEPT = Duration.ofDays(90);

  private static final int FORGOTTEN_AT_ONCE = 64;
  // What a node says of users that it counts together.
  private static final long NO_UID = Integer.toUnsignedLong(-1);
  private static final int REPLACEMENT = 0xFFFD;

  private UnregisteredSums() {}

  /// Does nothing for events of other kinds.
  static void add(Inventory inventory, Event event) {
    if (event.what().kind() == EventKind.UNREGISTERED) {
      UnregisteredSum.Key key = place(inventory, key(event));
      boolean isNew = !merge(inventory, row(key, event));
      if (isNew) {
        inventory.forget(event.at().minus(KEPT), FORGOTTEN_AT_ONCE);
      }
    }
  }

  private static UnregisteredSum.Key key(Event event) {
    Map<String, String> details = event.what().details();
    Optional<Id> node = event.what().about().node();
    OptionalLong uid = node.isPresent() ? uid(details) : OptionalLong.empty();
    var user = new User(node, uid);
    return uid.isPresent()
        ? new UnregisteredSum.Key(user, storable(details.getOrDefault("executable", "")))
        : UnregisteredSum.Key.othersOf(user);
  }

  private static OptionalLong uid(Map<String, String> details) {
    String uid = details.getOrDefault("uid", "");
    long number = uid.isEmpty() ? NO_UID : Long.parseLong(uid);
    return number == NO_UID ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /// A node may send what no database keeps as it is; its event must not fail for that.
  private static String storable(String executable) {
    return executable
        .codePoints()
        .map(c -> c == 0 || Character.getType(c) == Character.SURROGATE ? REPLACEMENT : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /// Others of a user who has no row are others of the node: or each of very many uids had one.
  private static UnregisteredSum.Key place(Inventory inventory, UnregisteredSum.Key key) {
    return key.isOthers() && inventory.of(key.user()).isEmpty()
        ? UnregisteredSum.Key.othersOf(key.user().several())
        : key;
  }

  private static UnregisteredSum row(UnregisteredSum.Key key, Event event) {
    Map<String, String> details = event.what().details();
    // What holds for one of many does not hold for all of them.
    return new UnregisteredSum(
        key,
        new Tally(count(details), 0, event.at()),
        new Newest(
            event.number(),
            event.at(),
            key.user().uid().isPresent() ? SuggestedSelectors.user(details) : "",
            key.isOthers() ? List.of() : SuggestedSelectors.of(details)));
  }

  private static long count(Map<String, String> details) {
    return Math.max(1, Long.parseLong(details.getOrDefault("count", "1")));
  }

  /// @return false: there was no row of that key
  private static boolean merge(Inventory inventory, UnregisteredSum row) {
    Optional<UnregisteredSum> known = inventory.find(row.key());
    if (known.isEmpty() && !row.key().isOthers()) {
      makeRoom(inventory, row.key().user());
    }
    inventory.put(known.map(it -> it.plus(row)).orElse(row));
    return known.isPresent();
  }

  private static void makeRoom(Inventory inventory, User user) {
    List<UnregisteredSum> named = named(inventory.of(user));
    if (named.size() >= MOST_OF_A_USER) {
      displace(inventory, named.getFirst(), UnregisteredSum.Key.othersOf(user));
    }
    while (inventory.countOn(user.node()) >= MOST_OF_A_NODE) {
      displaceOf(inventory, new User(user.node(), inventory.heaviest(user.node(), user)));
    }
  }

  private static List<UnregisteredSum> named(List<UnregisteredSum> rows) {
    return rows.stream().filter(row -> !row.key().isOthers()).toList();
  }

  /// One row of a user; the last one takes the row of the user's others along. The node is full: a
  /// user who has no such row gets none now.
  private static void displaceOf(Inventory inventory, User user) {
    List<UnregisteredSum> rows = inventory.of(user);
    List<UnregisteredSum> named = named(rows);
    if (named.size() > 1) {
      boolean hasOthers = named.size() < rows.size();
      displace(
          inventory,
          named.getFirst(),
          UnregisteredSum.Key.othersOf(hasOthers ? user : user.several()));
    } else {
      rows.forEach(row -> displace(inventory, row, UnregisteredSum.Key.othersOf(user.several())));
    }
  }

  private static void displace(Inventory inventory, UnregisteredSum row, UnregisteredSum.Key to) {
    inventory.remove(row.key());
    boolean _ = merge(inventory, row.displaced(to));
  }
}
