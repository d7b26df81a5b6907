package dev.credence.cli.declare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.cli.declare.DeclarationWriter.Present;
import dev.credence.platform.config.Problem;
import dev.credence.proto.admin.v1.Declared;
import dev.credence.proto.admin.v1.Governance;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.Person;
import dev.credence.proto.admin.v1.Registration;
import dev.credence.proto.admin.v1.StandingAuthority;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.common.v1.Selector;
import dev.credence.proto.common.v1.SubjectKind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Short, seeded: whatever the values are, what is written reads as the same. Longer:
/// `-Dcredence.fuzz.rounds=1000000`. (Any text at all: the fuzz target `declarations`.)
final class DeclarationsRoundTripTest {
  private static final int ROUNDS = Integer.getInteger("credence.fuzz.rounds", 1_000);

  private static Declarations read(byte[] bytes) {
    return DeclarationFiles.read(List.of("-"), new ByteArrayInputStream(bytes));
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 20261122})
  void whatIsWritten_readsAsTheSame(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      Subject agent = subject(random);
      Owner owner =
          Owner.newBuilder()
              .setName("o" + i)
              .setContact(text(random))
              .setDisplayName(text(random))
              .setAccountable(Person.newBuilder().setName("p" + i))
              .build();
      Person person =
          Person.newBuilder()
              .setName("1" + i)
              .setOidcIssuer("https://" + i)
              .setOidcSubject(some(random))
              .addLocalUids(random.nextInt() & ~1)
              .build();
      String written =
          DeclarationWriter.write(
              new Present("s", List.of(person), List.of(owner), List.of(agent), List.of()));
      Declarations read = read(written.getBytes(StandardCharsets.UTF_8));
      String why = "seed " + seed + ", round " + i + ":\n" + written;
      assertThat(read.problems()).extracting(Problem::text).as(why).isEmpty();
      assertSame(why, person, owner, agent, read.objects());
    }
  }

  private static void assertSame(
      String why, Person person, Owner owner, Subject agent, List<Declared> read) {
    assertThat(read.get(0).getPerson().getName()).as(why).isEqualTo(person.getName());
    assertThat(read.get(0).getPerson().getOidcSubject()).as(why).isEqualTo(person.getOidcSubject());
    assertThat(read.get(0).getPerson().getLocalUidsList())
        .as(why)
        .isEqualTo(person.getLocalUidsList());
    assertThat(read.get(1).getOwner().getContact()).as(why).isEqualTo(owner.getContact());
    assertThat(read.get(1).getOwner().getDisplayName()).as(why).isEqualTo(owner.getDisplayName());
    var subject = read.get(2).getSubject();
    assertThat(subject.getGovernance()).as(why).isEqualTo(agent.getGovernance());
    assertThat(subject.getHint()).as(why).isEqualTo(agent.getHint());
    assertThat(subject.getDnsNamesList()).as(why).isEqualTo(agent.getDnsNamesList());
    assertThat(subject.getSvidTtl()).as(why).isEqualTo(agent.getSvidTtl());
    assertThat(subject.getJwt()).as(why).isEqualTo(agent.getJwt());
    assertThat(subject.getRegistrations(0).getMinimumCodeValue())
        .as(why)
        .isEqualTo(agent.getRegistrations(0).getMinimumCodeValue());
    assertThat(subject.getRegistrations(0).getMinimumIsolationValue())
        .as(why)
        .isEqualTo(agent.getRegistrations(0).getMinimumIsolationValue());
    assertThat(subject.getRegistrations(0).getSelectorsList())
        .as(why)
        .isEqualTo(agent.getRegistrations(0).getSelectorsList());
  }

  private static Subject subject(Random random) {
    var record =
        Governance.newBuilder()
            .setPurpose(text(random))
            .setSchedule(text(random))
            .addAllTools(texts(random))
            .addAllDataClasses(texts(random))
            .addAllApprovers(texts(random))
            .setMinimumCode(dev.credence.proto.common.v1.CodeAssurance.CODE_ASSURANCE_FILE)
            .setMaximumLifetime(
                com.google.protobuf.Duration.newBuilder().setSeconds(1 + random.nextInt(90_000)))
            .setReviewAt(
                com.google.protobuf.Timestamp.newBuilder()
                    .setSeconds(1 + random.nextInt(2_000_000_000)));
    if (random.nextBoolean()) {
      record.addStandingAuthority(
          StandingAuthority.newBuilder()
              .setTaskType(some(random))
              .addRoles(some(random))
              .setBudget(text(random)));
    }
    return Subject.newBuilder()
        .setKind(SubjectKind.SUBJECT_KIND_AGENT)
        .setOwner("0" + random.nextInt(9))
        .setName("null")
        .setJwt(random.nextBoolean())
        .setHint(text(random))
        .setSvidTtl(com.google.protobuf.Duration.newBuilder().setSeconds(60 + random.nextInt(9)))
        .addAllDnsNames(texts(random))
        .setGovernance(record)
        .addRegistrations(
            Registration.newBuilder()
                .setAnyNode(true)
                .setMinimumCode(
                    Levels.of(oneOf(random, CodeAssurance.FILE, CodeAssurance.LAUNCHER)))
                .setMinimumIsolation(
                    Levels.of(oneOf(random, Isolation.OWN_UID, Isolation.SANDBOXED)))
                .addSelectors(
                    Selector.newBuilder()
                        .setType("unix")
                        .setName("path")
                        .setValue("/" + some(random))))
        .build();
  }

  private static <T> T oneOf(Random random, T one, T other) {
    return random.nextBoolean() ? one : other;
  }

  private static List<String> texts(Random random) {
    List<String> texts = new ArrayList<>();
    for (int left = random.nextInt(3); left > 0; left--) {
      texts.add(some(random));
    }
    return texts;
  }

  private static String text(Random random) {
    return random.nextInt(4) == 0 ? "" : some(random);
  }

  /// One line, as the server takes it: no control characters.
  private static String some(Random random) {
    String[] words = {
      "null",
      "~",
      "true",
      "12",
      "0x1F",
      "1e3",
      "a: b",
      "a #b",
      "- a",
      "*a",
      "&a",
      "!a",
      "|",
      ">",
      "%a",
      "@a",
      "`a",
      "'",
      "\"",
      "\\",
      "[a]",
      "{a}",
      "a,b",
      " a",
      "a ",
      "é",
      "\ud83d\ude00",
      "日本",
      "2031-01-31",
      "=",
      "<<",
      "?",
      ":",
      "a:",
      "10m",
      "\u00a0",
      "\u00ad".strip().isEmpty() ? "x" : "y"
    };
    var text = new StringBuilder(words[random.nextInt(words.length)]);
    for (int left = random.nextInt(3); left > 0; left--) {
      text.append(words[random.nextInt(words.length)]);
    }
    return text.toString();
  }
}
