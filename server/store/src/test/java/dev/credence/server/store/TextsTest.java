package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The texts in columns: they come back as they went in, and nothing else is read.
class TextsTest {
  private static final int ROUNDS = 2000;

  @Test
  void anyValue_comesBack_andIsWrittenInOneWay() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      Json value = value(random, 1);
      String text = value.write();
      assertThat(Json.parse(text)).as("seed %d", seed).isEqualTo(value);
      assertThat(Json.parse(text).write()).as("seed %d", seed).isEqualTo(text);
    }
  }

  @Test
  void damagedText_isRefused_neverAnotherFailure() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      StringBuilder text = new StringBuilder(value(random, 1).write());
      text.setCharAt(
          random.nextInt(text.length()), "{}[]\",:\\u0a \u0001".charAt(random.nextInt(12)));
      text.setLength(random.nextInt(text.length() + 1));
      try {
        String again = Json.parse(text.toString()).write();
        assertThat(Json.parse(again)).as("seed %d", seed).isEqualTo(Json.parse(text.toString()));
      } catch (IllegalArgumentException expected) {
        assertThat(expected).as("seed %d", seed).hasMessageNotContaining("\u0001");
      }
    }
  }

  private static Json value(Random random, int depth) {
    int choice = depth == 4 ? 0 : random.nextInt(4);
    if (choice < 2) {
      return new Json.Text(text(random));
    }
    if (choice == 2) {
      List<Json> items = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        items.add(value(random, depth + 1));
      }
      return new Json.Items(items);
    }
    Map<String, Json> fields = new TreeMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      fields.put(text(random), value(random, depth + 1));
    }
    return Json.Fields.of(fields);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10000)));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\"",
        "\"a",
        "\"a\" ",
        " \"a\"",
        "[",
        "[\"a\"",
        "[\"a\",]",
        "[,]",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":\"b\",}",
        "{\"a\":\"b\",\"a\":\"c\"}",
        "{a:\"b\"}",
        "1",
        "true",
        "null",
        "[1]",
        "\"\\n\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\",
        "\"a\"\"b\"",
        "[[[[[[[[[\"deep\"]]]]]]]]]"
      })
  void whatWeDoNotWrite_isRefused(String text) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("stored text");
  }

  @Test
  void documents_ofAnotherShape_areRefused() {
    String good = GovernanceText.of(new Samples(1).governance());
    assertThat(GovernanceText.parse(good).tools()).hasSize(2);
    for (String bad :
        List.of(
            good.replace("\"v\":\"1\"", "\"v\":\"2\""),
            good.replace("\"tools\"", "\"toolz\""),
            good.replace("{\"approvers\"", "{\"added\":\"x\",\"approvers\""),
            good.replace("PT0S", "soon"),
            "[]",
            "{}")) {
      assertThatThrownBy(() -> GovernanceText.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void storedWords_areWhatTheyAlwaysWere() {
    assertThat(
            Stream.of(
                    OwnerState.values(),
                    SubjectState.values(),
                    NodeState.values(),
                    SubjectKind.values())
                .flatMap(Arrays::stream)
                .map(Words::of))
        .containsExactly(
            "active",
            "suspended",
            "retired",
            "draft",
            "active",
            "suspended",
            "retired",
            "active",
            "suspended",
            "banned",
            "evicted",
            "agent",
            "service");
    assertThat(Stream.of(SubjectKind.values()).map(SubjectKind::label))
        .isEqualTo(Stream.of(SubjectKind.values()).map(Words::of).toList());
    assertThat(Stream.of(CodeAssurance.values()).map(CodeAssurance::label))
        .containsExactly("none", "claimed", "file", "orchestrator", "launcher");
    assertThat(Stream.of(Isolation.values()).map(Isolation::label))
        .containsExactly("shared-uid", "own-uid", "sandboxed");
    assertThatThrownBy(() -> Words.parse(NodeState.class, "ACTIVE"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "uid", "uid:", "uid:x", "node:short", "admin:A", "root:0", ":"})
  void storedActor_thatIsNone_isRefused(String text) {
    assertThatThrownBy(() -> ActorText.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void actor_withColonsInIt_comesBack() {
    Actor actor = new Actor.Anonymous("[::1]:99");
    assertThat(ActorText.parse(ActorText.of(actor))).isEqualTo(actor);
  }

  @Test
  void times_comeBackToTheNanosecond() {
    for (String time :
        List.of(
            "1970-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999999999Z",
            "2026-11-22T05:48:00.123456789Z",
            "2262-04-11T23:47:16.854775807Z",
            "1677-09-21T00:12:44Z")) {
      Instant instant = Instant.parse(time);
      assertThat(Times.time(Times.nanos(instant))).isEqualTo(instant);
    }
  }
}
