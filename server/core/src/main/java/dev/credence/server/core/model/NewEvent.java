package dev.credence.server.core.model;

import dev.credence.certs.Id;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An event before the store numbers and dates it.
///
/// @param details text by key; what else the kind says. Sorted, for a stable encoding later
public record NewEvent(
    EventKind kind,
    Actor actor,
    About about,
    Map<String, String> details,
    Optional<RequestId> request) {
  public NewEvent {
    details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
  }

  /// What it is about; each may be absent.
  public record About(
      Optional<Id> owner, Optional<Id> subject, Optional<Id> node, Optional<Id> execution) {
    public static About nothing() {
      return new About(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static About owner(Id id) {
      return new About(Optional.of(id), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static About node(Id id) {
      return new About(Optional.empty(), Optional.empty(), Optional.of(id), Optional.empty());
    }
  }
}
