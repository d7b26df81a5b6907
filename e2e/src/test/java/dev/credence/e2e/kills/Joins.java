package dev.credence.e2e.kills;

import com.google.protobuf.ByteString;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.FirstContact;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.kills.Asked.Outcome;
import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/// Join tokens that two machines want to use, and what is decided about the nodes that they become.
final class Joins implements Load {
  private static final int NODES = 4;

  private final Book book;
  private final Random random;
  private final Deque<Deed> redemptions = new ArrayDeque<>();
  private final Map<String, String> nodes = new TreeMap<>();
  private int made;

  Joins(Book book, Random random) {
    this.book = book;
    this.random = random;
  }

  @Override
  public boolean step(Admin admin) throws InterruptedException {
    if (!redemptions.isEmpty()) {
      return redeem(admin, redemptions.pop());
    }
    if (nodes.size() >= NODES) {
      return decide(admin);
    }
    return token(admin);
  }

  private boolean token(Admin admin) throws InterruptedException {
    String label = "token-" + ++made;
    var token = Token.of(label);
    if (book.ask(admin, token.deed) != Outcome.ACKNOWLEDGED) {
      return false;
    }
    var contact = FirstContact.with(token.secret());
    redemptions.add(redemption(label, contact));
    redemptions.add(redemption(label, contact));
    return true;
  }

  /// A join token, which the server tells once: whoever asks again hears that it was made.
  record Token(Deed deed, AtomicReference<String> told) {
    static Token of(String label) {
      var told = new AtomicReference<>("");
      return new Token(
          new Deed("join-token-created", label, (admin, request) -> ask(admin, request, told)),
          told);
    }

    String secret() {
      return told.get();
    }

    private static String ask(Admin admin, ByteString request, AtomicReference<String> told) {
      var wanted = CreateJoinTokenRequest.newBuilder().setRequestId(request).build();
      try {
        told.set(admin.call(NodesGrpc::newBlockingStub).createJoinToken(wanted).getToken());
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
          throw e;
        }
      }
      return "made";
    }
  }

  private static Deed redemption(String label, FirstContact contact) {
    var csr = Keys.request();
    return new Deed(
        TokensOnce.ATTESTED, label, (admin, request) -> contact.attest(request, csr).getNodeId());
  }

  private boolean redeem(Admin admin, Deed deed) throws InterruptedException {
    var outcome = book.ask(admin, deed);
    if (outcome == Outcome.ACKNOWLEDGED) {
      nodes.put(deed.answer(), "active");
    }
    return outcome != Outcome.UNKNOWN;
  }

  private boolean decide(Admin admin) throws InterruptedException {
    String node =
        nodes.keySet().stream().skip(random.nextInt(nodes.size())).findFirst().orElseThrow();
    String verb =
        "suspended".equals(nodes.get(node))
            ? "node-resumed"
            : switch (random.nextInt(3)) {
              case 0 -> "node-suspended";
              case 1 -> "node-evicted";
              default -> "node-banned";
            };
    var deed = decision(verb, node);
    var outcome = book.ask(admin, deed);
    switch (verb) {
      case "node-suspended" -> nodes.put(node, "suspended");
      case "node-resumed" -> nodes.put(node, "active");
      default -> nodes.remove(node);
    }
    if (outcome == Outcome.UNKNOWN) {
      nodes.remove(node); // it is left as it is
    }
    return outcome != Outcome.UNKNOWN;
  }

  /// What an administrator decides about a node. Its answer is the node's id.
  static Deed decision(String verb, String node) {
    return new Deed(
        verb,
        node,
        (admin, request) -> {
          var wanted =
              NodeDecisionRequest.newBuilder()
                  .setRequestId(request)
                  .setNodeId(node)
                  .setReason("kills")
                  .build();
          var stub = admin.call(EndsGrpc::newBlockingStub);
          var decided =
              switch (verb) {
                case "node-suspended" -> stub.suspendNode(wanted);
                case "node-resumed" -> stub.resumeNode(wanted);
                case "node-evicted" -> stub.evictNode(wanted);
                default -> stub.banNode(wanted);
              };
          return decided.getNode().getId();
        });
  }
}
