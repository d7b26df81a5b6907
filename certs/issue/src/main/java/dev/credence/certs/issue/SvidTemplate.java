package dev.credence.certs.issue;

import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import dev.credence.certs.SpiffeId;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What an X509-SVID is to say; all of it comes from the server's own records, only the key from
/// the request. Immutable; a template that contradicts itself cannot be made
/// (IllegalArgumentException).
public sealed interface SvidTemplate {
  /// The longest lifetime that a template may ask for.
  Duration MAX_TTL = Duration.ofDays(30);

  /// The identity.
  SpiffeId id();

  /// The key to certify.
  CheckedKey key();

  /// The wanted lifetime; what is issued never outlives the authority.
  Duration ttl();

  /// An agent's or service's SVID, for one execution.
  ///
  /// @param id `/agent/{owner}/{name}` or `/service/{owner}/{name}`
  /// @param owner the subject's O
  /// @param subjectName the subject's CN, the name of the agent or service
  /// @param dnsNames DNS SANs of the registration, at most 16, lower case, no wildcards
  /// @param execution the execution extension
  /// @param key the key to certify
  /// @param ttl the wanted lifetime
  record Workload(
      SpiffeId id,
      Name owner,
      Name subjectName,
      List<String> dnsNames,
      ExecutionFacts execution,
      CheckedKey key,
      Duration ttl)
      implements SvidTemplate {
    /// Checks that the parts agree.
    public Workload {
      dnsNames = DnsNames.check(dnsNames);
      checkTtl(ttl);
      Optional<Identity> identity = Identity.of(id);
      Identity agent = new Identity.Agent(owner, subjectName);
      Identity service = new Identity.Service(owner, subjectName);
      if (!identity.equals(Optional.of(agent)) && !identity.equals(Optional.of(service))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "workload SVID for %s (expected: an agent or service %s of owner %s)",
                id,
                subjectName,
                owner));
      }
    }
  }

  /// A node's SVID.
  ///
  /// @param id `/node/{id}`
  /// @param key the key to certify
  /// @param ttl the wanted lifetime
  record Node(SpiffeId id, CheckedKey key, Duration ttl) implements SvidTemplate {
    /// Checks the id and the lifetime.
    public Node {
      checkTtl(ttl);
      if (!(Identity.of(id).orElse(null) instanceof Identity.Node)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "node SVID for %s (expected: /node/ and the node's id)", id));
      }
    }
  }

  /// An administrator's SVID.
  ///
  /// @param id `/admin/{name}`
  /// @param key the key to certify
  /// @param ttl the wanted lifetime
  record Administrator(SpiffeId id, CheckedKey key, Duration ttl) implements SvidTemplate {
    /// Checks the id and the lifetime.
    public Administrator {
      checkTtl(ttl);
      if (!(Identity.of(id).orElse(null) instanceof Identity.Administrator)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "administrator SVID for %s (expected: /admin/ and the administrator's name)",
                id));
      }
    }
  }

  /// The server's own SVID.
  ///
  /// @param id `/server`
  /// @param key the key to certify
  /// @param ttl the wanted lifetime
  record Server(SpiffeId id, CheckedKey key, Duration ttl) implements SvidTemplate {
    /// Checks the id and the lifetime.
    public Server {
      checkTtl(ttl);
      if (!(Identity.of(id).orElse(null) instanceof Identity.Server)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "server SVID for %s (expected: /server)", id));
      }
    }
  }

  private static void checkTtl(Duration ttl) {
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "lifetime %s (expected: 1 second to %s)", ttl, MAX_TTL));
    }
  }
}
