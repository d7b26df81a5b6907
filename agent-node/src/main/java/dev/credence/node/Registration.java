package dev.credence.node;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// One set of selectors that leads to an agent or service: all of them must be attested of a
/// process. The order is that of several identities of one process: the oldest first, then by id.
///
/// @param revision rises with each change of the registration or of its subject
/// @param essence digest of all that an SVID depends on
/// @param hint the operator's word for this identity; may be empty
/// @param jwt JWT-SVIDs are issued too
record Registration(
    Id id,
    long revision,
    Sha256 essence,
    Subject subject,
    List<Selector> selectors,
    Demands demands,
    String hint,
    Instant createdAt,
    boolean jwt)
    implements Comparable<Registration> {
  private static final Comparator<Registration> ORDER =
      Comparator.comparing(Registration::createdAt).thenComparing(Registration::id);

  Registration {
    selectors = List.copyOf(selectors);
    if (selectors.isEmpty()) {
      // No selector would be matched by every process.
      throw new IllegalArgumentException("registration " + id + " has no selector");
    }
  }

  @Override
  public int compareTo(Registration other) {
    return ORDER.compare(this, other);
  }
}
