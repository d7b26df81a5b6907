package dev.credence.server.core.model;

/// What an execution ends with, if nothing ends it before.
public enum Lifetime {
  /// With the process that was attested.
  PROCESS("process"),
  /// With its newest X509-SVID, whatever becomes of the process: for files that servers without
  /// SPIFFE read, prefork servers, helpers. Nothing ties such an SVID to the code that fetched it.
  SVID("svid");

  private final String label;

  Lifetime(String label) {
    this.label = label;
  }

  /// The word for people.
  public String label() {
    return label;
  }
}
