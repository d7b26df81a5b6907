package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.ServerException.Kind;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorsTest {
  private final CallScope scope =
      new CallScope(new Id(0, 7), new Caller.Anonymous("192.0.2.1:5"), "a.B/C");

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyKindHasAStatusAndTrailers(Kind kind) {
    StatusRuntimeException e = Errors.toStatus(new ServerException(kind, "x (expected: y)"), scope);
    assertThat(e.getStatus().getCode()).isNotIn(Status.Code.OK, Status.Code.INTERNAL);
    assertThat(e.getStatus().getDescription()).isEqualTo("x (expected: y)");
    assertThat(Objects.requireNonNull(e.getTrailers()).get(Errors.ERROR))
        .isEqualTo(Errors.label(kind));
    assertThat(Objects.requireNonNull(e.getTrailers()).get(Errors.REQUEST_ID))
        .isEqualTo(scope.id().toString());
  }

  @Test
  void surprisesStayInside() {
    StatusRuntimeException e =
        Errors.toStatus(new IllegalStateException("secret of the inside"), scope);
    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(e.getStatus().getDescription())
        .doesNotContain("secret")
        .contains(scope.id().toString());
    assertThat(Objects.requireNonNull(e.getTrailers()).get(Errors.ERROR)).isEqualTo("internal");
  }

  @Test
  void longMessagesAreCut() {
    var e = Errors.toStatus(new ServerException(Kind.INVALID, "x".repeat(10_000)), scope);
    assertThat(e.getStatus().getDescription()).hasSizeLessThan(2100);
  }

  @Test
  void everyKindIsDocumentedWithItsStatus() throws Exception {
    String reference = Files.readString(Path.of("../../docs/reference/errors.md"));
    var documented = new TreeSet<String>();
    Pattern.compile("^\\| `([a-z-]+)` \\| ([A-Z_]+) \\|", Pattern.MULTILINE)
        .matcher(reference)
        .results()
        .map((MatchResult row) -> row.group(1) + " " + row.group(2))
        .forEach(documented::add);
    var known = new TreeSet<String>();
    for (Kind kind : Kind.values()) {
      known.add(Errors.label(kind) + " " + Errors.status(kind).getCode());
    }
    known.add("internal INTERNAL");
    assertThat(documented).isEqualTo(known);
  }
}
