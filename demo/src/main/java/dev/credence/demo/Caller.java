package dev.credence.demo;

import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Identity;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who called, read from the certificate that the TLS handshake has verified: nothing that the
 * caller says about itself.
 *
 * @param agent the agent and its owner
 * @param execution which run of the agent this is
 * @param serial of the certificate
 */
record Caller(Identity.Agent agent, ExecutionFacts execution, String serial) {
  private static final int URI = 6;

  /**
   * Reads a verified certificate.
   *
   * @throws NotAnAgentException if it is not an agent's, or carries no execution that can be read
   */
  static Caller of(X509Certificate leaf) throws NotAnAgentException {
    try {
      return read(leaf);
    } catch (SvidException | CertificateParsingException e) {
      throw new NotAnAgentException(
          "certificate " + Certificates.serialHex(leaf) + ": " + e.getMessage(), e);
    }
  }

  private static Caller read(X509Certificate leaf)
      throws SvidException, CertificateParsingException, NotAnAgentException {
    Identity identity = Identity.of(id(leaf)).orElseThrow(() -> notAnAgent(leaf));
    if (!(identity instanceof Identity.Agent agent)) {
      throw notAnAgent(leaf);
    }
    ExecutionFacts execution = ExecutionFacts.of(leaf).orElseThrow(() -> notAnAgent(leaf));
    return new Caller(agent, execution, Certificates.serialHex(leaf));
  }

  /** For people. */
  String sentence() {
    return "agent \""
        + agent.name()
        + "\" of owner \""
        + agent.owner()
        + "\", in execution "
        + execution.executionId();
  }

  private static SpiffeId id(X509Certificate leaf)
      throws CertificateParsingException, NotAnAgentException {
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        if (name.get(0).equals(URI)) {
          return SpiffeId.parse((String) name.get(1));
        }
      }
    }
    throw notAnAgent(leaf);
  }

  private static NotAnAgentException notAnAgent(X509Certificate leaf) {
    return new NotAnAgentException(
        "certificate "
            + Certificates.serialHex(leaf)
            + " (expected: an agent's, with its execution)",
        null);
  }

  /** The caller is someone, but no agent in an execution. */
  static final class NotAnAgentException extends Exception {
    private static final long serialVersionUID = 1L;

    NotAnAgentException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
