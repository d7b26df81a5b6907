package dev.credence.server.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// An immutable map of which a changed copy is cheap: it shares all buckets but one. In no order.
final class PersistentMap<K, V> {
  private static final int FIRST_BUCKETS = 16;
  private static final int MOST_BUCKETS = 4096;
  private static final int FULL_BUCKET = 16;

  private final List<Map<K, V>> buckets;
  private final int size;

  private PersistentMap(List<Map<K, V>> buckets, int size) {
    this.buckets = buckets;
    this.size = size;
  }

  static <K, V> PersistentMap<K, V> empty() {
    return new PersistentMap<>(Collections.nCopies(FIRST_BUCKETS, Map.of()), 0);
  }

  int size() {
    return size;
  }

  Optional<V> get(K key) {
    return Optional.ofNullable(buckets.get(place(key, buckets.size())).get(key));
  }

  Stream<V> values() {
    return buckets.stream().flatMap(bucket -> bucket.values().stream());
  }

  PersistentMap<K, V> with(K key, V value) {
    int place = place(key, buckets.size());
    Map<K, V> bucket = new HashMap<>(buckets.get(place));
    boolean added = bucket.put(key, value) == null;
    PersistentMap<K, V> changed = replacing(place, bucket, added ? size + 1 : size);
    return changed.isCrowded() ? changed.spread() : changed;
  }

  PersistentMap<K, V> without(K key) {
    int place = place(key, buckets.size());
    if (!buckets.get(place).containsKey(key)) {
      return this;
    }
    Map<K, V> bucket = new HashMap<>(buckets.get(place));
    bucket.remove(key);
    return replacing(place, bucket, size - 1);
  }

  private PersistentMap<K, V> replacing(int place, Map<K, V> bucket, int newSize) {
    List<Map<K, V>> copy = new ArrayList<>(buckets);
    copy.set(place, Map.copyOf(bucket));
    return new PersistentMap<>(copy, newSize);
  }

  private boolean isCrowded() {
    return size > buckets.size() * FULL_BUCKET && buckets.size() < MOST_BUCKETS;
  }

  private PersistentMap<K, V> spread() {
    int count = buckets.size() * 4;
    List<Map<K, V>> wider = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      wider.add(new HashMap<>());
    }
    buckets.forEach(
        bucket -> bucket.forEach((key, value) -> wider.get(place(key, count)).put(key, value)));
    wider.replaceAll(Map::copyOf);
    return new PersistentMap<>(wider, size);
  }

  private static int place(Object key, int count) {
    int hash = key.hashCode();
    hash ^= hash >>> 16;
    hash *= 0x45d9f3b;
    return (hash ^ (hash >>> 16)) & (count - 1);
  }
}
