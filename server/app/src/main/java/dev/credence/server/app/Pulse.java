package dev.credence.server.app;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks again and again whether the server can do its work, and tells when that changes. Who does
/// not answer within two seconds cannot: a database that hangs is as good as gone. One thread.
final class Pulse {
  private static final Logger log = LoggerFactory.getLogger(Pulse.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Executor ASKING = task -> Thread.ofVirtual().name("pulse").start(task);

  private final Supplier<Optional<String>> problem;
  private final LongSupplier nanos;
  private final Consumer<Optional<String>> told;
  private @Nullable CompletableFuture<Optional<String>> asked;
  private long askedAt;
  private Optional<String> last = Optional.empty();

  /// @param problem what is wrong now; may block
  /// @param nanos a clock for intervals
  /// @param told of each change
  Pulse(Supplier<Optional<String>> problem, LongSupplier nanos, Consumer<Optional<String>> told) {
    this.problem = problem;
    this.nanos = nanos;
    this.told = told;
  }

  /// Run each second. Never waits.
  void look() {
    CompletableFuture<Optional<String>> pending = asked;
    if (pending == null) {
      ask();
    } else if (pending.isDone()) {
      say(pending.exceptionally(Pulse::unknown).join());
      ask();
    } else if (nanos.getAsLong() - askedAt > PATIENCE.toNanos()) {
      say(Optional.of("the database does not answer"));
    }
  }

  private void ask() {
    askedAt = nanos.getAsLong();
    asked = CompletableFuture.supplyAsync(problem, ASKING);
  }

  private static Optional<String> unknown(Throwable failure) {
    return Optional.of("whether it serves cannot be told: " + failure);
  }

  private void say(Optional<String> now) {
    if (now.isPresent() != last.isPresent()) {
      log.atWarn()
          .addKeyValue("reason", now.or(() -> last).orElse(""))
          .log(now.isPresent() ? "not serving" : "serving again");
      told.accept(now);
    }
    last = now;
  }
}
