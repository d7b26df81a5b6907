package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SpiffeIdTest {
  private static final String TD_CHARS = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  private static final String SEGMENT_CHARS = TD_CHARS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final int[] BEYOND_LATIN = {0x212a, 0x130, 0x131, 0x17f, 0xff41, 0xfeff, 0x1f916};

  @ParameterizedTest
  @DisplayName("ID-01 ID-02 ID-17 ID-18 ID-19 legal ids are read and printed back unchanged")
  @ValueSource(
      strings = {
        "spiffe://td",
        "spiffe://td/path",
        "spiffe://td/a/b/c/d",
        "spiffe://td/PATH/Mixed.Case-_09",
        "spiffe://a_b.example/foo",
        "spiffe://trust_domain_name.example.com",
        "spiffe://1.2.3.4/service",
        "spiffe://192.168.1.1/id-2",
        "spiffe://td_1.example-2.org/id-2",
        "spiffe://9eebccd2-12bf-40a6-b262-65fe0487d453/x",
        "spiffe://example..org/a",
        "spiffe://.example.org/a",
        "spiffe://example.org./a",
        "spiffe://-example.org/a",
        "spiffe://example-.org/a",
        "spiffe://_/a",
        "spiffe://-/a",
        "spiffe://./a",
        "spiffe://../a",
        "spiffe://td/.path",
        "spiffe://td/..path",
        "spiffe://td/...",
        "spiffe://td/a../b",
        "spiffe://td/a..",
        "spiffe://td/.a",
        "spiffe://td/..a",
        "spiffe://td/-",
        "spiffe://td/_",
      })
  void legalIdIsReadAndPrintedBackUnchanged(String text) {
    SpiffeId id = SpiffeId.parse(text);
    assertThat(id).hasToString(text);
    assertThat("spiffe://" + id.trustDomain() + id.path()).isEqualTo(text);
    assertThat(id).isEqualTo(SpiffeId.parse(text)).hasSameHashCodeAs(SpiffeId.parse(text));
  }

  @ParameterizedTest
  @DisplayName("ID-05 to ID-16, ID-19, ID-23, ID-26 illegal ids are refused")
  @ValueSource(
      strings = {
        "",
        "s",
        "td",
        "td/path",
        "/path",
        "//td/path",
        "://td",
        "spiffe",
        "spiffe:",
        "spiffe:/",
        "spiffe:td",
        "spiffe:/td/path",
        "spiffe:path/element",
        "192.168.2.2:6688",
        "xspiffe://td/path",
        "sparfe://td/path",
        "http://td",
        "https://td/path",
        "spiffe ://td",
        " spiffe://td",
        "\ufeffspiffe://td/path",
        "SPIFFE://td/path",
        "Spiffe://td/path",
        "spiffe://TD/path",
        "spiffe://Td.Example/path",
        "spiffe://",
        "spiffe:///",
        "spiffe:///path/element",
        "spiffe://td/",
        "spiffe://td/path/",
        "spiffe://td//",
        "spiffe://td//path",
        "spiffe://td/path//",
        "spiffe://td/a//b",
        "spiffe://td/.",
        "spiffe://td/..",
        "spiffe://td/./path",
        "spiffe://td/../path",
        "spiffe://td/path/./other",
        "spiffe://td/path/../other",
        "spiffe://td/path/.",
        "spiffe://td/path/..",
        "spiffe://td?",
        "spiffe://td?query",
        "spiffe://td/path?",
        "spiffe://td/path?query=1",
        "spiffe://td/path?query=1#frag",
        "spiffe://td#",
        "spiffe://td#frag",
        "spiffe://td/path#",
        "spiffe://td/path#frag",
        "spiffe://td:8080/path",
        "spiffe://td:/path",
        "spiffe://domain.test:80",
        "spiffe://user@td/path",
        "spiffe://user:pw@td/path",
        "spiffe://@td/path",
        "spiffe://:@td/path",
        "spiffe://[::1]/path",
        "spiffe://[2001:db8::1]/path",
        "spiffe://::1/path",
        "spiffe://%74d/path",
        "spiffe://%F0%9F%A4%AF/path",
        "spiffe://%62%61%64/path",
        "spiffe://td/%61",
        "spiffe://td/%41",
        "spiffe://td/%62%61%64",
        "spiffe://td/%F0%9F%A4%AF",
        "spiffe://td/elem%5uent",
        "spiffe://td/a%2Fb",
        "spiffe://td/foo%5Cbar",
        "spiffe://td/path ",
        "spiffe://td/ ",
        "spiffe://td/path\n",
        "spiffe://td/\t",
        "spiffe://td/a\u0000b",
        "spiffe://td\u0000",
        "spiffe://td\u00a0/a",
        "spiffe://td/spiffe://td/path",
        "spiffe://\u212aube/path",
      })
  void illegalIdIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpiffeId.parse(text))
        .withMessageContaining("expected:");
  }

  @Test
  @DisplayName("ID-05 null is refused")
  @SuppressWarnings("NullAway") // callers outside the null-checked world
  void nullIsRefused() {
    assertThatThrownBy(() -> SpiffeId.parse(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  @DisplayName("ID-03 ID-23 the trust domain's alphabet is exactly a-z 0-9 . - _")
  void trustDomainAlphabet() {
    codePoints()
        .forEach(c -> {
          assertParses("spiffe://td" + c, TD_CHARS.contains(c));
          assertParses("spiffe://" + c + "td/a", TD_CHARS.contains(c));
          // a slash here begins the path
          assertParses("spiffe://t" + c + "d/a", TD_CHARS.contains(c) || c.equals("/"));
        });
  }

  @Test
  @DisplayName("ID-04 the path's alphabet is exactly A-Z a-z 0-9 . - _")
  void pathAlphabet() {
    codePoints()
        .forEach(c -> {
          assertParses("spiffe://td/p" + c, SEGMENT_CHARS.contains(c));
          assertParses("spiffe://td/" + c + "p", SEGMENT_CHARS.contains(c));
          assertParses("spiffe://td/p" + c + "p/q", SEGMENT_CHARS.contains(c) || c.equals("/"));
        });
  }

  private static Stream<String> codePoints() {
    return Stream.concat(
            Stream.iterate(0, c -> c < 256, c -> c + 1),
            java.util.Arrays.stream(BEYOND_LATIN).boxed())
        .map(Character::toString);
  }

  private static void assertParses(String text, boolean expected) {
    boolean parses;
    try {
      parses = SpiffeId.parse(text).toString().equals(text);
    } catch (IllegalArgumentException e) {
      parses = false;
    }
    assertThat(parses).as(Printable.quoted(text)).isEqualTo(expected);
  }

  @Test
  @DisplayName("ID-20 ID-21 2048 bytes are accepted, 2049 are not")
  void totalLength() {
    String longest = idOfLength(2048);
    assertThat(SpiffeId.parse(longest)).hasToString(longest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpiffeId.parse(idOfLength(2049)))
        .withMessageContaining("at most 2048");
    TrustDomain td = TrustDomain.parse("td");
    assertThat(SpiffeId.of(td, "a".repeat(2048 - 12)).toString()).hasSize(2048);
    assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.of(td, "a".repeat(2048 - 11)));
  }

  private static String idOfLength(int length) {
    var id = new StringBuilder("spiffe://td");
    while (id.length() < length) {
      id.append(id.length() % 100 == 11 && id.length() < length - 1 ? '/' : 'a');
    }
    return id.toString();
  }

  @Test
  @DisplayName("ID-22 a trust domain of 255 bytes is accepted, of 256 is not")
  void trustDomainLength() {
    assertThat(SpiffeId.parse("spiffe://" + "a".repeat(255) + "/b").trustDomain().name())
        .hasSize(255);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpiffeId.parse("spiffe://" + "a".repeat(256) + "/b"));
  }

  @Test
  @DisplayName("ID-24 the default locale does not matter")
  void turkishLocaleDoesNotMatter() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      assertThat(SpiffeId.parse("spiffe://infra.example/ITEM"))
          .hasToString("spiffe://infra.example/ITEM");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SpiffeId.parse("spiffe://INFRA.example/x"));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  @DisplayName("ID-25 ID-27 ids are equal only byte by byte")
  void equalityIsByBytes() {
    SpiffeId lower = SpiffeId.parse("spiffe://td/a");
    assertThat(lower).isNotEqualTo(SpiffeId.parse("spiffe://td/A"));
    assertThat(lower).isNotEqualTo(SpiffeId.parse("spiffe://td/a/a"));
    assertThat(lower).isNotEqualTo(SpiffeId.parse("spiffe://td2/a"));
    assertThat(lower).isEqualTo(SpiffeId.of(TrustDomain.parse("td"), "a"));
  }

  @ParameterizedTest
  @DisplayName("ID-28 each segment is checked by itself")
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "/",
        "/foo",
        "foo/",
        "foo/bar",
        "$",
        "ele%5ment",
        " ",
        "a\u0000",
        "é"
      })
  void illegalSegmentIsRefused(String segment) {
    TrustDomain td = TrustDomain.parse("td");
    assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.of(td, segment));
    assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.of(td, "good", segment));
  }

  @Test
  @DisplayName("ID-28 segments make a path; none make the trust domain's id")
  void segmentsMakeAPath() {
    TrustDomain td = TrustDomain.parse("td");
    assertThat(SpiffeId.of(td)).hasToString("spiffe://td").isEqualTo(td.id());
    assertThat(SpiffeId.of(td, "a", "...", "C")).hasToString("spiffe://td/a/.../C");
  }

  @Test
  @DisplayName("ID-29 membership compares the whole trust domain")
  void membershipIsExact() {
    SpiffeId id = SpiffeId.parse("spiffe://a.example/x");
    assertThat(id.memberOf(TrustDomain.parse("a.example"))).isTrue();
    for (String other : new String[] {"b.a.example", "a.exampl", "example", "a.example."}) {
      assertThat(id.memberOf(TrustDomain.parse(other))).as(other).isFalse();
    }
  }

  static Stream<Long> seeds() {
    return Stream.of(1L, 20261122L, 7919L);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  @DisplayName("ID-31 what is accepted is exactly what the grammar says, and round-trips")
  void parserAgreesWithTheGrammar(long seed) {
    Pattern grammar =
        Pattern.compile(
            "spiffe://[a-z0-9._-]{1,255}(/(?!\\.{1,2}(/|\\z))[a-zA-Z0-9._-]+)*", Pattern.DOTALL);
    String alphabet = "aZ9.-_//::@%?# \u00e9\u0000";
    var random = new Random(seed);
    for (int i = 0; i < 40_000; i++) {
      String tail =
          random
              .ints(random.nextInt(12), 0, alphabet.length())
              .mapToObj(c -> String.valueOf(alphabet.charAt(c)))
              .collect(Collectors.joining());
      String text = (random.nextInt(8) == 0 ? "spiffe:/" : "spiffe://") + tail;
      assertParses(text, grammar.matcher(text).matches());
    }
  }

  @Test
  void messageShowsHostileTextEscapedAndCut() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpiffeId.parse("spiffe://td/\u001b[31m\n" + "x".repeat(1000)))
        .withMessageContaining("\\u001b[31m\\u000a")
        .withMessageContaining("(1018 characters)")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
  }
}
