package dev.credence.node;

import dev.credence.node.CallException.Kind;
import dev.credence.node.HostedProcess.Snapshot;
import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.Entitled;
import dev.credence.node.Standing.NotNow;
import dev.credence.node.Standing.Pending;
import dev.credence.proto.workload.JWTSVID;
import dev.credence.proto.workload.JWTSVIDResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One FetchJWTSVID: waits for the first decision on its caller's process, gets the tokens, looks
/// whether the process still stands, and answers once. Thread-safe.
final class JwtSvidCall implements HostedProcess.Call {
  private static final Logger LOG = LoggerFactory.getLogger(JwtSvidCall.class);

  private final JwtProfile.Asked asked;
  private final ServerCallStreamObserver<JWTSVIDResponse> out;
  private final JwtTokens tokens;
  private final Consumer<Standing> onRefused;
  private final Pump pump;
  private final AtomicReference<Optional<Standing>> last = new AtomicReference<>(Optional.empty());
  private volatile @Nullable Source source;

  // Confined to the pump.
  private boolean over;

  private record Source(HostedProcess process, long from) {}

  /// @param onRefused told if the call ends without a token
  /// @param executor where it may block
  JwtSvidCall(
      JwtProfile.Asked asked,
      ServerCallStreamObserver<JWTSVIDResponse> out,
      JwtTokens tokens,
      Consumer<Standing> onRefused,
      Executor executor) {
    this.asked = asked;
    this.out = out;
    this.tokens = tokens;
    this.onRefused = onRefused;
    this.pump = new Pump(executor, this::step);
    out.setOnCancelHandler(this::leave);
  }

  @Override
  public boolean wantsSvids() {
    return true;
  }

  @Override
  public void follow(HostedProcess process, long from) {
    source = new Source(process, from);
    if (out.isCancelled()) {
      leave();
    }
    pump.signal();
  }

  @Override
  public void changed() {
    pump.signal();
  }

  @Override
  public void end(Standing why) {
    last.compareAndSet(Optional.empty(), Optional.of(why));
    pump.signal();
  }

  private void leave() {
    Source followed = source;
    if (followed != null) {
      followed.process.detach(this);
    }
  }

  private void step() {
    if (over) {
      return;
    }
    Optional<Standing> end = last.get();
    Source followed = source;
    if (out.isCancelled()) {
      over = true;
    } else if (end.isPresent()) {
      refuse(end.get());
    } else if (followed != null && followed.process.now().number() >= followed.from) {
      answer(followed.process.now());
    }
  }

  private void answer(Snapshot snapshot) {
    switch (snapshot.standing()) {
      case Pending _ -> {}
      case Denied _, NotNow _ -> refuse(snapshot.standing());
      case Entitled entitled -> {
        if (!entitled.identities().isEmpty()) {
          answer(entitled);
        }
      }
    }
  }

  private void answer(Entitled entitled) {
    try {
      var response = JWTSVIDResponse.newBuilder();
      for (HeldIdentity identity : wanted(entitled.identities())) {
        response.addSvids(
            JWTSVID
                .newBuilder()
                .setSpiffeId(identity.svid().id().toString())
                .setSvid(tokens.of(identity, asked.audiences()))
                .setHint(identity.hint()));
      }
      send(response.build());
    } catch (RefusedException e) {
      refuse(e.standing());
    } catch (CallException e) {
      refuse(standing(e.kind()));
    } catch (RuntimeException | Error e) {
      Edge.report(LOG, "a token could not be fetched", e);
      refuse(new NotNow("the node failed to answer; try again"));
    }
  }

  private List<HeldIdentity> wanted(List<HeldIdentity> identities) throws RefusedException {
    List<HeldIdentity> matching =
        identities.stream()
            .filter(
                one -> asked.identity().isEmpty() || asked.identity().get().equals(one.svid().id()))
            .toList();
    if (matching.isEmpty()) {
      throw new RefusedException(
          Denied.of(
              RefusalReason.NO_JWT,
              Text.of(
                  "no identity issued: %s is not the caller's", asked.identity().orElseThrow())));
    }
    List<HeldIdentity> allowed = matching.stream().filter(HeldIdentity::jwt).toList();
    if (allowed.isEmpty()) {
      throw new RefusedException(
          Denied.of(
              RefusalReason.NO_JWT,
              Text.of(
                  "no identity issued: JWT-SVIDs are off for %s (expected: registered with --jwt)",
                  matching.getFirst().svid().id())));
    }
    return allowed;
  }

  private static Standing standing(Kind kind) {
    return switch (kind) {
      case REFUSED -> Denied.of(RefusalReason.NO_JWT, "no identity issued: the server refused");
      case NOT_RUNNING -> new NotNow("the execution has ended; ask again for a new one");
      case BEHIND -> new NotNow("the node is catching up with its server; try again");
      case UNUSABLE, AWAY -> new NotNow("the server cannot issue a JWT-SVID now; try again");
    };
  }

  /// What was fetched takes time: the process must stand as it did.
  private void send(JWTSVIDResponse response) {
    Optional<Standing> end = last.get();
    if (end.isPresent()) {
      refuse(end.get());
      return;
    }
    Source followed = source;
    if (followed != null && !(followed.process.now().standing() instanceof Entitled)) {
      answer(followed.process.now());
      return;
    }
    if (followed != null && !followed.process.isStillSame()) {
      refuse(
          Denied.of(
              RefusalReason.MARK_CHANGED, "the process runs another program than it did before"));
      return;
    }
    over = true;
    leave();
    if (!out.isCancelled()) {
      out.onNext(response);
      out.onCompleted();
    }
  }

  private void refuse(Standing why) {
    over = true;
    leave();
    onRefused.accept(why);
    if (!out.isCancelled()) {
      out.onError(Statuses.of(why).asRuntimeException());
    }
  }
}
