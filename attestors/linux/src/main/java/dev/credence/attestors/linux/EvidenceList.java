package dev.credence.attestors.linux;

import dev.credence.attestors.Attested;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Wanted;
import dev.credence.certs.CodeAssurance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Collects what is found out about one process. For one thread.
final class EvidenceList {
  private final Wanted wanted;
  private final List<Evidence> evidence = new ArrayList<>();
  private final List<Attested.Gap> gaps = new ArrayList<>();

  EvidenceList(Wanted wanted) {
    this.wanted = wanted;
  }

  boolean wants(String name) {
    return wanted.names(UnixAttestor.TYPE, name);
  }

  /// Adds a property that does not speak about code.
  void add(String name, String value, String source) {
    add(name, value, Optional.empty(), source);
  }

  /// Adds a property that does.
  void add(String name, String value, CodeAssurance code, String source) {
    add(name, value, Optional.of(code), source);
  }

  private void add(String name, String value, Optional<CodeAssurance> code, String source) {
    try {
      evidence.add(new Evidence(new Selector(UnixAttestor.TYPE, name, value), code, source));
    } catch (IllegalArgumentException e) {
      // A path may be longer than a selector, or hold control characters; no registration names it.
      gap(name, String.valueOf(e.getMessage()));
    }
  }

  /// Notes that a property is missing; only if it is wanted.
  void gap(String name, String reason) {
    if (wants(name)) {
      gaps.add(new Attested.Gap(UnixAttestor.TYPE + ":" + name, reason));
    }
  }

  Attested attested() {
    return new Attested(evidence, gaps);
  }
}
