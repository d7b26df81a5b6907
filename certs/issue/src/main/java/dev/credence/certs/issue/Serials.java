package dev.credence.certs.issue;

import java.math.BigInteger;
import java.security.SecureRandom;

/// Serial numbers: 128 random bits, never zero (RFC 5280, section 4.1.2.2). Thread-safe.
final class Serials {
  private static final int BITS = 128;

  private final SecureRandom random;

  Serials(SecureRandom random) {
    this.random = random;
  }

  BigInteger next() {
    BigInteger serial;
    do {
      serial = new BigInteger(BITS, random);
    } while (serial.signum() == 0);
    return serial;
  }
}
