package dev.credence.cli.declare;

import dev.credence.platform.config.Problem;
import dev.credence.proto.admin.v1.Declared;
import java.util.List;

/// What files declare, and what is wrong with them.
///
/// @param set empty: none is named
/// @param objects at most [#MOST_OBJECTS]
/// @param problems with one, nothing is to be sent
public record Declarations(String set, List<Declared> objects, List<Problem> problems) {
  /// As many as the server takes at once.
  public static final int MOST_OBJECTS = 5_000;

  /// The server takes messages of 1 MiB, and a declaration is in one.
  public static final int MOST_BYTES_OF_ONE = 1_000_000;

  /// As many as the server takes of all together.
  public static final long MOST_BYTES = 16_000_000;

  public Declarations {
    objects = List.copyOf(objects);
    problems = List.copyOf(problems);
  }
}
