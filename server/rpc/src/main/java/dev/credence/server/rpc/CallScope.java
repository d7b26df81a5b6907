package dev.credence.server.rpc;

import dev.credence.certs.Id;
import io.grpc.Context;

/// What the chain knows about the call that is being handled.
///
/// @param id made here for each call; in the trailers of a refused one, and in the log
record CallScope(Id id, Caller caller, String method) {
  private static final Context.Key<CallScope> KEY = Context.key("credence-call");

  /// Of the current call.
  static CallScope current() {
    CallScope scope = KEY.get();
    if (scope == null) {
      throw new IllegalStateException("no call: this method was reached without the chain");
    }
    return scope;
  }

  Context in(Context context) {
    return context.withValue(KEY, this);
  }
}
