package dev.credence.e2e.fuzz;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Every parser of bytes that nobody vouches for. docs/reference/fuzzing.md shows the same, which a
/// test checks.
final class Targets {

  private Targets() {}

  /// In the order of the reference.
  static List<Target> all() {
    return Stream.of(
            NameTargets.all(),
            CertificateTargets.all(),
            TokenTargets.all(),
            FileTargets.all(),
            AttachTargets.all(),
            MessageTargets.all(),
            LaunchTargets.all())
        .flatMap(List::stream)
        .toList();
  }

  /// That target.
  static Optional<Target> named(String name) {
    return all().stream().filter(target -> target.name().equals(name)).findFirst();
  }
}
