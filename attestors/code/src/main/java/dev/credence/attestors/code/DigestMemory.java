package dev.credence.attestors.code;

import dev.credence.certs.Sha256;
import dev.credence.platform.linux.FileVersion;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Digests of files that were read before, by device, inode, times and size. Thread-safe.
///
/// A file that changed within the last 2 s is not remembered: its next change could get the same
/// time. A file that its owner changes through a mapping can keep its times for longer. Of the
/// original that does not matter, since what runs is the copy whose digest is told: at worst it is
/// the code of a moment ago, under that code's identity. Of the copy nobody but this daemon's own
/// user could do it.
final class DigestMemory {
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final Clock clock;
  private final Map<FileVersion, Sha256> remembered;

  /// @param most how many are kept; 0: none
  DigestMemory(int most, Clock clock) {
    this.clock = clock;
    this.remembered =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<FileVersion, Sha256> eldest) {
            return size() > most;
          }
        };
  }

  synchronized Optional<Sha256> recall(FileVersion version) {
    return Optional.ofNullable(remembered.get(version));
  }

  void remember(FileVersion version, Sha256 digest) {
    long newest = Math.max(version.modifiedNanos(), version.changedNanos());
    if (clock.millis() - newest / 1_000_000 > SETTLED.toMillis()) {
      put(version, digest);
    }
  }

  private synchronized void put(FileVersion version, Sha256 digest) {
    remembered.put(version, digest);
  }
}
