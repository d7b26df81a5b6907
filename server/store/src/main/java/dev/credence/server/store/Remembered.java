package dev.credence.server.store;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What a connection has read and nobody has changed since: the few records that each issuance
/// rests on are read and parsed once, not in every transaction. Only for a connection that nobody
/// else writes beside, which is the writer's on SQLite; others remember nothing. The writer's
/// thread only.
///
/// It cannot be stale: every statement that changes something forgets everything before it runs,
/// unless it says that it touches nothing of what is remembered, or forgets that one record itself;
/// and so does every roll-back.
final class Remembered {
  private static final int MOST = 2_000;

  /// Of those that strangers can make large.
  private static final int MOST_LARGE = 64;

  private final boolean alone;
  private final Map<Key, Optional<?>> records = new HashMap<>();
  private final LinkedHashMap<Key, Optional<?>> large = new LinkedHashMap<>();

  private Remembered(boolean alone) {
    this.alone = alone;
  }

  /// Of a connection that has the database to itself.
  static Remembered ofOnlyWriter() {
    return new Remembered(true);
  }

  /// Of any other one.
  static Remembered nothing() {
    return new Remembered(false);
  }

  private record Key(String sql, Object parameters) {}

  /// The answer to a query.
  ///
  /// @param sql with the parameters it names the answer, and its type
  /// @param read asks the database
  <T> Optional<T> get(String sql, Object parameters, Supplier<Optional<T>> read) {
    if (!alone) {
      return read.get();
    }
    makeRoom();
    return typed(records.computeIfAbsent(new Key(sql, parameters), _ -> read.get()));
  }

  // What stands under a query was its answer.
  @SuppressWarnings("unchecked")
  private static <T> Optional<T> typed(Optional<?> answer) {
    return (Optional<T>) answer;
  }

  /// The answer is known to be this from now on.
  <T> void set(String sql, T answer) {
    if (alone) {
      makeRoom();
      records.put(new Key(sql, ""), Optional.of(answer));
    }
  }

  /// As [#get], for the few newest of records that can be large.
  <T> Optional<T> getLarge(String sql, Object parameters, Supplier<Optional<T>> read) {
    if (!alone) {
      return read.get();
    }
    Key key = new Key(sql, parameters);
    Optional<?> known = large.get(key);
    if (known == null) {
      known = read.get();
      if (large.size() >= MOST_LARGE) {
        large.pollFirstEntry();
      }
      large.put(key, known);
    }
    return typed(known);
  }

  /// What [#getLarge] found for it is not known any more.
  void forgetLarge(String sql, Object parameters) {
    large.remove(new Key(sql, parameters));
  }

  private void makeRoom() {
    if (records.size() >= MOST) {
      records.clear();
    }
  }

  void forget() {
    large.clear();
    records.clear();
  }
}
