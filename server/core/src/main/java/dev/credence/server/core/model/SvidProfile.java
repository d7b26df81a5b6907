package dev.credence.server.core.model;

import java.time.Duration;
import java.util.List;

/// What a subject's SVIDs say beyond who it is.
///
/// @param ttl life of an X509-SVID, in whole seconds
/// @param dnsNames DNS SANs
/// @param hint the operator's word for this identity; empty: none
/// @param jwt JWT-SVIDs are issued too; whoever holds one passes for the subject until it expires
/// @param lifetime what its executions end with
public record SvidProfile(
    Duration ttl, List<String> dnsNames, String hint, boolean jwt, Lifetime lifetime) {
  public SvidProfile {
    dnsNames = List.copyOf(dnsNames);
  }

  /// Its executions end with their processes.
  public SvidProfile(Duration ttl, List<String> dnsNames, String hint, boolean jwt) {
    this(ttl, dnsNames, hint, jwt, Lifetime.PROCESS);
  }
}
