package dev.credence.server.core;

import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;

/// One way to come to a certificate: what it rests on is decided in the transaction, signed
/// outside, and recorded in the transaction if it still rests on the same.
///
/// @param <B> everything that the certificate says and the decision rests on, equal by content
/// @param <T> the answer
interface Certification<B, T> {
  /// Whether, and what. Everything that can refuse is here.
  B decide(View view) throws ServerException;

  SvidTemplate template(B basis);

  /// "agent", "service" or "node".
  String holder(B basis);

  /// Writes what was issued, with its events, and makes the answer.
  T record(Transaction tx, B basis, IssuedCertificate certificate);
}
