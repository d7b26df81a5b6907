package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.util.Optional;

/// What a node says when it opens its stream.
///
/// @param startId of this start of its daemon
/// @param cursor up to where it has the registry; empty: nothing yet
/// @param hostName for people
/// @param software for people
/// @param serial of the SVID that its connection shows; empty: not known
/// @param key of that SVID; empty: not known
public record StreamHello(
    Id startId,
    Optional<Cursor> cursor,
    String hostName,
    String software,
    Optional<String> serial,
    Optional<Sha256> key) {
  public StreamHello(Id startId, Optional<Cursor> cursor, String hostName, String software) {
    this(startId, cursor, hostName, software, Optional.empty(), Optional.empty());
  }

  /// The same over a connection that shows that serial.
  public StreamHello showing(String shown) {
    return new StreamHello(startId, cursor, hostName, software, Optional.of(shown), key);
  }

  /// The same over a connection that shows an SVID of that key.
  public StreamHello by(Sha256 shown) {
    return new StreamHello(startId, cursor, hostName, software, serial, Optional.of(shown));
  }
}
