package dev.credence.cli.declare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.platform.config.Problem;
import dev.credence.proto.admin.v1.Declared;
import dev.credence.proto.admin.v1.DeclaredSubject;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeclarationFilesTest {
  private static final Path EXAMPLE = Path.of("../docs/reference/apply-example.yaml");
  private static final Path REFERENCE = Path.of("../docs/reference/apply-file.md");

  @TempDir Path folder;

  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Declarations read(String text) {
    return DeclarationFiles.read(List.of("-"), in(text));
  }

  private static List<String> problems(String text) {
    return read(text).problems().stream().map(Problem::text).toList();
  }

  @Test
  void example_isReadWithoutAProblem_andUsesEveryKey() throws Exception {
    var read = DeclarationFiles.read(List.of(EXAMPLE.toString()), in(""));

    assertThat(read.problems()).isEmpty();
    assertThat(read.set()).isEqualTo("payments-prod");
    assertThat(read.objects()).hasSize(7);
    DeclaredSubject bot =
        read.objects().stream()
            .map(Declared::getSubject)
            .filter(it -> it.getName().equals("invoice-bot"))
            .findFirst()
            .orElseThrow();
    assertThat(bot.getRegistrations(0).getNodeSelectorsCount()).isEqualTo(2);
    assertThat(bot.getRegistrations(1).getAnyNode()).isTrue();
    assertThat(bot.getSvidTtl().getSeconds()).isEqualTo(300);
    assertThat(bot.getGovernance().getReviewAt().getSeconds()).isEqualTo(1_927_584_000L);
    assertThat(bot.getGovernance().getStandingAuthority(0).getBudget()).isEqualTo("EUR 100");
    String text = Files.readString(EXAMPLE);
    assertThat(DeclarationKey.ALL).allSatisfy(key -> assertThat(text).contains(key.name() + ":"));
  }

  @Test
  void linksInAFolder_areNotFollowed_norShown() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "root:hash: 1\n");
    Path declared = Files.createDirectory(folder.resolve("declared"));
    Path link = Files.createSymbolicLink(declared.resolve("a.yaml"), secret);
    var _ = Files.createSymbolicLink(declared.resolve("b.yml"), folder);

    var read = DeclarationFiles.read(List.of(declared.toString()), in(""));

    assertThat(read.problems().stream().map(Problem::text))
        .hasSize(2)
        .allMatch(problem -> problem.contains("a link, or not a file"))
        .noneMatch(problem -> problem.contains("hash"));
    // Whoever names a link means what it leads to.
    assertThat(DeclarationFiles.read(List.of(link.toString()), in("")).problems().toString())
        .contains("root:hash");
  }

  @Test
  void reference_hasARowForEachKey_withItsTypeAndDefault_andNoOther() throws Exception {
    var rows =
        Files.readAllLines(REFERENCE).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(0, line.lastIndexOf(" | ")))
            .collect(Collectors.toList());
    assertThat(rows)
        .containsExactlyElementsOf(
            DeclarationKey.ALL.stream()
                .map(key -> "| `" + key.name() + "` | " + key.type() + " | " + key.preset())
                .toList());
  }

  @Test
  void allProblems_areToldAtOnce_withLinesAndTheNearestKey() {
    assertThat(
            problems(
                """
                set: Payments
                persns: {}
                owners:
                  payments:
                    contact: [a]
                agents:
                  payments/bot:
                    purpos: x
                    ttl: ten
                    jwt: yes
                    tools: ledger
                    registrations:
                      - selectors: [unix:uid:1, unix:nothing:2]
                        node: any
                  bot:
                    registrations: []
                  payments/two:
                    standing-authority:
                      - task: close
                        roles: x
                """))
        .containsExactly(
            "-:1: set: \"Payments\" (expected: lower-case letters, digits and inner hyphens, at most"
                + " 63)",
            "-:2: unknown key \"persns\" (did you mean \"persons\"?)",
            "-:5: owner payments: missing key \"human\"",
            "-:5: owner payments: contact: a list (expected: text)",
            "-:8: agent payments/bot: unknown key \"purpos\" (did you mean \"purpose\"?)",
            "-:9: agent payments/bot: ttl: \"ten\" (expected: a duration like 90s, 10m, 1h30m or"
                + " 7d)",
            "-:10: agent payments/bot: jwt: \"yes\" (expected: true or false)",
            "-:11: agent payments/bot: tools: \"ledger\" (expected: a list of text)",
            "-:13: agent payments/bot: registration: " + unknownSelector(),
            "-:14: agent payments/bot: registration: unknown key \"node\" (did you mean \"nodes\"?)",
            "-:15: agent \"bot\" (expected: OWNER/NAME, each of lower-case letters, digits and inner"
                + " hyphens, at most 63)",
            "-:18: agent payments/two: missing key \"registrations\"",
            "-:20: agent payments/two: standing authority: roles: \"x\" (expected: a list of text)");
  }

  private static String unknownSelector() {
    try {
      return dev.credence.attestors.SelectorTypes.known()
          .requireWorkload("unix:nothing:2")
          .toString();
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          owners: {a: {human: b}, a: {human: c}} | -:1: key "a" stands here a second time
          persons: &x {}                         | -:1: anchor &x (expected: none; aliases are not read)
          persons: *x                            | -:1: alias *x (expected: the value itself; aliases are not read)
          persons: !!map {}                      | -:1: tag tag:yaml.org,2002:map (expected: none)
          [a]                                    | -:1: a list (expected: a mapping of keys to values)
          persons: {? [a] : b}                   | -:1: a key is not a plain word
          persons: {a: {uids: [-1]}}             | -:1: person a: uids: "-1" (expected: a list of whole numbers from 0 to 4294967294)
          persons: {a: {uids: [4294967295]}}     | -:1: person a: uids: "4294967295" (expected: a list of whole numbers from 0 to 4294967294)
          persons: {a: {oidc: {issuer: x}}}      | -:1: person a: oidc: missing key "subject"
          owners: [a]                            | -:1: owners: expected: a mapping of names to values, one for each owner
          "persons: {a"                          | -:1: not YAML: while parsing a flow mapping
          """)
  void refuses(String text, String problem) {
    String yaml = text.startsWith("\"") ? text.substring(1, text.length() - 1) : text;
    assertThat(problems(yaml)).anySatisfy(it -> assertThat(it).startsWith(head(problem)));
  }

  // What the parser calls its own problems is its own affair.
  private static String head(String problem) {
    return problem.startsWith("-:1: not YAML") ? "-:1: not YAML" : problem;
  }

  @Test
  void valuesAreReadAsTheirKeySays() {
    var read =
        read(
            """
            persons:
              ada: {oidc: {issuer: "https://a", subject: 0123}}
              bob:
            agents:
              a/b:
                purpose: >
                  Two lines
                  that are one.
                review-date: 2031-01-31T01:00+01:00
                registrations:
                  - {selectors: [unix:uid:1], nodes: any}
            """);
    assertThat(read.problems()).isEmpty();
    assertThat(read.objects().getFirst().getPerson().getOidcSubject()).isEqualTo("0123");
    var record = read.objects().getLast().getSubject().getGovernance();
    assertThat(record.getPurpose()).isEqualTo("Two lines that are one.");
    assertThat(record.getReviewAt().getSeconds()).isEqualTo(1_927_584_000L);
    assertThat(read.objects().getLast().getPosition()).isEqualTo("-:5");
  }

  @Test
  void depth_values_size_andCount_areBounded() {
    assertThat(problems("[".repeat(100_000))).containsExactly("-:1: nested deeper than 8 levels");
    assertThat(problems("{a: ".repeat(100_000)))
        .containsExactly("-:1: nested deeper than 8 levels");
    assertThat(problems("[" + "1,".repeat(500_000) + "]"))
        .containsExactly("-:1: more than 400000 values in one file");
    assertThat(problems("#".repeat((4 << 20) + 1)))
        .containsExactly("-: larger than 4194304 bytes (expected: several smaller files)");
    assertThat(problems("--- {}\n".repeat(5_001)))
        .containsExactly("-:5001: more than 5000 documents in one file");
    var many =
        IntStream.rangeClosed(0, Declarations.MOST_OBJECTS)
            .mapToObj(i -> "  p" + i + ":\n")
            .collect(Collectors.joining("", "persons:\n", ""));
    assertThat(problems(many))
        .containsExactly("5001 declarations (expected: at most 5000 at once)");
  }

  @Test
  void folder_isReadInOrder_withoutSubfolders_andOneSetIsNamed() throws Exception {
    var _ = Files.writeString(folder.resolve("b.yaml"), "set: s\npersons: {b: }\n");
    var _ = Files.writeString(folder.resolve("a.yml"), "persons: {a: }\n");
    var _ = Files.writeString(folder.resolve("c.txt"), "not read");
    var _ = Files.createDirectory(folder.resolve("d.yaml"));

    var read = DeclarationFiles.read(List.of(folder.toString()), in(""));

    assertThat(read.problems()).isEmpty();
    assertThat(read.set()).isEqualTo("s");
    assertThat(read.objects()).extracting(it -> it.getPerson().getName()).containsExactly("a", "b");
    var _ = Files.writeString(folder.resolve("e.yaml"), "set: t\n");
    assertThat(DeclarationFiles.read(List.of(folder.toString()), in("")).problems())
        .extracting(Problem::text)
        .containsExactly(
            folder.resolve("e.yaml")
                + ":1: set t, and set s at "
                + folder.resolve("b.yaml")
                + ":1 (expected: one set at a time)");
  }

  @Test
  void whatCannotBeRead_isSaid() throws Exception {
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', (byte) 0xE9});
    Path none = folder.resolve("none.yaml");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(
            DeclarationFiles.read(
                    List.of(latin.toString(), none.toString(), empty.toString()), in(""))
                .problems())
        .extracting(Problem::text)
        .containsExactly(
            latin + ": not UTF-8",
            none + ": no such file",
            empty + ": no *.yaml and no *.yml in this folder");
  }

  @Test
  void moreThanAMessageTakes_isToldBeforeItIsSent_withWhere_howMuch_andWhatToDo() {
    String text =
        "owners:\n  ops:\n    human: ada\n    display-name: " + "x".repeat(2_000_000) + "\n";
    assertThat(problems(text))
        .singleElement()
        .asString()
        .matches(
            "-:2: a declaration of [0-9]{7} bytes \\(expected: at most 1000000; with shorter or fewer"
                + " values\\)")
        .hasSizeLessThan(200);
  }

  @Test
  void moreThanTheServerTakesAtOnce_isToldBeforeItIsSent() throws Exception {
    for (int file = 0; file < 6; file++) {
      var text = new StringBuilder("owners:\n");
      for (int i = 0; i < 4; i++) {
        text.append("  ops-").append(file).append('-').append(i);
        text.append(":\n    human: ada\n    display-name: ")
            .append("x".repeat(690_000))
            .append('\n');
      }
      Files.writeString(folder.resolve(file + ".yaml"), text);
    }
    assertThat(DeclarationFiles.read(List.of(folder.toString()), in("")).problems())
        .extracting(Problem::text)
        .singleElement()
        .asString()
        .matches("[0-9]{8} bytes of declarations \\(expected: at most 16000000 .*several sets\\)");
  }
}
