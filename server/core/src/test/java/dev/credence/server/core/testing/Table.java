package dev.credence.server.core.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Rows in order of insertion, with undo: what a rolled-back transaction did is taken back. One
/// thread.
final class Table<K, V> {
  private final Map<K, V> rows = new LinkedHashMap<>();
  private final Deque<Runnable> undo;

  Table(Deque<Runnable> undo) {
    this.undo = undo;
  }

  static Deque<Runnable> undoLog() {
    return new ArrayDeque<>();
  }

  void insert(K key, V row) {
    if (rows.putIfAbsent(key, row) != null) {
      throw new Conflict("unique constraint failed: " + key);
    }
    undo.push(() -> rows.remove(key));
  }

  void replace(K key, V row) {
    V old = rows.get(key);
    if (old == null) {
      throw new IllegalStateException("no such row: " + key);
    }
    rows.put(key, row);
    undo.push(() -> rows.put(key, old));
  }

  void remove(K key) {
    Map<K, V> before = new LinkedHashMap<>(rows);
    rows.remove(key);
    undo.push(() -> {
      rows.clear();
      rows.putAll(before);
    });
  }

  Optional<V> get(K key) {
    return Optional.ofNullable(rows.get(key));
  }

  Stream<V> stream() {
    return rows.values().stream();
  }

  Stream<K> keys() {
    return rows.keySet().stream();
  }

  List<V> where(Predicate<V> condition) {
    return stream().filter(condition).toList();
  }

  Optional<V> first(Predicate<V> condition) {
    return stream().filter(condition).findFirst();
  }

  int size() {
    return rows.size();
  }

  /// What a database would say with a failed constraint.
  static final class Conflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Conflict(String message) {
      super(message);
    }
  }
}
