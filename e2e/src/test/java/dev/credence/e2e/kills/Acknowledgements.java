package dev.credence.e2e.kills;

import dev.credence.proto.admin.v1.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was acknowledged was done once, however often it was asked for; what was refused was not
/// done; and the same request has the same answer.
///
/// An end is acknowledged, too, to who asks for it after the execution has ended for another
/// reason: the process may exit while an administrator's request is under way. Then the one end
/// that it has is not that request's.
final class Acknowledgements implements Invariant {
  private static final String ENDED = "execution-ended";

  @Override
  public List<String> broken(List<Asked> asked, Evidence evidence) {
    Map<String, Integer> effects = new HashMap<>();
    var ended = new HashSet<String>();
    for (Event event : evidence.events()) {
      effects.merge(event.getRequestId() + event.getKind(), 1, Integer::sum);
      if (event.getKind().equals(ENDED)) {
        ended.add(event.getExecutionId());
      }
    }
    var broken = new ArrayList<String>();
    for (Asked one : asked) {
      // Attesting again is another certificate, and another event: see TokensOnce.
      if (!one.verb().equals(TokensOnce.ATTESTED)) {
        int done = effects.getOrDefault(one.request() + one.verb(), 0);
        boolean otherwise = one.verb().equals(ENDED) && ended.contains(one.thing());
        effects(one, done, otherwise).ifPresent(broken::add);
        if (new HashSet<>(one.answers()).size() > 1) {
          broken.add(one + ": answers " + one.answers() + " (expected: one and the same)");
        }
      }
    }
    return broken;
  }

  private static Optional<String> effects(Asked one, int done, boolean otherwise) {
    boolean well =
        switch (one.outcome()) {
          case ACKNOWLEDGED -> done == 1 || (done == 0 && otherwise);
          case REFUSED -> done == 0;
          case UNKNOWN -> done <= 1;
        };
    return well
        ? Optional.empty()
        : Optional.of("%s was %s, and left %d events".formatted(one, one.outcome(), done));
  }
}
