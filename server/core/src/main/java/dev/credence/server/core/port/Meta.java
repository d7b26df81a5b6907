package dev.credence.server.core.port;

import java.time.Instant;

/// Facts about the database itself.
public interface Meta extends MetaReads {
  /// Raises the registry's number by one and returns it.
  long nextRegistryNumber();

  /// The number of the next CRL: higher than every one before, and at least that.
  long nextCrlNumber(long atLeast);

  /// Remembers a time if it is later than the stored one.
  void noteTime(Instant time);

  /// This time is right, although later ones were stored: those do not count any more for the
  /// highest time.
  void acceptTime(Instant time);

  /// Says once which trust domain this database is of.
  void setTrustDomain(String name);
}
