package dev.credence.server.rpc;

import dev.credence.attestors.join.JoinTokenProver;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.CreateJoinToken;
import dev.credence.server.core.NodeSvid;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.rig.RpcRig;
import dev.credence.server.rig.TestSvids;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;

/// Nodes for tests that are not about how a node comes to be.
final class TestNodes {
  private TestNodes() {}

  /// @param key that is pinned for it
  record Attested(Id id, Sha256 key) {}

  static Attested attest(RpcRig rig) throws Exception {
    var joined = join(rig);
    return new Attested(joined.svid().node(), Sha256.of(joined.keys().getPublic().getEncoded()));
  }

  /// What a node has after it joined.
  record Joined(NodeSvid svid, KeyPair keys) {}

  static Joined join(RpcRig rig) throws Exception {
    var random = new SecureRandom();
    var keys = TestSvids.keys();
    var token =
        rig.core
            .createJoinToken()
            .run(
                new Actor.LocalUid(0),
                new RequestId(Id.random(random)),
                new CreateJoinToken.NewToken(Optional.empty(), Map.of()))
            .token();
    var svid =
        rig.core
            .attestNode()
            .run(
                new Actor.Anonymous("192.0.2.1:1"),
                new RequestId(Id.random(random)),
                "join_token",
                new JoinTokenProver(token.secret()).evidence(),
                TestSvids.csr(keys));
    return new Joined(svid, keys);
  }
}
