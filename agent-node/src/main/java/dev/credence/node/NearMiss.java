package dev.credence.node;

import dev.credence.attestors.Selector;
import java.util.List;

/// A registration that almost led to a process, and what is missing.
record NearMiss(Registration registration, List<Failed> failed) {
  NearMiss {
    failed = List.copyOf(failed);
  }

  /// What is missing.
  sealed interface Failed {}

  /// A selector that was not attested.
  ///
  /// @param seen the values of that name that were; empty: none
  /// @param gap why nothing of that name could be attested; empty: it could
  record FailedSelector(Selector selector, List<String> seen, String gap) implements Failed {
    FailedSelector {
      seen = List.copyOf(seen);
    }
  }

  /// A demand that was not met, as a sentence.
  record FailedDemand(String demand) implements Failed {}
}
