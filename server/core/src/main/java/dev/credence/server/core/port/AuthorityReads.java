package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.CertificateRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The part of [Authorities] that only looks.
public interface AuthorityReads {
  Optional<AuthorityRecord> find(Id id);

  /// All there ever were, in order of creation.
  List<AuthorityRecord> all();

  /// Number of the newest bundle, at least 1.
  long bundleSequence();

  /// How many live certificates hang on an authority. Live is the newest certificate of a running
  /// execution or of an active node, as long as it has not expired.
  long countLive(Id authority, Instant now);

  /// Some of them, executions' first.
  List<CertificateRecord> live(Id authority, Instant now, int limit);
}
