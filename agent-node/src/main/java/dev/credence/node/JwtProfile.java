package dev.credence.node;

import com.google.protobuf.UnsafeByteOperations;
import dev.credence.certs.Audiences;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.SpiffeId;
import dev.credence.node.Standing.Entitled;
import dev.credence.proto.workload.JWTBundlesResponse;
import dev.credence.proto.workload.JWTSVIDRequest;
import dev.credence.proto.workload.JWTSVIDResponse;
import dev.credence.proto.workload.ValidateJWTSVIDRequest;
import dev.credence.proto.workload.ValidateJWTSVIDResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The JWT profile of the Workload API (SPIFFE Workload API, section 6). What a request lacks is
/// found before anything is read of its caller.
final class JwtProfile {
  private static final Logger LOG = LoggerFactory.getLogger(JwtProfile.class);

  private final Callers callers;
  private final JwtTokens tokens;
  private final JwtValidation validation;
  private final JwtTrust trust;
  private final Executor executor;

  JwtProfile(
      Callers callers,
      JwtTokens tokens,
      JwtValidation validation,
      JwtTrust trust,
      Executor executor) {
    this.callers = callers;
    this.tokens = tokens;
    this.validation = validation;
    this.trust = trust;
    this.executor = executor;
  }

  /// What a caller asks for.
  ///
  /// @param identity empty: all that it has
  record Asked(List<String> audiences, Optional<SpiffeId> identity) {}

  /// FetchJWTSVID.
  void fetch(
      Caller caller, JWTSVIDRequest request, ServerCallStreamObserver<JWTSVIDResponse> observer) {
    try {
      var call =
          new JwtSvidCall(
              asked(request),
              observer,
              tokens,
              refused -> callers.report(caller, refused),
              executor);
      executor.execute(() -> callers.begin(caller, call));
    } catch (IllegalArgumentException e) {
      observer.onError(invalid(e.getMessage()));
    }
  }

  private static Asked asked(JWTSVIDRequest request) {
    List<String> audiences =
        request.getAudienceList().stream().filter(audience -> !audience.isEmpty()).toList();
    if (audiences.isEmpty()) {
      throw new IllegalArgumentException("audience must be specified");
    }
    Audiences.check(audiences);
    String id = request.getSpiffeId();
    return new Asked(audiences, id.isEmpty() ? Optional.empty() : Optional.of(SpiffeId.parse(id)));
  }

  /// FetchJWTBundles: the own trust domain's, complete each time.
  WorkloadStream.Rendering<JWTBundlesResponse> bundles() {
    return new WorkloadStream.Rendering<>() {
      @Override
      public boolean needsSvids() {
        return false;
      }

      @Override
      public Optional<JWTBundlesResponse> of(Entitled standing) {
        return trust.bundle().map(JwtProfile::message);
      }
    };
  }

  private static JWTBundlesResponse message(JwtBundle bundle) {
    return JWTBundlesResponse.newBuilder()
        .putBundles(
            bundle.trustDomain().id().toString(), UnsafeByteOperations.unsafeWrap(bundle.toJwks()))
        .build();
  }

  /// ValidateJWTSVID. It tells nothing that is a secret, so its caller needs no identity.
  void validate(ValidateJWTSVIDRequest request, StreamObserver<ValidateJWTSVIDResponse> observer) {
    if (request.getAudience().isEmpty() || request.getSvid().isEmpty()) {
      String missing = request.getAudience().isEmpty() ? "audience" : "svid";
      observer.onError(invalid(missing + " must be specified"));
      return;
    }
    // With a handler, an answer to a call that is gone is dropped; without one it is a failure.
    ((ServerCallStreamObserver<ValidateJWTSVIDResponse>) observer).setOnCancelHandler(() -> {});
    executor.execute(() -> answer(request, observer));
  }

  private void answer(
      ValidateJWTSVIDRequest request, StreamObserver<ValidateJWTSVIDResponse> observer) {
    try {
      observer.onNext(validation.validate(request));
      observer.onCompleted();
    } catch (RefusedException e) {
      observer.onError(Statuses.of(e.standing()).asRuntimeException());
    } catch (IllegalArgumentException e) {
      observer.onError(invalid(e.getMessage()));
    } catch (RuntimeException | Error e) {
      callers.failed(LOG, "a token could not be validated", e);
      observer.onError(
          Status.UNAVAILABLE
              .withDescription("the node failed to answer; try again")
              .asRuntimeException());
    }
  }

  private static RuntimeException invalid(@org.jspecify.annotations.Nullable String message) {
    return Status.INVALID_ARGUMENT.withDescription(message).asRuntimeException();
  }
}
