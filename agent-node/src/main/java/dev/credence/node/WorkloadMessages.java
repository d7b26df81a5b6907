package dev.credence.node;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.credence.certs.X509Bundle;
import dev.credence.node.Standing.Entitled;
import dev.credence.proto.workload.X509BundlesResponse;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDResponse;
import java.util.Optional;
import java.util.function.Supplier;

/// Writes the messages of the Workload API (SPIFFE Workload API, section 5). Each is the complete
/// state. Revocation lists stay out: they would reach every workload each time.
final class WorkloadMessages {
  private final Supplier<X509Bundle> bundle;

  /// @param bundle of the own trust domain, now
  WorkloadMessages(Supplier<X509Bundle> bundle) {
    this.bundle = bundle;
  }

  /// For FetchX509SVID.
  WorkloadStream.Rendering<X509SVIDResponse> svids() {
    return new WorkloadStream.Rendering<>() {
      @Override
      public boolean needsSvids() {
        return true;
      }

      @Override
      public Optional<X509SVIDResponse> of(Entitled standing) {
        return standing.identities().isEmpty() ? Optional.empty() : Optional.of(response(standing));
      }
    };
  }

  /// For FetchX509Bundles.
  WorkloadStream.Rendering<X509BundlesResponse> bundles() {
    return new WorkloadStream.Rendering<>() {
      @Override
      public boolean needsSvids() {
        return false;
      }

      @Override
      public Optional<X509BundlesResponse> of(Entitled standing) {
        X509Bundle own = bundle.get();
        return Optional.of(
            X509BundlesResponse.newBuilder()
                .putBundles(own.trustDomain().id().toString(), bytes(own.toDer()))
                .build());
      }
    };
  }

  private X509SVIDResponse response(Entitled standing) {
    ByteString authorities = bytes(bundle.get().toDer());
    var response = X509SVIDResponse.newBuilder();
    for (HeldIdentity identity : standing.identities()) {
      HeldSvid svid = identity.svid();
      response.addSvids(
          X509SVID
              .newBuilder()
              .setSpiffeId(svid.id().toString())
              .setX509Svid(bytes(svid.chain()))
              .setX509SvidKey(bytes(svid.key().copy()))
              .setBundle(authorities)
              .setHint(identity.hint()));
    }
    return response.build();
  }

  /// The array is a copy made for this, and nobody else has it.
  private static ByteString bytes(byte[] fresh) {
    return UnsafeByteOperations.unsafeWrap(fresh);
  }
}
