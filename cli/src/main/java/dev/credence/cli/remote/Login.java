package dev.credence.cli.remote;

import com.google.protobuf.ByteString;
import dev.credence.attestors.join.EnrollmentToken;
import dev.credence.attestors.join.JoinToken;
import dev.credence.certs.CertificateRequest;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.X509Svid;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.proto.admin.v1.AdministratorSvid;
import dev.credence.proto.admin.v1.EnrollmentGrpc;
import dev.credence.proto.admin.v1.RedeemEnrollmentRequest;
import dev.credence.transport.MutualTls;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Set;

/// First contact of an administrator's machine: the server proves that it holds a pinned authority
/// and is `/server` before the secret is sent; then the profile gets its SVID.
public final class Login {

  private final Profile profile;
  private final Clock clock;

  /// @param clock for the validity of certificates
  public Login(Profile profile, Clock clock) {
    this.profile = profile;
    this.clock = clock;
  }

  /// Redeems the token.
  ///
  /// @throws CommandFailure if the server refuses it, is not the one, or cannot be reached
  public X509Svid with(EnrollmentToken enrollment) {
    JoinToken token = enrollment.contents();
    var keys = profile.enrollingKey(new SecureRandom());
    var credentials =
        MutualTls.firstContact(
            Set.copyOf(token.pins()),
            RemoteServer.serverOf(token.trustDomain()),
            new SvidVerifier(CryptoProviders.jdk()),
            clock);
    try (var connection = FirstReachable.of(token.servers(), credentials)) {
      var answer = redeem(connection, token, keys);
      var given = new RemoteServer(profile, clock).given(answer, token.trustDomain(), keys);
      profile.enrolled(
          new Profile.Place(token.trustDomain(), token.servers()), given.bundle(), given.svid());
      return given.svid();
    }
  }

  private AdministratorSvid redeem(DaemonConnection connection, JoinToken token, KeyPair keys) {
    var request =
        RedeemEnrollmentRequest.newBuilder()
            .setSecret(ByteString.copyFrom(token.secret().reveal()))
            .setCsr(ByteString.copyFrom(CertificateRequest.create(keys, CryptoProviders.jdk())));
    try {
      return connection.change(
          EnrollmentGrpc::newBlockingStub,
          (stub, id) -> stub.redeem(request.setRequestId(id).build()));
    } catch (CommandFailure e) {
      if (e.getCause() instanceof StatusRuntimeException refused
          && refused.getStatus().getCode() == Status.Code.PERMISSION_DENIED) {
        profile.forgetEnrollingKey();
      }
      throw e;
    }
  }
}
