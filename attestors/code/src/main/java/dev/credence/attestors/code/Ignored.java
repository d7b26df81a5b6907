package dev.credence.attestors.code;

import java.util.List;

/// What was left out of a tree: neither measured nor copied. Immutable.
///
/// @param count names that were left out; what is in an ignored folder is not counted
/// @param some the first of them, for people, folders with a slash at the end
public record Ignored(int count, List<String> some) {
  /// How many are told by name.
  public static final int MOST_TOLD = 100;

  public Ignored {
    some = List.copyOf(some);
  }
}
