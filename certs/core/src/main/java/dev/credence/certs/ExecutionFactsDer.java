package dev.credence.certs;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The execution extension's encoding, docs/spec/execution-extension.md. Stateless. */
final class ExecutionFactsDer {
  private static final int PARENT = 0x80;
  private static final int WORKFLOW = 0x81;
  private static final int TASK = 0x82;
  private static final int DELEGATOR = 0x83;
  private static final int GRANT = 0x84;
  private static final int ID_LENGTH = 16;
  private static final int DIGEST_LENGTH = 32;
  private static final int HIGHEST_CODE = 127;

  private ExecutionFactsDer() {}

  static byte[] encode(ExecutionFacts facts) {
    return Der.sequence(
        Der.integer(facts.version()),
        Der.octets(facts.ownerId().bytes()),
        Der.octets(facts.agentId().bytes()),
        Der.octets(facts.executionId().bytes()),
        Der.enumerated(facts.kind().code()),
        Der.enumerated(facts.code().code()),
        Der.enumerated(facts.isolation().code()),
        Der.integer(facts.depth()),
        Der.octets(facts.attestation().bytes()),
        optional(PARENT, facts.parent(), Id::bytes),
        optional(WORKFLOW, facts.workflow(), Id::bytes),
        optional(TASK, facts.task(), Sha256::bytes),
        optional(DELEGATOR, facts.delegator(), Sha256::bytes),
        optional(GRANT, facts.grant(), Sha256::bytes));
  }

  private static <T> byte[] optional(int tag, Optional<T> value, Function<T, byte[]> bytes) {
    return value.map(v -> Der.element(tag, bytes.apply(v))).orElseGet(() -> new byte[0]);
  }

  static ExecutionFacts parse(byte[] der) throws DerException {
    if (der.length > ExecutionFacts.MAX_ENCODED_LENGTH) {
      throw new DerException(
          der.length + " bytes (expected: at most " + ExecutionFacts.MAX_ENCODED_LENGTH + ")");
    }
    var outer = new DerReader(der);
    DerReader fields = outer.enter(DerReader.SEQUENCE, "value");
    outer.end("value");
    int version = fields.smallNumber(DerReader.INTEGER, HIGHEST_CODE, "version");
    if (version != ExecutionFacts.VERSION) {
      throw new DerException("version " + version + " (expected: " + ExecutionFacts.VERSION + ")");
    }
    var facts = ExecutionFacts.builder();
    parseRequired(fields, facts);
    parseOptional(fields, facts);
    fields.end("fields");
    return facts.build();
  }

  private static void parseRequired(DerReader fields, ExecutionFacts.Builder facts)
      throws DerException {
    facts.ownerId(id(fields, DerReader.OCTET_STRING, "owner id"));
    facts.agentId(id(fields, DerReader.OCTET_STRING, "agent id"));
    facts.executionId(id(fields, DerReader.OCTET_STRING, "execution id"));
    facts.kind(ExecutionKind.ofCode(code(fields, "kind")));
    CodeAssurance code = CodeAssurance.ofCode(code(fields, "code assurance"));
    Isolation isolation = Isolation.ofCode(code(fields, "isolation"));
    facts.depth(fields.smallNumber(DerReader.INTEGER, ExecutionFacts.MAX_DEPTH, "depth"));
    Sha256 attestation = digest(fields, DerReader.OCTET_STRING, "attestation digest");
    facts.attested(attestation, code, isolation);
  }

  private static void parseOptional(DerReader fields, ExecutionFacts.Builder facts)
      throws DerException {
    if (fields.nextIs(PARENT)) {
      facts.parentId(id(fields, PARENT, "parent id"));
    }
    if (fields.nextIs(WORKFLOW)) {
      facts.workflow(id(fields, WORKFLOW, "workflow id"));
    }
    optionalDigest(fields, TASK, "task digest", facts::taskDigest);
    optionalDigest(fields, DELEGATOR, "delegator digest", facts::delegator);
    optionalDigest(fields, GRANT, "grant digest", facts::grant);
  }

  private static void optionalDigest(
      DerReader fields, int tag, String what, Consumer<Sha256> target) throws DerException {
    if (fields.nextIs(tag)) {
      target.accept(digest(fields, tag, what));
    }
  }

  private static Id id(DerReader fields, int tag, String what) throws DerException {
    return Id.fromBytes(fields.content(tag, ID_LENGTH, what));
  }

  private static Sha256 digest(DerReader fields, int tag, String what) throws DerException {
    return Sha256.fromBytes(fields.content(tag, DIGEST_LENGTH, what));
  }

  private static int code(DerReader fields, String what) throws DerException {
    return fields.smallNumber(DerReader.ENUMERATED, HIGHEST_CODE, what);
  }
}
