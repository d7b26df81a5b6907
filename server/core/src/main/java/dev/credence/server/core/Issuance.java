package dev.credence.server.core;

import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.server.core.ServerException.Kind;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// Signs outside of the transaction, decides inside: the certificate is made from a guess, and
/// counts only if the transaction comes to the same basis. Otherwise it is thrown away and made
/// anew. Thread-safe.
final class Issuance {
  private static final int ATTEMPTS = 5;

  private final Database database;
  private final RepeatableWrites writes;
  private final Issuer issuer;

  Issuance(Plumbing plumbing, Issuer issuer) {
    this.database = plumbing.database();
    this.writes = plumbing.writes();
    this.issuer = issuer;
  }

  /// Asks the database for the guess, before anything is signed.
  <B, T> T run(Call call, Certification<B, T> certification, AnswerFormat<T> format)
      throws ServerException {
    Guess<B, T> guess =
        database.read(view -> {
          Optional<T> earlier = writes.earlier(call, format, view);
          return earlier.isPresent()
              ? new Guess<>(earlier, Optional.empty())
              : new Guess<>(earlier, Optional.of(certification.decide(view)));
        });
    return guess.earlier.isPresent()
        ? guess.earlier.get()
        : run(call, certification, format, guess.basis.orElseThrow());
  }

  private record Guess<B, T>(Optional<T> earlier, Optional<B> basis) {}

  /// @param guess what the transaction will probably decide
  <B, T> T run(Call call, Certification<B, T> certification, AnswerFormat<T> format, B guess)
      throws ServerException {
    B basis = guess;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Attempt<B, T> done = attempt(call, certification, format, basis);
      if (done.answer.isPresent()) {
        return done.answer.get();
      }
      basis = done.decided;
    }
    throw new ServerException(
        Kind.UNAVAILABLE,
        Texts.format("certificate: what it rests on changed %d times while it was made", ATTEMPTS));
  }

  private record Attempt<B, T>(Optional<T> answer, B decided) {}

  private <B, T> Attempt<B, T> attempt(
      Call call, Certification<B, T> certification, AnswerFormat<T> format, B basis)
      throws ServerException {
    IssuedCertificate certificate =
        issuer.sign(certification.template(basis), certification.holder(basis));
    var decided = new AtomicReference<>(basis);
    Optional<T> answer =
        writes.attempt(
            call,
            format,
            tx -> {
              B now = certification.decide(tx);
              decided.set(now);
              return now.equals(basis) && Issuer.stillSigns(tx, certificate)
                  ? Optional.of(certification.record(tx, basis, certificate))
                  : Optional.empty();
            });
    return new Attempt<>(answer, decided.get());
  }
}
