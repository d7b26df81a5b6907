package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import dev.credence.server.core.testing.MemoryStore;
import java.util.Map;

/// One agent on one node, and short ways to open, renew and end.
final class ExecutionsBench implements AutoCloseable {
  static final String[] MATCHING = {"unix:uid:1000", "unix:path:/opt/bot", "unix:gid:1000"};

  final MemoryStore store = new MemoryStore();
  final CoreWorld world;
  final SubjectView agent;
  final Joined node;

  ExecutionsBench() throws ServerException {
    this(CoreWorld.settings(false));
  }

  ExecutionsBench(CoreSettings settings) throws ServerException {
    world = CoreWorld.with(store, settings);
    var _ = world.owner("finance");
    agent =
        world.create(
            CoreWorld.newAgentOn(
                "region:eu", "finance", "bot", "unix:uid:1000", "unix:path:/opt/bot"));
    node = world.join(Map.of("region", "eu"));
  }

  Id registration() {
    return agent.registrations().getFirst().id();
  }

  Attestation matching() {
    return CoreWorld.attestation(world.process(), MATCHING);
  }

  Attestation matching(ProcessSeen process) {
    return CoreWorld.attestation(process, MATCHING);
  }

  OpenExecution.Asked asked(Attestation attestation) {
    return new OpenExecution.Asked(
        node.startId(), registration(), agent.subject().revision(), attestation);
  }

  IssuedSvid open(Attestation attestation) throws ServerException {
    return open(asked(attestation), world.csr());
  }

  IssuedSvid open(OpenExecution.Asked asked, byte[] csr) throws ServerException {
    return open(world.request(), asked, csr);
  }

  IssuedSvid open(RequestId request, OpenExecution.Asked asked, byte[] csr) throws ServerException {
    return world.core.openExecution().run(node.id(), request, asked, csr);
  }

  IssuedSvid renew(Id execution, Attestation attestation) throws ServerException {
    return world
        .core
        .renewExecution()
        .run(
            node.id(),
            world.request(),
            new RenewExecution.Asked(node.startId(), execution, attestation),
            world.csr());
  }

  ExecutionView shown(Id execution) throws ServerException {
    return world.core.queries().execution(execution.toString());
  }

  /// Takes everything that the node has not been told yet.
  void drain() {
    while (node.stream().next().isPresent()) {
      // told
    }
  }

  @Override
  public void close() {
    world.close();
  }
}
