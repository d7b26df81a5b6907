package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ExecutionFactsTest {
  private static final Id ID = new Id(1, 2);
  private static final Sha256 DIGEST = Sha256.of(new byte[0]);

  static Stream<Arguments> validVectors() throws IOException {
    return SpecFolder.vectors("execution-extension.json").objects("valid").stream()
        .map(vector -> Arguments.of(vector.text("name"), vector));
  }

  static Stream<Arguments> invalidVectors() throws IOException {
    return SpecFolder.vectors("execution-extension.json").objects("invalid").stream()
        .map(vector -> Arguments.of(vector.text("rule") + " " + vector.text("name"), vector));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("validVectors")
  void validVectorIsReadAndWrittenBack(String name, Json.Members vector) throws Exception {
    byte[] der = der(vector);
    ExecutionFacts facts = ExecutionFacts.parse(der);
    assertThat(shown(facts)).isEqualTo(vector.object("fields").all());
    assertThat(facts.encode()).isEqualTo(der);
    assertThat(der.length).isLessThanOrEqualTo(ExecutionFacts.MAX_ENCODED_LENGTH);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidVectors")
  void invalidVectorIsRejected(String name, Json.Members vector) {
    byte[] der = der(vector);
    SvidException refused =
        catchThrowableOfType(SvidException.class, () -> ExecutionFacts.parse(der));
    assertThat(refused).as(name).isNotNull();
    assertThat(refused.reason()).isEqualTo(SvidException.Reason.EXECUTION);
    assertThat(refused).hasMessageStartingWith("execution extension: ");
  }

  @Test
  void vectorsAreForTheOidOfTheCode() throws Exception {
    assertThat(SpecFolder.vectors("execution-extension.json").text("oid"))
        .isEqualTo(ExecutionFacts.OID);
    for (String arc : ExecutionFacts.OID.split("\\.", -1)) {
      assertThat(Long.parseLong(arc)).isLessThan(1L << 31);
    }
  }

  @Test
  void everyRuleOfTheSpecificationHasAVector() throws Exception {
    var rules =
        Pattern.compile("^\\| (R\\d+) \\|", Pattern.MULTILINE)
            .matcher(Files.readString(SpecFolder.path().resolve("execution-extension.md")))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toSet());
    var covered =
        SpecFolder.vectors("execution-extension.json").objects("invalid").stream()
            .map(vector -> vector.text("rule"))
            .collect(Collectors.toSet());
    // A value alone cannot be critical: R12 is tested with certificates, in certs/issue.
    rules.remove("R12");
    assertThat(covered).isEqualTo(rules);
  }

  @Test
  void everyRequiredFactIsRequired() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExecutionFacts.builder().build())
        .withMessageContaining("owner id missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExecutionFacts.builder().ownerId(ID).agentId(ID).executionId(ID).build())
        .withMessageContaining("kind missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            ExecutionFacts.builder().ownerId(ID).agentId(ID).executionId(ID).process().build())
        .withMessageContaining("missing");
  }

  @Test
  void contradictionsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().parent(new Id(3, 4), 0).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().parent(new Id(3, 4), 256).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().parent(new Id(3, 4), -1).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().parent(ID, 1).build())
        .withMessageContaining("its own parent");
  }

  @Test
  void equalFactsAreEqual() {
    assertThat(complete().build())
        .isEqualTo(complete().build())
        .hasSameHashCodeAs(complete().build());
    assertThat(complete().build()).isNotEqualTo(complete().grant(DIGEST).build());
    assertThat(complete().build().version()).isEqualTo(1);
    assertThat(complete().build())
        .hasToString("execution " + ID + " (process, code file, own-uid)");
  }

  private static ExecutionFacts.Builder complete() {
    return ExecutionFacts.builder()
        .ownerId(ID)
        .agentId(ID)
        .executionId(ID)
        .process()
        .attested(DIGEST, CodeAssurance.FILE, Isolation.OWN_UID);
  }

  private static byte[] der(Json.Members vector) {
    return HexFormat.of().parseHex(vector.text("der"));
  }

  private static Map<String, Object> shown(ExecutionFacts facts) {
    var shown = new LinkedHashMap<String, Object>();
    shown.put("version", (long) facts.version());
    shown.put("owner_id", facts.ownerId().toString());
    shown.put("agent_id", facts.agentId().toString());
    shown.put("execution_id", facts.executionId().toString());
    shown.put("kind", facts.kind().label());
    shown.put("code", facts.code().label());
    shown.put("isolation", facts.isolation().label());
    shown.put("depth", (long) facts.depth());
    shown.put("attestation", facts.attestation().toString());
    facts.parent().ifPresent(value -> shown.put("parent", value.toString()));
    facts.workflow().ifPresent(value -> shown.put("workflow", value.toString()));
    facts.task().ifPresent(value -> shown.put("task", value.toString()));
    facts.delegator().ifPresent(value -> shown.put("delegator", value.toString()));
    facts.grant().ifPresent(value -> shown.put("grant", value.toString()));
    return shown;
  }
}
