package dev.credence.node;

import dev.credence.certs.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/// A bundle as the server tells it.
///
/// @param sequence what is to be acknowledged
/// @param tainted authorities of it whose certificates are to be renewed
/// @param renewWithin over how long these renewals are spread
record BundleNews(
    long sequence, X509Bundle bundle, List<X509Certificate> tainted, Duration renewWithin) {
  private static final Duration LONGEST_SPREAD = Duration.ofHours(1);

  BundleNews {
    tainted = List.copyOf(tainted);
    if (renewWithin.isNegative() || renewWithin.compareTo(LONGEST_SPREAD) > 0) {
      throw new IllegalArgumentException(
          Text.of("renewals within %s (expected: 0 to %s)", renewWithin, LONGEST_SPREAD));
    }
  }

  /// What certificates may go on hanging on.
  List<X509Certificate> sound() {
    return bundle.authorities().stream().filter(it -> !tainted.contains(it)).toList();
  }
}
