package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.server.core.model.Event;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Counts events of unregistered processes by node, user and executable. It stays small whatever
/// the processes are named: beyond a number of executables for each user, each node and in all, the
/// rest is counted together. The same events in the same order give the same rows. For one thread.
final class UnregisteredCount {
  static final int MOST_OF_A_USER = 32;
  static final int MOST_OF_A_NODE = 400;
  static final int MOST = 5_000;
  static final String OTHERS = "(others)";

  // What a node says of users that it counts together.
  private static final String NO_UID = Integer.toUnsignedString(-1);

  private final Map<Key, Row> rows = new TreeMap<>(Key.ORDER);
  private final Map<Key, Integer> ofUser = new HashMap<>();
  private final Map<String, Integer> ofNode = new HashMap<>();
  private int own;

  /// @param node text of its id; empty: of several
  private record Key(String node, String uid, String executable) {
    static final Comparator<Key> ORDER =
        Comparator.comparing(Key::node)
            .thenComparing(Key::uid, Comparator.comparingInt(String::length))
            .thenComparing(Key::uid)
            .thenComparing(Key::executable);

    Key others() {
      return new Key(node, uid, OTHERS);
    }
  }

  private static final class Row {
    private final Instant firstAt;
    private Event newest;
    private long count;

    Row(Event first) {
      this.firstAt = first.at();
      this.newest = first;
    }

    /// Events come in order of number; their times need not rise.
    void add(Event event) {
      newest = event;
      long more = count(event);
      count = more > Long.MAX_VALUE - count ? Long.MAX_VALUE : count + more;
    }
  }

  void add(Event event) {
    rows.computeIfAbsent(place(key(event)), _ -> new Row(event)).add(event);
  }

  private static Key key(Event event) {
    Map<String, String> details = event.what().details();
    String uid = details.getOrDefault("uid", "");
    return new Key(
        event.what().about().node().map(Id::toString).orElse(""),
        uid.equals(NO_UID) ? "" : uid,
        details.getOrDefault("executable", uid.isEmpty() ? OTHERS : ""));
  }

  /// Under its own key while there is room.
  private Key place(Key key) {
    if (rows.containsKey(key)) {
      return key;
    }
    Key user = key.others();
    boolean room = own < MOST && ofNode.getOrDefault(key.node, 0) < MOST_OF_A_NODE;
    if (room && ofUser.getOrDefault(user, 0) < MOST_OF_A_USER) {
      own++;
      ofNode.merge(key.node, 1, Integer::sum);
      ofUser.merge(user, 1, Integer::sum);
      return key;
    }
    if (rows.containsKey(user) || (room && ofUser.containsKey(user))) {
      return user;
    }
    return new Key(ofNode.containsKey(key.node) ? key.node : "", "", OTHERS);
  }

  private static long count(Event event) {
    String count = event.what().details().getOrDefault("count", "1");
    return count.matches("[0-9]{1,18}") ? Long.parseLong(count) : 1;
  }

  /// In order of node, user and executable.
  List<UnregisteredView> rows() {
    return rows.entrySet().stream().map(row -> view(row.getKey(), row.getValue())).toList();
  }

  private static UnregisteredView view(Key key, Row row) {
    Map<String, String> details = row.newest.what().details();
    // What holds for one of many does not hold for all of them.
    boolean one = !key.executable.equals(OTHERS);
    List<Selector> selectors = one ? SuggestedSelectors.of(details) : List.of();
    String user = key.uid.isEmpty() ? "" : SuggestedSelectors.user(details);
    return new UnregisteredView(
        key.node.isEmpty() ? Optional.empty() : Optional.of(Id.parse(key.node)),
        key.uid,
        key.executable,
        row.count,
        row.firstAt,
        new UnregisteredView.Newest(row.newest.number(), row.newest.at(), user, selectors));
  }
}
