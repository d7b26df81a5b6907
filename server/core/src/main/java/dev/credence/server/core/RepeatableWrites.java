package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.port.Requests;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Writes under a request id: the same caller, id and question get the answer that was given
/// before; another question under the same id is refused. Answers are remembered for an hour, in
/// the transaction that they report. Thread-safe.
final class RepeatableWrites {
  private static final Duration REMEMBERED = Duration.ofHours(1);

  // Every 64th write forgets up to 256: more than was added, and never much at once.
  private static final int FORGET_EVERY = 64;
  private static final int FORGET_AT_ONCE = 256;

  private final Database database;
  private final AtomicInteger writes = new AtomicInteger();

  RepeatableWrites(Database database) {
    this.database = database;
  }

  /// Runs `work` once per request id.
  <T> T write(Call call, AnswerFormat<T> format, Store.Work<T, ServerException> work)
      throws ServerException {
    return attempt(call, format, tx -> Optional.of(work.in(tx))).orElseThrow();
  }

  /// As [#write], for work that may come to no answer: then it must not have written, and nothing
  /// is remembered.
  <T> Optional<T> attempt(
      Call call, AnswerFormat<T> format, Store.Work<Optional<T>, ServerException> work)
      throws ServerException {
    boolean forget = writes.incrementAndGet() % FORGET_EVERY == 0;
    return database.write(tx -> {
      Optional<T> earlier = earlier(call, format, tx);
      if (earlier.isPresent()) {
        return earlier;
      }
      Optional<T> answer = work.in(tx);
      if (answer.isPresent()) {
        remember(call, format.encode(answer.get()), tx, forget);
      }
      return answer;
    });
  }

  /// The answer that was given to this call before. Who may not ask (any more) is not answered
  /// again either.
  <T> Optional<T> earlier(Call call, AnswerFormat<T> format, View view) throws ServerException {
    Reach reach = Reach.of(view, call.actor(), call.right());
    Optional<Requests.Answer> earlier = view.requests().find(call.actor().label(), call.request());
    return earlier.isPresent()
        ? Optional.of(repeat(call, earlier.get(), bytes -> format.decode(view, reach, bytes)))
        : Optional.empty();
  }

  @FunctionalInterface
  private interface Decoding<T> {
    T of(byte[] bytes) throws ServerException;
  }

  private static <T> T repeat(Call call, Requests.Answer earlier, Decoding<T> decoding)
      throws ServerException {
    if (!earlier.fingerprint().equals(call.fingerprint())) {
      throw new ServerException(
          Kind.REQUEST_REUSED,
          Texts.format(
              "request id %s: used before for another question (expected: a new id for each)",
              call.request()));
    }
    return decoding.of(earlier.answer().copy());
  }

  private void remember(Call call, byte[] answer, Transaction tx, boolean forget) {
    tx.requests()
        .remember(
            new Requests.Answer(
                call.actor().label(),
                call.request(),
                call.fingerprint(),
                new Requests.Bytes(answer),
                database.now()));
    if (forget) {
      var now = database.now();
      tx.requests().forget(now.minus(REMEMBERED), now.plus(REMEMBERED), FORGET_AT_ONCE);
    }
  }
}
