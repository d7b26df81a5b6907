package dev.credence.e2e.workload;

import dev.credence.certs.ExecutionFacts;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDResponse;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// What a workload tells of one SVID that it holds; never its key.
public record Seen(String spiffeId, String serial, String execution, String keyDigest) {

  private static final String NONE = "-";

  /// Of each SVID in a message.
  public static List<Seen> of(X509SVIDResponse message) {
    return message.getSvidsList().stream().map(Seen::of).toList();
  }

  private static Seen of(X509SVID svid) {
    try {
      var leaf = leaf(svid.getX509Svid().toByteArray());
      var execution =
          ExecutionFacts.of(leaf).map(facts -> facts.executionId().toString()).orElse(NONE);
      var digest = MessageDigest.getInstance("SHA-256").digest(leaf.getPublicKey().getEncoded());
      return new Seen(
          svid.getSpiffeId(),
          leaf.getSerialNumber().toString(16),
          execution,
          HexFormat.of().formatHex(digest));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SVID of " + svid.getSpiffeId() + ": " + e.getMessage(), e);
    }
  }

  private static X509Certificate leaf(byte[] chain) throws GeneralSecurityException {
    var first =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(chain));
    return (X509Certificate) first;
  }

  /// As one word of a line.
  static String words(List<Seen> all) {
    return all.stream()
        .map(seen -> String.join("|", seen.spiffeId, seen.serial, seen.execution, seen.keyDigest))
        .collect(Collectors.joining(" "));
  }

  /// Back from a line.
  public static List<Seen> parse(String words) {
    return Arrays.stream(words.split(" ")).filter(word -> !word.isEmpty()).map(Seen::one).toList();
  }

  private static Seen one(String word) {
    var parts = word.split("\\|", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException(
          "\"%s\" (expected: id|serial|execution|key)".formatted(word));
    }
    return new Seen(parts[0], parts[1], parts[2], parts[3]);
  }
}
