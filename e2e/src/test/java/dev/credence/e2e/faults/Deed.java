package dev.credence.e2e.faults;

import com.google.protobuf.ByteString;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.FirstContact;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.Processes;
import dev.credence.e2e.client.RawNode;
import dev.credence.e2e.client.RequestIds;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.node.v1.AttestResult;
import dev.credence.proto.node.v1.IssuedSvid;
import dev.credence.proto.node.v1.OpenExecutionRequest;
import dev.credence.proto.node.v1.Registration;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One change that is asked for, always under the same request id, and what is known of it.
/// Thread-safe as long as one thread at a time attempts it.
abstract sealed class Deed {

  private static final Set<Status.Code> UNKNOWN =
      EnumSet.of(
          Status.Code.UNAVAILABLE,
          Status.Code.CANCELLED,
          Status.Code.UNKNOWN,
          Status.Code.INTERNAL,
          Status.Code.DEADLINE_EXCEEDED);

  private volatile @Nullable Object answer;
  private volatile @Nullable Status refusal;

  /// Asks, and remembers the answer.
  final void attempt(Admin admin) {
    try {
      answer = ask(admin);
      refusal = null;
    } catch (StatusRuntimeException e) {
      if (!UNKNOWN.contains(e.getStatus().getCode())) {
        refusal = e.getStatus();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  abstract Object ask(Admin admin) throws InterruptedException;

  final boolean isAcknowledged() {
    return answer != null;
  }

  final boolean isRefused() {
    return refusal != null;
  }

  /// What was answered, as text, as far as it must be the same when it is asked again.
  String answer() {
    return String.valueOf(answer);
  }

  final <T> Optional<T> acknowledged(Class<T> type) {
    return Optional.ofNullable(answer).map(type::cast);
  }

  /// Registers an agent.
  static final class Register extends Deed {
    private final CreateSubjectRequest request;

    private Register(CreateSubjectRequest.Builder request) {
      this.request = request.build();
    }

    static Register good(String name) {
      return new Register(Admin.agent("finance", name, "unix:uid:4000001"));
    }

    static Register bad(String name) {
      return new Register(Admin.agent("finance", name, "unknown:uid:4000001"));
    }

    String name() {
      return request.getName();
    }

    Optional<Subject> acknowledged() {
      return acknowledged(Subject.class);
    }

    @Override
    Object ask(Admin admin) {
      return admin.create(request.toBuilder());
    }
  }

  /// Opens an execution and certifies its key.
  static final class OpenExecution extends Deed {
    private final RawNode node;
    private final OpenExecutionRequest request;

    private OpenExecution(RawNode node, OpenExecutionRequest request) {
      this.node = node;
      this.request = request;
    }

    static OpenExecution of(RawNode node, Registration registration) {
      return new OpenExecution(
          node, node.request(registration, Processes.claimed(Load.UID), Keys.request()).build());
    }

    Optional<IssuedSvid> acknowledged() {
      return acknowledged(IssuedSvid.class);
    }

    @Override
    Object ask(Admin admin) {
      return node.calls().openExecution(request);
    }
  }

  /// Redeems a join token with a key of its own.
  static final class Redeem extends Deed {
    private final FirstContact contact;
    private final ByteString requestId = RequestIds.next();
    private final ByteString csr = Keys.request();

    private Redeem(FirstContact contact) {
      this.contact = contact;
    }

    static Redeem with(FirstContact contact) {
      return new Redeem(contact);
    }

    FirstContact contact() {
      return contact;
    }

    Optional<AttestResult> acknowledged() {
      return acknowledged(AttestResult.class);
    }

    /// A machine that redeems again gets a new certificate, for the same node.
    @Override
    String answer() {
      return acknowledged().map(AttestResult::getNodeId).orElse("");
    }

    @Override
    Object ask(Admin admin) throws InterruptedException {
      return contact.attest(requestId, csr);
    }
  }
}
