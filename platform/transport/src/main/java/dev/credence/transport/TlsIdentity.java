package dev.credence.transport;

import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;

/// Who we are and whom we trust, now. Asked at each handshake and each call, so that what is
/// replaced underneath is seen by the next one. Implementations are thread-safe and answer the same
/// object until it is replaced.
public interface TlsIdentity {
  /// Our own SVID.
  X509Svid svid();

  /// The authorities of our trust domain.
  X509Bundle bundle();
}
