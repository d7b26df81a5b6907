package dev.credence.node;

import dev.credence.certs.Certificates;
import dev.credence.certs.Sha256;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// Which authorities certificates may hang on: what hangs on another is renewed at once, spread
/// over the time that the server names. Thread-safe.
final class SoundAuthorities {
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Clock clock;
  private final AtomicReference<Sound> newest =
      new AtomicReference<>(new Sound(0, List.of(), Instant.MIN, Duration.ZERO));

  /// @param number rises with each change
  /// @param authorities empty: nothing is known yet, and everything is taken as sound
  private record Sound(
      long number, List<X509Certificate> authorities, Instant since, Duration spread) {}

  SoundAuthorities(Clock clock) {
    this.clock = clock;
  }

  /// Takes what the server tells.
  ///
  /// @return true: something may have to be renewed that did not before
  boolean become(BundleNews news) {
    Sound before = newest.get();
    List<X509Certificate> sound = news.sound();
    if (before.authorities.equals(sound)) {
      return false;
    }
    boolean lost = before.authorities.isEmpty() || !sound.containsAll(before.authorities);
    newest.set(
        new Sound(
            before.number + 1,
            sound,
            lost ? clock.instant() : before.since,
            lost ? news.renewWithin() : before.spread));
    return lost;
  }

  /// When a certificate is to be renewed, asked again each time: as planned, or earlier.
  ///
  /// @param issued when it came here
  Supplier<Instant> renewal(X509Certificate leaf, Instant issued, Instant planned) {
    var seen = new AtomicReference<>(new Seen(0, planned));
    return () -> {
      Sound now = newest.get();
      Seen last = seen.get();
      if (last.number != now.number) {
        last = new Seen(now.number, at(leaf, issued, now, planned));
        seen.set(last);
      }
      return last.at;
    };
  }

  private record Seen(long number, Instant at) {}

  private static Instant at(X509Certificate leaf, Instant issued, Sound sound, Instant planned) {
    if (sound.authorities.isEmpty()
        || sound.authorities.stream().anyMatch(authority -> signed(authority, leaf))) {
      return planned;
    }
    // A server that still signs with it must not be asked in a circle.
    Instant soon =
        issued.isAfter(sound.since)
            ? issued.plus(sound.spread).plus(PAUSE)
            : sound.since.plus(part(leaf, sound.spread));
    return soon.isBefore(planned) ? soon : planned;
  }

  /// Each certificate has its own place in the spread, the same each time it is asked.
  private static Duration part(X509Certificate leaf, Duration spread) {
    byte[] digest = Sha256.of(Certificates.toDer(leaf)).bytes();
    long draw = ByteBuffer.wrap(digest).getLong() >>> 11;
    return Duration.ofMillis((long) (spread.toMillis() * (draw * 0x1.0p-53)));
  }

  private static boolean signed(X509Certificate authority, X509Certificate leaf) {
    if (!authority.getSubjectX500Principal().equals(leaf.getIssuerX500Principal())) {
      return false;
    }
    try {
      leaf.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // another key of the same name
    }
  }
}
