package dev.credence.e2e.kills;

import dev.credence.proto.admin.v1.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// What was acknowledged was done once, however often it was asked for; what was refused was not
/// done; and the same request has the same answer.
final class Acknowledgements implements Invariant {
  @Override
  public List<String> broken(List<Asked> asked, Evidence evidence) {
    Map<String, Integer> effects = new HashMap<>();
    for (Event event : evidence.events()) {
      effects.merge(event.getRequestId() + event.getKind(), 1, Integer::sum);
    }
    var broken = new ArrayList<String>();
    for (Asked one : asked) {
      // Attesting again is another certificate, and another event: see TokensOnce.
      if (!one.verb().equals(TokensOnce.ATTESTED)) {
        int done = effects.getOrDefault(one.request() + one.verb(), 0);
        effects(one, done).ifPresent(broken::add);
        if (new HashSet<>(one.answers()).size() > 1) {
          broken.add(one + ": answers " + one.answers() + " (expected: one and the same)");
        }
      }
    }
    return broken;
  }

  private static java.util.Optional<String> effects(Asked one, int done) {
    boolean well =
        switch (one.outcome()) {
          case ACKNOWLEDGED -> done == 1;
          case REFUSED -> done == 0;
          case UNKNOWN -> done <= 1;
        };
    return well
        ? java.util.Optional.empty()
        : java.util.Optional.of(
            "%s was %s, and left %d events".formatted(one, one.outcome(), done));
  }
}
