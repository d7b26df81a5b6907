package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.node.v1.Registration;
import dev.credence.proto.node.v1.RegistryUpdate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the server says, and this node cannot read.
class WireTest {

  private static Registration.Builder registration(long id) {
    return Registration.newBuilder()
        .setRegistrationId(new Id(0, id).toString())
        .setRevision(1)
        .setSubjectId(new Id(1, id).toString())
        .setKind(SubjectKind.SUBJECT_KIND_AGENT)
        .setSpiffeId("spiffe://test.example/agent/team/a" + id)
        .addSelectors(Wire.selector(Selector.parse("unix:uid:0")))
        .setCreatedAt(Timestamp.newBuilder().setSeconds(7));
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 2147483647",
    "9223372036854775807, 0",
    "-9223372036854775808, -1",
    "-9223372036854775808, 0"
  })
  @DisplayName("a registration of a time that there is not counts as removed; the others are read")
  void timeOutOfRange(long seconds, int nanos) {
    var update =
        RegistryUpdate.newBuilder()
            .setEpoch(ByteString.copyFrom(new Id(0, 9).bytes()))
            .setNumber(2)
            .addRegistrations(
                registration(5)
                    .setCreatedAt(Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos)))
            .addRegistrations(registration(6))
            .build();
    RegistryChange change = Wire.change(update);
    assertThat(change.removed()).containsExactly(new Id(0, 5));
    assertThat(change.changed())
        .singleElement()
        .satisfies(read -> assertThat(read.id()).isEqualTo(new Id(0, 6)));
  }

  @Test
  @DisplayName("a length of time that there is not is refused, so that the stream ends with a word")
  void durationOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            Wire.duration(
                Duration.newBuilder()
                    .setSeconds(Long.MAX_VALUE)
                    .setNanos(Integer.MAX_VALUE)
                    .build()))
        .withMessageContaining("9223372036854775807");
    assertThat(Wire.duration(Duration.newBuilder().setSeconds(5).build()).toSeconds()).isEqualTo(5);
  }
}
