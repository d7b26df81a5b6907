package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PersistentMapTest {
  @Test
  void map_changedAtRandom_equalsAHashMap_andOldCopiesStay() {
    long seed = 42;
    var random = new Random(seed);
    Map<Integer, Integer> oracle = new HashMap<>();
    PersistentMap<Integer, Integer> map = PersistentMap.empty();
    Map<Integer, Integer> oracleThen = Map.of();
    PersistentMap<Integer, Integer> mapThen = map;
    for (int i = 0; i < 20_000; i++) {
      int key = random.nextInt(6_000);
      if (random.nextInt(4) == 0) {
        oracle.remove(key);
        map = map.without(key);
      } else {
        oracle.put(key, i);
        map = map.with(key, i);
      }
      if (i == 7_777) {
        oracleThen = Map.copyOf(oracle);
        mapThen = map;
      }
    }
    requireSame(map, oracle, seed);
    requireSame(mapThen, oracleThen, seed);
  }

  private static void requireSame(
      PersistentMap<Integer, Integer> map, Map<Integer, Integer> oracle, long seed) {
    assertThat(map.size()).as("seed %d", seed).isEqualTo(oracle.size());
    assertThat(map.values())
        .as("seed %d", seed)
        .containsExactlyInAnyOrderElementsOf(oracle.values());
    for (int key = 0; key < 6_000; key++) {
      assertThat(map.get(key)).isEqualTo(Optional.ofNullable(oracle.get(key)));
    }
  }
}
