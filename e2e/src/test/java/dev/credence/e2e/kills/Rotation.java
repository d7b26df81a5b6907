package dev.credence.e2e.kills;

import com.google.protobuf.ByteString;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.kills.Asked.Outcome;
import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.AuthorityChange;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import dev.credence.proto.admin.v1.ListAuthoritiesRequest;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import java.util.List;

/// Another authority takes the place of the one that signs, which is tainted: everybody renews,
/// nodes too.
record Rotation(Book book) {

  /// Ids of the X.509 authorities in a state; empty: in any.
  static List<String> authorities(Admin admin, String state) {
    return admin
        .call(AuthoritiesGrpc::newBlockingStub)
        .listAuthorities(ListAuthoritiesRequest.newBuilder().setKind("x509").build())
        .getAuthoritiesList()
        .stream()
        .filter(one -> state.isEmpty() || one.getState().equals(state))
        .map(dev.credence.proto.admin.v1.Authority::getId)
        .toList();
  }

  /// As far as there is an answer.
  void run(Admin admin) throws InterruptedException {
    try {
      var old = authorities(admin, "active").getFirst();
      var next =
          new Deed(
              "authority-prepared",
              "authority",
              (to, request) ->
                  to.call(AuthoritiesGrpc::newBlockingStub)
                      .prepareAuthority(
                          PrepareAuthorityRequest.newBuilder()
                              .setRequestId(request)
                              .setKind("x509")
                              .build())
                      .getAuthority()
                      .getId());
      if (book.ask(admin, next) == Outcome.ACKNOWLEDGED
          && book.ask(admin, change("authority-activated", next.answer()))
              == Outcome.ACKNOWLEDGED) {
        var _ = book.ask(admin, change("authority-tainted", old));
      }
    } catch (io.grpc.StatusRuntimeException e) {
      // The server is gone before it began.
    }
  }

  private static Deed change(String verb, String id) {
    return new Deed(
        verb,
        id,
        (admin, request) -> {
          var stub = admin.call(AuthoritiesGrpc::newBlockingStub);
          var wanted = wanted(request, id);
          AuthorityChange changed =
              verb.equals("authority-activated")
                  ? stub.activateAuthority(wanted)
                  : stub.taintAuthority(wanted);
          return changed.getAuthority().getId();
        });
  }

  // Nodes that exist on paper acknowledge nothing.
  private static ChangeAuthorityRequest wanted(ByteString request, String id) {
    return ChangeAuthorityRequest.newBuilder()
        .setRequestId(request)
        .setId(id)
        .setForce(true)
        .build();
  }
}
