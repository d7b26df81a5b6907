package dev.credence.e2e.kills;

import java.util.ArrayList;
import java.util.List;

/// Events are numbered from 1 on, without a gap and without a number twice.
final class EventNumbers implements Invariant {
  @Override
  public List<String> broken(List<Asked> asked, Evidence evidence) {
    var broken = new ArrayList<String>();
    long expected = 1;
    for (var event : evidence.events()) {
      if (event.getNumber() != expected) {
        broken.add(
            "event %d, %s: its number (expected: %d)"
                .formatted(event.getNumber(), event.getKind(), expected));
      }
      expected = event.getNumber() + 1;
    }
    return broken;
  }
}
