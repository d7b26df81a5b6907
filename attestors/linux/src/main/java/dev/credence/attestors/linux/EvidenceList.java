package dev.credence.attestors.linux;

import dev.credence.attestors.Attested;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.attestors.Wanted;
import dev.credence.certs.CodeAssurance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Collects what is found out about one process. For one thread.
final class EvidenceList {
  private final String type;
  private final Wanted wanted;
  private final List<Evidence> evidence = new ArrayList<>();
  private final List<Attested.Gap> gaps = new ArrayList<>();

  /// @param type of all its selectors
  EvidenceList(String type, Wanted wanted) {
    this.type = type;
    this.wanted = wanted;
  }

  boolean wants(String name) {
    return wanted.names(type, name);
  }

  /// Adds a property that does not speak about code.
  void add(String name, String value, String source) {
    add(name, value, Optional.empty(), source);
  }

  /// Adds one of many values of a property, if just this one is wanted. None of them speaks about
  /// code.
  void addOneOfMany(String name, String value, String source) {
    Selector selector;
    try {
      selector = new Selector(type, name, value);
    } catch (IllegalArgumentException e) {
      gap(name, String.valueOf(e.getMessage()));
      return;
    }
    var one = Evidence.of(selector, source);
    if (wanted.names(selector) && !evidence.contains(one)) {
      evidence.add(one);
    }
  }

  /// Adds a property that does.
  void add(String name, String value, CodeAssurance code, String source) {
    add(name, value, Optional.of(code), source);
  }

  private void add(String name, String value, Optional<CodeAssurance> code, String source) {
    try {
      evidence.add(new Evidence(new Selector(type, name, value), code, source));
    } catch (IllegalArgumentException e) {
      // A path may be longer than a selector, or hold control characters; no registration names it.
      gap(name, String.valueOf(e.getMessage()));
    }
  }

  /// Notes that a property is missing; only if it is wanted.
  void gap(String name, String reason) {
    if (wants(name)) {
      gaps.add(new Attested.Gap(type + ":" + name, reason));
    }
  }

  /// What is there in part is no gap.
  Attested attested() {
    Set<String> there =
        evidence.stream().map(one -> one.selector().kind()).collect(Collectors.toSet());
    return new Attested(
        evidence, gaps.stream().filter(gap -> !there.contains(gap.kind())).distinct().toList());
  }
}
