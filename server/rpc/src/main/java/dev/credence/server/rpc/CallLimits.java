package dev.credence.server.rpc;

import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// How many calls are open at once, before any work of ours is done for them. Who shows no SVID,
/// and who shows one that has run out, have each a share of their own, in which each address has
/// its part: so neither keeps the others waiting. Thread-safe.
final class CallLimits {
  /// What callers of one kind have together.
  ///
  /// @param perCaller open calls of one of them
  /// @param perAddress of one network address, behind which many may be
  /// @param total of all
  record Share(int perCaller, int perAddress, int total) {}

  /// @param perCaller open calls of one node, user, or holder of an SVID
  /// @param strangers who show no SVID: each is its address
  /// @param returning nodes whose SVID has run out
  record Bounds(int perCaller, Share strangers, Share returning) {
    static Bounds standard() {
      return new Bounds(256, new Share(16, 16, 256), new Share(4, 32, 128));
    }
  }

  /// One open call; closing it twice does nothing.
  interface Permit extends AutoCloseable {
    @Override
    void close();
  }

  private final Bounds bounds;
  private final Map<String, Integer> open = new HashMap<>();

  CallLimits(Bounds bounds) {
    this.bounds = bounds;
  }

  /// What an open call takes one place of.
  private record Place(String key, int most, String refusal) {
    static Place ofCaller(String key, int most) {
      return new Place(key, most, "too many open calls (expected: at most " + most + ")");
    }

    static Place ofAddress(String kind, String address, int most) {
      return new Place(
          kind + " at " + Addresses.place(address),
          most,
          "too many open calls from one address (expected: at most " + most + ")");
    }
  }

  Permit enter(Caller caller) throws ServerException {
    List<Place> places = places(caller);
    take(places);
    AtomicBoolean left = new AtomicBoolean();
    return () -> {
      if (left.compareAndSet(false, true)) {
        leave(places);
      }
    };
  }

  private List<Place> places(Caller caller) {
    String share = caller.share();
    return switch (caller) {
      case Caller.Anonymous stranger ->
          List.of(
              Place.ofAddress("strangers", stranger.address(), bounds.strangers.perAddress),
              new Place(
                  "strangers",
                  bounds.strangers.total,
                  "too many callers without an SVID; try later"));
      case Caller.ExpiredNode node ->
          List.of(
              Place.ofCaller("returning " + share, bounds.returning.perCaller),
              Place.ofAddress("returning", node.address(), bounds.returning.perAddress),
              new Place(
                  "returning",
                  bounds.returning.total,
                  "too many nodes with expired SVIDs; try later"));
      default -> List.of(Place.ofCaller("caller " + share, bounds.perCaller));
    };
  }

  private synchronized void take(List<Place> places) throws ServerException {
    for (Place place : places) {
      if (open.getOrDefault(place.key, 0) >= place.most) {
        throw new ServerException(Kind.EXHAUSTED, place.refusal);
      }
    }
    places.forEach(place -> open.merge(place.key, 1, Integer::sum));
  }

  private synchronized void leave(List<Place> places) {
    for (Place place : places) {
      open.computeIfPresent(place.key, (_, count) -> count == 1 ? null : count - 1);
    }
  }
}
