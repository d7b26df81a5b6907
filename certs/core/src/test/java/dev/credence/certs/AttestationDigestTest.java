package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class AttestationDigestTest {

  static Stream<Arguments> vectors() throws IOException {
    return SpecFolder.vectors("attestation-digest.json").objects("vectors").stream()
        .map(vector -> Arguments.of(vector.text("name"), vector));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void vectorHasTheEncodingAndTheDigest(String name, Json.Members vector) {
    AttestationDigest record = record(vector.object("record"));
    assertThat(HexFormat.of().formatHex(record.encode())).isEqualTo(vector.text("encoding"));
    assertThat(record.digest()).hasToString(vector.text("sha256"));
  }

  private static AttestationDigest record(Json.Members record) {
    Json.Members process = record.object("process");
    var digest =
        AttestationDigest.builder()
            .process(
                process.text("boot_id"),
                number(process, "pid_namespace"),
                (int) number(process, "pid"),
                number(process, "start_time"))
            .image(
                number(process, "executable_device"),
                number(process, "executable_inode"),
                number(process, "start_code"),
                number(process, "start_stack"),
                number(process, "arg_start"))
            .owner(
                (int) number(process, "uid"),
                (int) number(process, "gid"),
                process.text("executable"))
            .assurance(
                CodeAssurance.parse(record.text("code")),
                Isolation.parse(record.text("isolation")));
    for (Json.Members property : record.objects("properties")) {
      digest.property(
          property.text("type"),
          property.text("name"),
          property.text("value"),
          property.optionalText("code").map(CodeAssurance::parse),
          property.text("source"));
    }
    return digest;
  }

  private static long number(Json.Members process, String name) {
    return Long.parseUnsignedLong(process.text(name));
  }

  @Test
  void eachPartMustBeGiven() {
    assertThatIllegalStateException()
        .isThrownBy(() -> AttestationDigest.builder().digest())
        .withMessageContaining("missing");
    assertThatIllegalStateException()
        .isThrownBy(() ->
            AttestationDigest.builder()
                .process("", 0, 0, 0)
                .image(0, 0, 0, 0, 0)
                .owner(0, 0, "")
                .digest())
        .withMessageContaining("assurance missing");
  }

  @Test
  void textWithoutAnEncodingIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AttestationDigest.builder().owner(0, 0, "\ud800"))
        .withMessageContaining("valid Unicode");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AttestationDigest.builder().owner(0, 0, "x".repeat(65_536)))
        .withMessageContaining("at most 65535");
  }
}
