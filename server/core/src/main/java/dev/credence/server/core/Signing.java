package dev.credence.server.core;

import dev.credence.certs.issue.CsrChecker;
import dev.credence.server.core.port.Store;

/// Keys, and what is signed with them.
///
/// @param trust the bundle, and the keys that are this server's
/// @param x509 signs X.509-SVIDs
/// @param jwt signs JWT-SVIDs
/// @param identity the server's own SVID
/// @param lists what CRLs say
record Signing(
    Trust trust, Issuer x509, JwtIssuer jwt, ServerIdentity identity, RevocationLists lists) {
  /// @throws ServerException UNAVAILABLE, INVALID: a key or the server's own SVID cannot be had
  static Signing of(Foundation base, Store store, OwnAuthorities own) throws ServerException {
    CoreSeams seams = base.seams;
    Trust trust = own.trust(store.read(view -> view.authorities().all()), base.streams);
    boolean _ = base.database.read(trust::reloaded);
    var x509 = new Issuer(new CsrChecker(seams.crypto()), trust, base.clock, seams.metrics());
    return new Signing(
        trust,
        x509,
        new JwtIssuer(trust, base.clock, seams.metrics()),
        new ServerIdentity(base.despiteClock, base.settings, x509, seams.crypto()),
        new RevocationLists(base.despiteClock.database(), trust::held));
  }
}
