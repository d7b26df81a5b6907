package dev.credence.e2e.kills;

import java.util.List;

/// Something that is true whatever was killed when.
@FunctionalInterface
interface Invariant {
  /// What is not so, a line each; empty: all is well.
  List<String> broken(List<Asked> asked, Evidence evidence);
}
