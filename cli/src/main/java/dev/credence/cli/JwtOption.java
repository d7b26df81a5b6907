package dev.credence.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/// Whether JWT-SVIDs are issued too: yes, no, or as it is (for a new one: as its kind's default).
final class JwtOption {

  @Option(
      names = "--jwt",
      description =
          "JWT-SVIDs too. Whoever holds such a token passes for it, for 5 minutes (default: services yes, agents no).")
  private boolean yes;

  @Option(names = "--no-jwt", description = "No JWT-SVIDs.")
  private boolean no;

  /// Empty: nothing was said.
  Optional<Boolean> choice() {
    return yes || no ? Optional.of(yes) : Optional.empty();
  }
}
