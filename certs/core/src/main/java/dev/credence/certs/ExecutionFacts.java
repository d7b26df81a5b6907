package dev.credence.certs;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an X509-SVID says about the execution that it was issued for: the non-critical extension
 * {@link #OID}, specified in docs/spec/execution-extension.md. Immutable.
 *
 * <p>It holds ids and digests, never content. Exactly one encoding per value: {@link #parse}
 * accepts only what {@link #encode} writes.
 */
public final class ExecutionFacts {
  /**
   * The extension's object identifier: the arc reserved for examples, until an enterprise number is
   * assigned. All its arcs are below 2^31, since Go refuses certificates with larger ones.
   */
  public static final String OID = "1.3.6.1.4.1.32473.1";

  /** The only version of this extension; another version would be another extension. */
  public static final int VERSION = 1;

  /** The longest legal encoding, in bytes. */
  public static final int MAX_ENCODED_LENGTH = 400;

  /** The largest legal {@link #depth()}. */
  public static final int MAX_DEPTH = 255;

  private final Id ownerId;
  private final Id agentId;
  private final Id executionId;
  private final ExecutionKind kind;
  private final CodeAssurance code;
  private final Isolation isolation;
  private final int depth;
  private final Sha256 attestation;
  private final @Nullable Id parent;
  private final @Nullable Id workflow;
  private final @Nullable Sha256 task;
  private final @Nullable Sha256 delegator;
  private final @Nullable Sha256 grant;

  private ExecutionFacts(Builder from) {
    ownerId = required(from.ownerId, "owner id");
    agentId = required(from.agentId, "agent id");
    executionId = required(from.executionId, "execution id");
    kind = required(from.kind, "kind");
    code = required(from.code, "code assurance");
    isolation = required(from.isolation, "isolation");
    attestation = required(from.attestation, "attestation digest");
    depth = from.depth;
    parent = from.parent;
    workflow = from.workflow;
    task = from.task;
    delegator = from.delegator;
    grant = from.grant;
    checkConsistency();
  }

  private static <T> T required(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalArgumentException("execution facts: " + what + " missing");
    }
    return value;
  }

  private void checkConsistency() {
    if (depth < 0 || depth > MAX_DEPTH) {
      throw new IllegalArgumentException("depth " + depth + " (expected: 0 to " + MAX_DEPTH + ")");
    }
    if ((parent == null) != (depth == 0)) {
      throw new IllegalArgumentException(
          "depth " + depth + " (expected: 0 without a parent execution, more with one)");
    }
    if (executionId.equals(parent)) {
      throw new IllegalArgumentException("execution " + executionId + " is its own parent");
    }
    if ((task == null) != (kind == ExecutionKind.PROCESS)) {
      throw new IllegalArgumentException(
          "kind " + kind + " (expected: task with a task digest, process without)");
    }
  }

  /** Collects the facts; the required ones are checked when it builds. */
  public static Builder builder() {
    return new Builder();
  }

  /** The version, {@value #VERSION}. */
  public int version() {
    return VERSION;
  }

  /** The owner's immutable id. */
  public Id ownerId() {
    return ownerId;
  }

  /** The immutable id of the agent or service. */
  public Id agentId() {
    return agentId;
  }

  /** The execution's id. */
  public Id executionId() {
    return executionId;
  }

  /** The execution that delegated to this one, if one did. */
  public Optional<Id> parent() {
    return Optional.ofNullable(parent);
  }

  /** The workflow that it belongs to, if any. */
  public Optional<Id> workflow() {
    return Optional.ofNullable(workflow);
  }

  /** What it is a run of. */
  public ExecutionKind kind() {
    return kind;
  }

  /** Digest of the task; present exactly for {@link ExecutionKind#TASK}. */
  public Optional<Sha256> task() {
    return Optional.ofNullable(task);
  }

  /** Digest of the delegator, if there is one. */
  public Optional<Sha256> delegator() {
    return Optional.ofNullable(delegator);
  }

  /** Digest of the grant as it was at the execution's begin, if it has one. */
  public Optional<Sha256> grant() {
    return Optional.ofNullable(grant);
  }

  /** Digest of the attestation record, see {@link AttestationDigest}. */
  public Sha256 attestation() {
    return attestation;
  }

  /** Who vouches for the code. */
  public CodeAssurance code() {
    return code;
  }

  /** How far the process is apart from others. */
  public Isolation isolation() {
    return isolation;
  }

  /** How many ancestors the execution has by delegation; 0 without a parent. */
  public int depth() {
    return depth;
  }

  /** The extension's value in DER, without the OCTET STRING that X.509 wraps around it. */
  public byte[] encode() {
    return ExecutionFactsDer.encode(this);
  }

  /**
   * Reads the extension's value, without the OCTET STRING that X.509 wraps around it.
   *
   * @throws SvidException with reason EXECUTION unless it is exactly one well-formed value
   */
  public static ExecutionFacts parse(byte[] der) throws SvidException {
    try {
      return ExecutionFactsDer.parse(der);
    } catch (DerException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  /**
   * Reads the extension of a certificate; empty if it has none.
   *
   * @throws SvidException with reason EXECUTION if it is malformed or marked critical
   */
  public static Optional<ExecutionFacts> of(X509Certificate certificate) throws SvidException {
    byte[] wrapped = certificate.getExtensionValue(OID);
    if (wrapped == null) {
      return Optional.empty();
    }
    try {
      if (certificate.getCriticalExtensionOIDs().contains(OID)) {
        throw new DerException("critical (expected: not critical)");
      }
      return Optional.of(ExecutionFactsDer.parse(Certificates.unwrapped(wrapped)));
    } catch (DerException | IllegalArgumentException e) {
      throw malformed(e);
    }
  }

  private static SvidException malformed(Exception cause) {
    return new SvidException(
        SvidException.Reason.EXECUTION, "execution extension: " + cause.getMessage(), cause);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExecutionFacts that && Arrays.equals(encode(), that.encode());
  }

  @Override
  public int hashCode() {
    return executionId.hashCode();
  }

  /** The ids and the assurance, for logs. */
  @Override
  public String toString() {
    return "execution " + executionId + " (" + kind + ", code " + code + ", " + isolation + ")";
  }

  /** Collects execution facts. Confined to one thread. */
  public static final class Builder {
    private @Nullable Id ownerId;
    private @Nullable Id agentId;
    private @Nullable Id executionId;
    private @Nullable ExecutionKind kind;
    private @Nullable CodeAssurance code;
    private @Nullable Isolation isolation;
    private @Nullable Sha256 attestation;
    private @Nullable Id parent;
    private @Nullable Id workflow;
    private @Nullable Sha256 task;
    private @Nullable Sha256 delegator;
    private @Nullable Sha256 grant;
    private int depth;

    private Builder() {}

    /** Required. */
    public Builder ownerId(Id value) {
      ownerId = value;
      return this;
    }

    /** Required. */
    public Builder agentId(Id value) {
      agentId = value;
      return this;
    }

    /** Required. */
    public Builder executionId(Id value) {
      executionId = value;
      return this;
    }

    /** The delegating execution and how many ancestors that makes; at least 1. */
    public Builder parent(Id value, int resultingDepth) {
      parent = value;
      depth = resultingDepth;
      return this;
    }

    /** Optional. */
    public Builder workflow(Id value) {
      workflow = value;
      return this;
    }

    /** An execution of kind process. This or {@link #task} is required. */
    public Builder process() {
      kind = ExecutionKind.PROCESS;
      task = null;
      return this;
    }

    /** An execution of kind task, with the task's digest. */
    public Builder task(Sha256 digest) {
      kind = ExecutionKind.TASK;
      task = digest;
      return this;
    }

    /** Optional. */
    public Builder delegator(Sha256 digest) {
      delegator = digest;
      return this;
    }

    /** Optional. */
    public Builder grant(Sha256 digest) {
      grant = digest;
      return this;
    }

    /** What the attestation showed. Required. */
    public Builder attested(Sha256 record, CodeAssurance by, Isolation apart) {
      attestation = record;
      code = by;
      isolation = apart;
      return this;
    }

    // The parser sets these apart from each other, so that contradictions show.
    Builder kind(ExecutionKind value) {
      kind = value;
      return this;
    }

    Builder taskDigest(Sha256 value) {
      task = value;
      return this;
    }

    Builder depth(int value) {
      depth = value;
      return this;
    }

    Builder parentId(Id value) {
      parent = value;
      return this;
    }

    /**
     * The facts.
     *
     * @throws IllegalArgumentException if a required one is missing or two contradict each other
     */
    public ExecutionFacts build() {
      return new ExecutionFacts(this);
    }
  }
}
