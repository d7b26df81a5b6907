package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.Optional;

/// Keeps record of nodes' certificates. Stateless.
final class NodeCertificates {
  /// A node has one, and for a while the ones before; rotations and answers that were lost make
  /// more. Each valid one has a place on the CRL when the node is banned or its key replaced.
  static final int MOST_VALID = 128;

  private NodeCertificates() {}

  /// Who asks for more hoards. Whoever has the newest one gets the next before it expires: the
  /// others expire earlier.
  static void requireRoom(View view, Id node, Instant now) throws ServerException {
    requireRoom(view, node, now, "the newest one used until one has expired");
  }

  /// The same for a machine that joins, which has none.
  static void requireRoomToJoin(View view, Id node, Instant now) throws ServerException {
    requireRoom(view, node, now, AttestNode.REMEDY);
  }

  private static void requireRoom(View view, Id node, Instant now, String remedy)
      throws ServerException {
    if (view.executions().countValidOfNode(node, MOST_VALID, now) >= MOST_VALID) {
      throw new ServerException(
          Kind.EXHAUSTED,
          Texts.format(
              "node %s: %d SVIDs of it are valid (expected: fewer; %s)", node, MOST_VALID, remedy));
    }
  }

  static NodeSvid record(Transaction tx, Id node, IssuedCertificate certificate, SpiffeId id) {
    tx.executions()
        .insert(
            new CertificateRecord(
                certificate.serialHex(),
                certificate.spkiDigest(),
                CertificateRecord.Holder.node(node),
                certificate.notBefore(),
                certificate.notAfter(),
                Optional.of(certificate.authority())));
    return new NodeSvid(node, id, certificate.chain());
  }
}
