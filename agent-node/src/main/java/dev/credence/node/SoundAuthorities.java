package dev.credence.node;

import dev.credence.certs.Certificates;
import dev.credence.certs.KeyIdentifiers;
import dev.credence.certs.Sha256;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Which authorities certificates may hang on: what hangs on another is renewed at once, spread
/// over the time that the server names. Thread-safe.
final class SoundAuthorities {
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Clock clock;
  private final AtomicReference<Sound> newest =
      new AtomicReference<>(new Sound(0, List.of(), Set.of(), Instant.MIN, Duration.ZERO));

  /// @param number rises with each change
  /// @param authorities empty: nothing is known yet, and everything is taken as sound
  /// @param keys identifiers of the authorities' keys
  private record Sound(
      long number,
      List<X509Certificate> authorities,
      Set<String> keys,
      Instant since,
      Duration spread) {}

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
            keys(sound),
            lost ? clock.instant() : before.since,
            lost ? news.renewWithin() : before.spread));
    return lost;
  }

  /// When a certificate is to be renewed, asked again each time: as planned, or earlier. Nothing of
  /// the certificate is kept but which key it names as its authority's: this is held for each
  /// process that is served.
  ///
  /// @param leaf as the server issued it. It comes from whom this node trusts, so that the key that
  ///   it names need not be proved by its signature
  /// @param issued when it came here
  Supplier<Instant> renewal(X509Certificate leaf, Instant issued, Instant planned) {
    // One that names none hangs on nothing that is known to be sound.
    String authority = KeyIdentifiers.ofAuthority(leaf).orElse("");
    return new Renewal(authority, place(leaf), issued, planned);
  }

  private final class Renewal implements Supplier<Instant> {
    private final String authority;
    private final double place;
    private final Instant issued;
    private final Instant planned;
    private volatile Seen seen;

    Renewal(String authority, double place, Instant issued, Instant planned) {
      this.authority = authority;
      this.place = place;
      this.issued = issued;
      this.planned = planned;
      this.seen = new Seen(0, planned);
    }

    @Override
    public Instant get() {
      Sound now = newest.get();
      Seen last = seen;
      if (last.number != now.number) {
        last = new Seen(now.number, at(now));
        seen = last;
      }
      return last.at;
    }

    private Instant at(Sound sound) {
      if (sound.authorities.isEmpty() || sound.keys.contains(authority)) {
        return planned;
      }
      // A server that still signs with it must not be asked in a circle.
      Instant soon =
          issued.isAfter(sound.since)
              ? issued.plus(sound.spread).plus(PAUSE)
              : sound.since.plus(Duration.ofMillis((long) (sound.spread.toMillis() * place)));
      return soon.isBefore(planned) ? soon : planned;
    }
  }

  private record Seen(long number, Instant at) {}

  /// From 0 to 1: each certificate has its own place in the spread, the same each time it is asked.
  private static double place(X509Certificate leaf) {
    byte[] digest = Sha256.of(Certificates.toDer(leaf)).bytes();
    return (ByteBuffer.wrap(digest).getLong() >>> 11) * 0x1.0p-53;
  }

  private static Set<String> keys(List<X509Certificate> authorities) {
    return authorities.stream()
        .flatMap(authority -> KeyIdentifiers.ofSubject(authority).stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
