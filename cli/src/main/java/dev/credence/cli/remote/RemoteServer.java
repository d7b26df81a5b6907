package dev.credence.cli.remote;

import com.google.protobuf.ByteString;
import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Certificates;
import dev.credence.certs.Identity;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidException;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.print.Text;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.proto.admin.v1.AdministratorSvid;
import dev.credence.proto.admin.v1.OwnAdministratorGrpc;
import dev.credence.proto.admin.v1.RenewAdministratorRequest;
import dev.credence.transport.MutualTls;
import dev.credence.transport.TlsIdentity;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A server on another machine, as an administrator who has a profile for it. Both sides prove who
/// they are; the SVID is renewed when half of its life is over.
public final class RemoteServer {

  private static final Duration SOON = Duration.ofMinutes(1);

  private final Profile profile;
  private final Clock clock;
  private final Provider crypto = CryptoProviders.jdk();

  /// @param clock for the validity of certificates
  public RemoteServer(Profile profile, Clock clock) {
    this.profile = profile;
    this.clock = clock;
  }

  private record Own(X509Svid svid, X509Bundle bundle) implements TlsIdentity {}

  /// Opens a connection, and renews the SVID first if that is due.
  ///
  /// @throws CommandFailure if the profile is damaged, or its SVID has expired
  public DaemonConnection open() {
    var svid = profile.svid();
    requireValid(svid);
    if (isDue(svid)) {
      try {
        svid = renew();
      } catch (CommandFailure e) {
        // It is good for a while: the command's own call says what is wrong, if it still is.
        svid = profile.svid();
      }
    }
    return connect(svid);
  }

  /// When the SVID that is kept by now runs out.
  public Instant until() {
    return profile.svid().leaf().getNotAfter().toInstant();
  }

  /// How long to stay on one connection: until renewal is due; where it is overdue, for a moment,
  /// since the next [#open] tries again.
  public Duration stay() {
    var left = Duration.between(clock.instant(), due(profile.svid()));
    return left.compareTo(SOON) < 0 ? SOON : left;
  }

  /// A new SVID for the same key.
  ///
  /// @throws CommandFailure if the server refuses, or cannot be reached
  public X509Svid renew() {
    var before = profile.svid();
    requireValid(before);
    var keys = profile.key();
    var csr = ByteString.copyFrom(CertificateRequest.create(keys, crypto));
    try (var connection = connect(before)) {
      var answer =
          connection.change(
              OwnAdministratorGrpc::newBlockingStub,
              (stub, id) ->
                  stub.renewSvid(
                      RenewAdministratorRequest.newBuilder().setRequestId(id).setCsr(csr).build()));
      var given = given(answer, before.id().trustDomain(), keys);
      if (!given.svid.id().equals(before.id())) {
        throw CommandFailure.failed(
            Text.of("the server sent an SVID of %s (expected: %s)", given.svid.id(), before.id()));
      }
      profile.renewed(given.bundle, given.svid);
      return given.svid;
    }
  }

  private DaemonConnection connect(X509Svid svid) {
    var place = profile.place();
    var self = new Own(svid, profile.bundle(place.trustDomain()));
    var credentials =
        MutualTls.client(self, new SvidVerifier(crypto), clock, serverOf(place.trustDomain()));
    return FirstReachable.of(place.servers(), credentials);
  }

  static SpiffeId serverOf(TrustDomain trustDomain) {
    return new Identity.Server().in(trustDomain);
  }

  private void requireValid(X509Svid svid) {
    var until = svid.leaf().getNotAfter().toInstant();
    if (!clock.instant().isBefore(until)) {
      throw CommandFailure.failed(
          Text.of(
              "profile %s: its SVID expired at %s (expected: a new token, from `credence admin token` at the server, for `credence admin login`)",
              profile.name(), until));
    }
  }

  private boolean isDue(X509Svid svid) {
    return !clock.instant().isBefore(due(svid));
  }

  private static Instant due(X509Svid svid) {
    Instant from = svid.leaf().getNotBefore().toInstant();
    var life = Duration.between(from, svid.leaf().getNotAfter().toInstant());
    return from.plus(life.dividedBy(2));
  }

  /// An SVID with the authorities that it hangs on.
  record Given(X509Svid svid, X509Bundle bundle) {}

  /// What a server sent, checked as a stranger would.
  Given given(AdministratorSvid answer, TrustDomain trustDomain, KeyPair keys) {
    try {
      var chain = Certificates.parseChain(joined(answer.getChainList()));
      List<X509Certificate> authorities = new ArrayList<>();
      for (ByteString der : answer.getBundleList()) {
        authorities.add(Certificates.parse(der.toByteArray()));
      }
      var bundle = X509Bundle.of(trustDomain, authorities);
      var svid = X509Svid.of(chain, keys);
      var _ = new SvidVerifier(crypto).verify(chain, bundle, clock.instant());
      if (!(Identity.of(svid.id()).orElse(null) instanceof Identity.Administrator)) {
        throw CommandFailure.failed(
            Text.of(
                "the server sent an SVID of %s (expected: an administrator's, /admin/NAME)",
                svid.id()));
      }
      return new Given(svid, bundle);
    } catch (SvidException | IllegalArgumentException e) {
      throw CommandFailure.failed(
          Text.of("the server sent an SVID that does not hold: %s", e.getMessage()));
    }
  }

  private static byte[] joined(List<ByteString> parts) {
    var bytes = new ByteArrayOutputStream();
    parts.forEach(part -> bytes.writeBytes(part.toByteArray()));
    return bytes.toByteArray();
  }
}
