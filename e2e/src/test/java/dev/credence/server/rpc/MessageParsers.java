package dev.credence.server.rpc;

import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.node.v1.Open;
import dev.credence.proto.node.v1.Refusals;
import dev.credence.proto.node.v1.Settled;

/// Where the server takes what nodes say, for tests that fire at it.
public final class MessageParsers {
  private MessageParsers() {}

  /// The first message of a stream.
  public static void open(byte[] message) throws Exception {
    var _ = NodeMessages.hello(Open.parseFrom(message));
  }

  /// What a node says that it hosts.
  public static void settled(byte[] message) throws Exception {
    var _ = NodeMessages.running(Settled.parseFrom(message).getRunningExecutionIdsList());
  }

  /// What a node has refused.
  public static void refusals(byte[] message) throws Exception {
    var _ = NodeMessages.refusals(Refusals.parseFrom(message).getRefusalsList());
  }

  /// What a node has seen of a process.
  public static void attestation(byte[] message) throws Exception {
    var _ = CommonMessages.attestation(AttestationRecord.parseFrom(message));
  }
}
