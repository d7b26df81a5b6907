package dev.credence.node;

import dev.credence.certs.Id;
import java.util.List;

/// Counts what is asked of the server.
final class MeteredCalls implements ExecutionCalls {
  private final ExecutionCalls calls;
  private final NodeMetrics metrics;

  MeteredCalls(ExecutionCalls calls, NodeMetrics metrics) {
    this.calls = calls;
    this.metrics = metrics;
  }

  @Override
  public Issued open(Match match, Attestation attestation, byte[] csr) throws CallException {
    return counted("open", () -> calls.open(match, attestation, csr));
  }

  @Override
  public Issued renew(Id execution, Match match, Attestation attestation, byte[] csr)
      throws CallException {
    return counted("renew", () -> calls.renew(execution, match, attestation, csr));
  }

  @Override
  public String token(Id execution, List<String> audiences) throws CallException {
    try {
      String token = calls.token(execution, audiences);
      metrics.tokenIssued();
      return token;
    } catch (CallException e) {
      metrics.failed(e.kind());
      throw e;
    }
  }

  @Override
  public void end(Id execution, EndReason reason) throws CallException {
    try {
      calls.end(execution, reason);
    } catch (CallException e) {
      metrics.failed(e.kind());
      throw e;
    }
  }

  @FunctionalInterface
  private interface Issue {
    Issued issue() throws CallException;
  }

  private Issued counted(String call, Issue issue) throws CallException {
    try {
      Issued issued = issue.issue();
      metrics.issued(call);
      return issued;
    } catch (CallException e) {
      metrics.failed(e.kind());
      throw e;
    }
  }
}
