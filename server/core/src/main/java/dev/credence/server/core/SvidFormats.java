package dev.credence.server.core;

import dev.credence.certs.CertificateChain;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidException;
import dev.credence.server.core.port.View;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.util.List;

/// How issued certificates are remembered: id, SPIFFE ID, chain. Public data only. Stateless.
final class SvidFormats {
  static final AnswerFormat<IssuedSvid> ISSUED = new Issued();
  static final AnswerFormat<NodeSvid> NODE = new OfNode();
  static final AnswerFormat<AdministratorSvid> ADMINISTRATOR = new OfAdministrator();

  private SvidFormats() {}

  private record Parts(Id id, SpiffeId spiffeId, CertificateChain encoded) {
    static Parts of(Id id, SpiffeId spiffeId, List<X509Certificate> chain) {
      return new Parts(id, spiffeId, CertificateChain.ofOwn(Certificates.toDer(chain)));
    }

    List<X509Certificate> chain() {
      return encoded.certificates();
    }

    byte[] encode() {
      var bytes = new ByteArrayOutputStream();
      try (var out = new DataOutputStream(bytes)) {
        out.write(id.bytes());
        out.writeUTF(spiffeId.toString());
        out.write(encoded.der());
      } catch (IOException e) {
        throw new UncheckedIOException("an array in memory cannot be written", e);
      }
      return bytes.toByteArray();
    }

    static Parts decode(byte[] bytes) {
      try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
        Id id = Id.fromBytes(in.readNBytes(16));
        SpiffeId spiffeId = SpiffeId.parse(in.readUTF());
        return new Parts(id, spiffeId, CertificateChain.parse(in.readAllBytes()));
      } catch (IOException | SvidException e) {
        throw new IllegalStateException("remembered answer: unreadable", e);
      }
    }
  }

  private record Issued() implements AnswerFormat<IssuedSvid> {
    @Override
    public byte[] encode(IssuedSvid answer) {
      return new Parts(answer.execution(), answer.spiffeId(), answer.encoded()).encode();
    }

    @Override
    public IssuedSvid decode(View view, byte[] bytes) {
      Parts parts = Parts.decode(bytes);
      X509Certificate leaf = parts.chain().getFirst();
      return new IssuedSvid(
          parts.id(),
          parts.spiffeId(),
          parts.encoded(),
          leaf.getNotBefore().toInstant(),
          leaf.getNotAfter().toInstant());
    }
  }

  private record OfNode() implements AnswerFormat<NodeSvid> {
    @Override
    public byte[] encode(NodeSvid answer) {
      return Parts.of(answer.node(), answer.spiffeId(), answer.chain()).encode();
    }

    @Override
    public NodeSvid decode(View view, byte[] bytes) {
      Parts parts = Parts.decode(bytes);
      return new NodeSvid(parts.id(), parts.spiffeId(), parts.chain());
    }
  }

  private record OfAdministrator() implements AnswerFormat<AdministratorSvid> {
    @Override
    public byte[] encode(AdministratorSvid answer) {
      return Parts.of(answer.administrator(), answer.spiffeId(), answer.chain()).encode();
    }

    @Override
    public AdministratorSvid decode(View view, byte[] bytes) {
      Parts parts = Parts.decode(bytes);
      return new AdministratorSvid(parts.id(), parts.spiffeId(), parts.chain());
    }
  }
}
