package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  @Test
  void nameAlphabetIsExact() {
    for (int c = 0; c < 0x250; c++) {
      String character = Character.toString(c);
      for (String text :
          new String[] {character, "a" + character, character + "a", "a" + character + "a"}) {
        assertThat(isName(text)).as(Printable.quoted(text)).isEqualTo(NAME.matcher(text).matches());
      }
    }
  }

  @Test
  void nameLengthIsBounded() {
    assertThat(isName("")).isFalse();
    assertThat(isName("a".repeat(63))).isTrue();
    assertThat(isName("a".repeat(64))).isFalse();
    assertThat(isName("a" + "-".repeat(61) + "a")).isTrue();
  }

  private static boolean isName(String text) {
    try {
      return new Name(text).toString().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void namesAreOrderedAsText() {
    assertThat(new Name("a")).isLessThan(new Name("b"));
  }

  @ParameterizedTest
  @DisplayName("ID-30 a trust domain is read from a bare name and from a full id")
  @CsvSource({
    "example.org,example.org",
    "spiffe://example.org,example.org",
    "spiffe://example.org/a/b,example.org"
  })
  void trustDomainOfNameOrId(String text, String expected) {
    assertThat(TrustDomain.parseNameOrId(text)).hasToString(expected);
  }

  @ParameterizedTest
  @DisplayName("ID-30 what is neither a bare name nor an id is refused")
  @ValueSource(
      strings = {
        "",
        "trustdomain:test",
        "://domain.test",
        "http://domain.test",
        "spiffe:/x",
        "spiffe://td/",
        "/path/element",
        "[::1]",
        "Example.org",
        "a b",
        "spiffe://"
      })
  void neitherNameNorIdIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> TrustDomain.parseNameOrId(text));
  }

  @Test
  void bareNameIsNotAnId() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrustDomain.parse("spiffe://example.org"));
  }

  @ParameterizedTest
  @DisplayName("names that Go's X.509 parser refuses are legal, but known as a problem")
  @ValueSource(strings = {"a..b", ".a", "a.", "."})
  void emptyLabelIsAnInteroperabilityProblem(String name) {
    assertThat(TrustDomain.parse(name).interoperabilityProblem()).isPresent();
  }

  @Test
  void longLabelIsAnInteroperabilityProblem() {
    assertThat(TrustDomain.parse("a".repeat(63)).interoperabilityProblem()).isEmpty();
    assertThat(TrustDomain.parse("a".repeat(64)).interoperabilityProblem()).isPresent();
    assertThat(TrustDomain.parse("a.".repeat(127)).interoperabilityProblem()).isPresent();
    assertThat(TrustDomain.parse("example.org").interoperabilityProblem()).isEmpty();
  }

  @Test
  void wordsOfTheVocabularyAreReadBack() {
    for (CodeAssurance value : CodeAssurance.values()) {
      assertThat(CodeAssurance.parse(value.label())).isEqualTo(value);
    }
    for (Isolation value : Isolation.values()) {
      assertThat(Isolation.parse(value.label())).isEqualTo(value);
    }
    for (ExecutionKind value : ExecutionKind.values()) {
      assertThat(ExecutionKind.parse(value.label())).isEqualTo(value);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Isolation.parse("SANDBOXED"))
        .withMessage("isolation \"SANDBOXED\" (expected: shared-uid, own-uid, sandboxed)");
  }
}
