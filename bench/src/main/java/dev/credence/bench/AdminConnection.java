package dev.credence.bench;

import com.google.protobuf.ByteString;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.proto.admin.v1.SubjectLifeRequest;
import dev.credence.proto.common.v1.Selector;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.security.SecureRandom;

/// A connection to the administrator's socket.
///
/// @param channel for calls
record AdminConnection(ManagedChannel channel, SecureRandom random) implements AutoCloseable {

  static final String OWNER = "bench";

  static AdminConnection open(Path socket) {
    return new AdminConnection(UnixSocketChannels.open(socket), new SecureRandom());
  }

  /// Makes the owner of what is registered here without another one.
  void createOwner() {
    createOwner(OWNER);
  }

  /// Makes an owner.
  void createOwner(String name) {
    var owner =
        CreateOwnerRequest.newBuilder().setRequestId(requestId()).setName(name).setHuman("bench");
    var made = OwnersGrpc.newBlockingStub(channel).createOwner(owner.build());
    if (!made.getName().equals(name)) {
      throw new IllegalStateException("owner " + made.getName() + " (expected: " + name + ")");
    }
  }

  /// An agent for the processes of an executable.
  CreateSubjectRequest registration(String name, Path executable) {
    return CreateSubjectRequest.newBuilder()
        .setRequestId(requestId())
        .setKind(SubjectKind.SUBJECT_KIND_AGENT)
        .setOwner(OWNER)
        .setName(name)
        .addSelectors(
            Selector.newBuilder().setType("unix").setName("path").setValue(executable.toString()))
        .setAnyNode(true)
        .build();
  }

  /// The end of an agent.
  SubjectLifeRequest retirement(String name) {
    return SubjectLifeRequest.newBuilder()
        .setOptions(ChangeOptions.newBuilder().setRequestId(requestId()))
        .setKind(SubjectKind.SUBJECT_KIND_AGENT)
        .setReference(OWNER + "/" + name)
        .build();
  }

  /// 16 random bytes.
  ByteString requestId() {
    var bytes = new byte[16];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
