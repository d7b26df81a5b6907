package dev.credence.server.app;

import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.linux.BootClock;
import dev.credence.server.core.CoreSeams;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.store.CommitListener;
import java.security.Provider;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// What the server takes from the outside world, so that tests can command it.
///
/// @param crypto signs, verifies, makes keys
/// @param commits told of each commit beside the metrics: for tests that stop at a named point
/// @param fatal called when the disk or the outcome of a commit cannot be trusted any more; the
///   process is to exit at once, without an ordered shutdown, and start again
/// @param boot nanoseconds since the machine's boot
public record Seams(
    Clock clock,
    Provider crypto,
    CommitListener commits,
    Consumer<StoreException> fatal,
    LongSupplier boot) {

  /// With a clock that never steps, whatever it says.
  public Seams(
      Clock clock, Provider crypto, CommitListener commits, Consumer<StoreException> fatal) {
    this(clock, crypto, commits, fatal, CoreSeams.following(clock));
  }

  /// The real world.
  public static Seams real(Provider crypto, Consumer<StoreException> fatal) {
    return new Seams(
        Clock.systemUTC(), crypto, CommitListener.none(), fatal, BootClock.system()::nanos);
  }

  /// The real world with the fastest provider.
  public static Seams real(Consumer<StoreException> fatal) {
    return real(CryptoProviders.fastest(), fatal);
  }
}
