package dev.credence.node;

import dev.credence.node.CallException.Kind;
import dev.credence.node.Standing.Denied;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/// The tokens of one execution, by their audiences. One process could ask for ever new audiences:
/// few are kept, and fetching them is limited, so that it takes nothing from the others.
/// Thread-safe.
final class ExecutionTokens {
  private static final int MOST_KEPT = 16;
  private static final int FETCHES_AT_ONCE = 50;
  private static final double FETCHES_PER_SECOND = 10;

  private final Seams seams;
  private final LongSupplier losses;

  // Guarded by this object.
  private final Map<List<String>, HeldToken> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<List<String>, CompletableFuture<Answer>> fetches = new HashMap<>();
  private double allowed = FETCHES_AT_ONCE;
  private Instant allowedAt;

  /// @param losses how many JWT authorities were lost until now
  ExecutionTokens(Seams seams, LongSupplier losses) {
    this.seams = seams;
    this.losses = losses;
    this.allowedAt = seams.clock().instant();
  }

  /// Asks the server.
  @FunctionalInterface
  interface Fetch {
    HeldToken fetch() throws CallException;
  }

  private sealed interface Answer {
    record Token(HeldToken token) implements Answer {}

    record Failed(Kind kind, String why) implements Answer {}
  }

  private record Turn(CompletableFuture<Answer> answer, boolean mine) {}

  /// The token that is kept, or the one that is fetched.
  String get(List<String> audiences, Fetch fetch) throws CallException, RefusedException {
    Turn turn;
    synchronized (this) {
      Instant now = seams.clock().instant();
      Optional<HeldToken> known = Optional.ofNullable(kept.get(audiences));
      if (known.isPresent() && known.get().isFresh(now, losses.getAsLong())) {
        return known.get().token();
      }
      turn = turn(audiences, now);
    }
    if (turn.mine) {
      fetch(audiences, fetch, turn.answer);
    }
    return result(audiences, turn.answer.join());
  }

  private Turn turn(List<String> audiences, Instant now) throws RefusedException {
    CompletableFuture<Answer> underWay = fetches.get(audiences);
    if (underWay != null) {
      return new Turn(underWay, false);
    }
    double earned =
        Math.max(0, Duration.between(allowedAt, now).toMillis()) / 1000.0 * FETCHES_PER_SECOND;
    allowed = Math.min(FETCHES_AT_ONCE, allowed + earned);
    allowedAt = now;
    if (allowed < 1) {
      throw new RefusedException(
          Denied.of(
              RefusalReason.LIMIT,
              Text.of(
                  "too many JWT-SVIDs (expected: new audiences at most %d times a second)",
                  (int) FETCHES_PER_SECOND)));
    }
    allowed--;
    var mine = new CompletableFuture<Answer>();
    fetches.put(audiences, mine);
    return new Turn(mine, true);
  }

  private void fetch(List<String> audiences, Fetch fetch, CompletableFuture<Answer> answer) {
    Answer done = new Answer.Failed(Kind.AWAY, "the node failed to ask");
    try {
      done = new Answer.Token(fetch.fetch());
    } catch (CallException e) {
      done = new Answer.Failed(e.kind(), String.valueOf(e.getMessage()));
    } finally {
      synchronized (this) {
        fetches.remove(audiences);
        settle(audiences, done);
      }
      answer.complete(done);
    }
  }

  private void settle(List<String> audiences, Answer done) {
    switch (done) {
      case Answer.Token(HeldToken token) -> {
        kept.put(audiences, token);
        if (kept.size() > MOST_KEPT) {
          var eldest = kept.keySet().iterator();
          eldest.next();
          eldest.remove();
        }
      }
      // What the server does not allow any more is not handed out from here.
      case Answer.Failed(Kind kind, _) when kind == Kind.REFUSED || kind == Kind.NOT_RUNNING ->
          kept.clear();
      case Answer.Failed _ -> {}
    }
  }

  private String result(List<String> audiences, Answer answer) throws CallException {
    switch (answer) {
      case Answer.Token(HeldToken token) -> {
        return token.token();
      }
      case Answer.Failed(Kind kind, String why) -> {
        synchronized (this) {
          HeldToken known = kept.get(audiences);
          if (known != null
              && known.isWorthSomething(seams.clock().instant(), losses.getAsLong())) {
            return known.token();
          }
        }
        throw new CallException(kind, why);
      }
    }
  }
}
