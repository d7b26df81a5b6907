package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.port.Transaction;
import java.util.Optional;

/// Keeps record of nodes' certificates. Stateless.
final class NodeCertificates {
  private NodeCertificates() {}

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
