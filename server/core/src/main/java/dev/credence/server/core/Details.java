package dev.credence.server.core;

import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.RequestId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Puts the details of an event together; empty values are left out, long ones cut. Confined to one
/// thread.
final class Details {
  static final int LONGEST = 1024;

  private final Map<String, String> details = new TreeMap<>();

  static Details of(String key, Object value) {
    return new Details().and(key, value);
  }

  static Details none() {
    return new Details();
  }

  Details and(String key, Object value) {
    String text = value.toString();
    if (!text.isEmpty()) {
      details.put(key, Texts.cut(text, LONGEST));
    }
    return this;
  }

  Map<String, String> map() {
    return details;
  }

  NewEvent event(EventKind kind, Actor actor, NewEvent.About about) {
    return new NewEvent(kind, actor, about, details, Optional.empty());
  }

  NewEvent event(EventKind kind, Actor actor, NewEvent.About about, RequestId request) {
    return new NewEvent(kind, actor, about, details, Optional.of(request));
  }
}
