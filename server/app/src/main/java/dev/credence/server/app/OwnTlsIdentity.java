package dev.credence.server.app;

import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.server.core.ServerCore;
import dev.credence.transport.TlsIdentity;

/// The server at its TLS port: its newest SVID, and the trust domain's newest bundle.
record OwnTlsIdentity(ServerCore core) implements TlsIdentity {
  @Override
  public X509Svid svid() {
    return core.identity().svid();
  }

  @Override
  public X509Bundle bundle() {
    return core.trust().bundle().bundle();
  }
}
