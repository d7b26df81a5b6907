package dev.credence.e2e.kills;

import com.google.protobuf.ByteString;
import dev.credence.certs.Id;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.kills.Asked.Outcome;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// One change that is asked for under one request id, until it is known what became of it, and
/// again afterwards. Thread-safe.
final class Deed {
  private static final Set<Status.Code> TELLS_NOTHING =
      EnumSet.of(
          Status.Code.UNAVAILABLE,
          Status.Code.CANCELLED,
          Status.Code.UNKNOWN,
          Status.Code.INTERNAL,
          Status.Code.DEADLINE_EXCEEDED);

  private final String verb;
  private final String thing;
  private final ByteString request = RequestIds.next();
  private final Call call;
  private final List<String> answers = new ArrayList<>();
  private Outcome outcome = Outcome.UNKNOWN;

  /// Asks, and gives of the answer what must be the same each time.
  @FunctionalInterface
  interface Call {
    String ask(Admin admin, ByteString request) throws InterruptedException;
  }

  Deed(String verb, String thing, Call call) {
    this.verb = verb;
    this.thing = thing;
    this.call = call;
  }

  String verb() {
    return verb;
  }

  synchronized Asked asked() {
    return new Asked(verb, thing, Id.fromBytes(request.toByteArray()).toString(), outcome, answers);
  }

  synchronized Outcome outcome() {
    return outcome;
  }

  synchronized String answer() {
    return answers.isEmpty() ? "" : answers.getFirst();
  }

  synchronized Outcome attempt(Admin admin) throws InterruptedException {
    try {
      answers.add(call.ask(admin, request));
      outcome = Outcome.ACKNOWLEDGED;
    } catch (StatusRuntimeException e) {
      if (!TELLS_NOTHING.contains(e.getStatus().getCode())) {
        refused(e.getStatus());
      }
    }
    return outcome;
  }

  /// What was done once is not refused later.
  private void refused(Status status) {
    if (outcome == Outcome.ACKNOWLEDGED) {
      answers.add("refused: " + status.getCode());
    } else {
      outcome = Outcome.REFUSED;
    }
  }

  @Override
  public String toString() {
    return asked().toString();
  }
}
