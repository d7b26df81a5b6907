package dev.credence.attestors;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Finds the word that somebody probably meant. Stateless.
public final class NearestWord {
  private static final int NEAR = 3;
  // No word of ours is as long; comparing costs the product of both lengths.
  private static final int LONGEST = 100;

  private NearestWord() {}

  /// The known word with the fewest differences (Levenshtein); empty: more than three, or as many
  /// as it has letters, or it is longer than 100 characters.
  public static Optional<String> of(String word, Collection<String> known) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    Map<Integer, String> byDistance = new TreeMap<>(Comparator.naturalOrder());
    known.stream()
        .sorted()
        .forEach(candidate -> byDistance.putIfAbsent(distance(word, candidate), candidate));
    return byDistance.entrySet().stream()
        .filter(near -> near.getKey() <= Math.min(NEAR, word.length()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /// Fewest insertions, deletions and replacements of characters.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
