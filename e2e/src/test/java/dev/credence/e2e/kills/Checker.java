package dev.credence.e2e.kills;

import java.util.List;

/// Compares what was asked for and answered with what is there afterwards. It knows nothing of
/// processes: it is given two values, so it can be tested with made-up ones.
final class Checker {

  private static final List<Invariant> INVARIANTS =
      List.of(
          new EventNumbers(),
          new Acknowledgements(),
          new States(),
          new TokensOnce(),
          new Entitlement(),
          new RevokedSerials());

  /// Every line of every invariant that does not hold.
  List<String> broken(List<Asked> asked, Evidence evidence) {
    return INVARIANTS.stream()
        .flatMap(invariant -> invariant.broken(asked, evidence).stream())
        .toList();
  }
}
