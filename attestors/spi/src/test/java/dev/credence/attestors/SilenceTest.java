package dev.credence.attestors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.attestors.Silence.Question;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Silence<String> silence = new Silence<>(2, nanos::get);
  private final AtomicInteger asked = new AtomicInteger();

  private NoAnswerException late() {
    return NoAnswerException.silence("no answer within 1 ms", new IllegalStateException("late"));
  }

  private NoAnswerException failure(String whom, Question<String> question) {
    return catchThrowableOfType(
        NoAnswerException.class,
        () ->
            silence.ask(
                whom,
                () -> {
                  asked.incrementAndGet();
                  return question.ask();
                }));
  }

  private void fallSilent(String whom) {
    assertThat(
            failure(
                whom,
                () -> {
                  throw late();
                }))
        .hasMessage("no answer within 1 ms");
  }

  @Test
  void whoFellSilentIsNotAskedForAWhile() throws Exception {
    fallSilent("bus");
    NoAnswerException at = failure("bus", () -> "answer");
    assertThat(at)
        .hasMessageStartingWith("no answer within 1 ms")
        .satisfies(e -> assertThat(e.isPassing()).isTrue());
    assertThat(asked).hasValue(1);
    nanos.addAndGet(Silence.PAUSE.toNanos() - 1);
    assertThat(failure("bus", () -> "answer")).isNotNull();
    nanos.incrementAndGet();
    assertThat(silence.ask("bus", () -> "answer")).isEqualTo("answer");
    assertThat(silence.ask("bus", () -> "more")).isEqualTo("more");
  }

  @Test
  void othersAreAskedMeanwhile() throws Exception {
    fallSilent("one container");
    assertThat(silence.ask("another one", () -> "answer")).isEqualTo("answer");
  }

  @Test
  void aRefusalOrAnErrorIsNoSilence() throws Exception {
    for (NoAnswerException.Kind kind :
        new NoAnswerException.Kind[] {
          NoAnswerException.Kind.NOT_NOW, NoAnswerException.Kind.USELESS
        }) {
      var cause = new IllegalStateException("x");
      assertThat(
              failure(
                  "bus",
                  () -> {
                    throw kind == NoAnswerException.Kind.NOT_NOW
                        ? NoAnswerException.notNow("busy", cause)
                        : NoAnswerException.useless("nonsense", cause);
                  }))
          .isNotNull();
      assertThat(silence.ask("bus", () -> "answer")).isEqualTo("answer");
    }
  }

  @Test
  void oneAsksAgain_andTheOthersDoNotWaitForIt() throws Exception {
    fallSilent("bus");
    nanos.addAndGet(Silence.PAUSE.toNanos());
    var begun = new CountDownLatch(1);
    var answered = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> again =
          executor.submit(() ->
              silence.ask(
                  "bus",
                  () -> {
                    begun.countDown();
                    await(answered);
                    return "answer";
                  }));
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(failure("bus", () -> "answer")).isNotNull();
      answered.countDown();
      assertThat(again.get(60, TimeUnit.SECONDS)).isEqualTo("answer");
    }
    assertThat(silence.ask("bus", () -> "answer")).isEqualTo("answer");
  }

  @Test
  void whoWaitedForATurnLearnsOfTheSilence() throws Exception {
    silence.requireNone("bus");
    fallSilent("bus");
    assertThat(catchThrowableOfType(NoAnswerException.class, () -> silence.requireNone("bus")))
        .isNotNull();
    nanos.addAndGet(Silence.PAUSE.toNanos());
    // Whoever asks again is not held up by it.
    assertThat(
            silence.ask(
                "bus",
                () -> {
                  silence.requireNone("bus");
                  return "answer";
                }))
        .isEqualTo("answer");
  }

  @Test
  void aFailureOfOurOwnLeavesTheNextOneATry() throws Exception {
    fallSilent("bus");
    nanos.addAndGet(Silence.PAUSE.toNanos());
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class,
                () ->
                    silence.ask(
                        "bus",
                        () -> {
                          throw new IllegalArgumentException("bug");
                        })))
        .isNotNull();
    assertThat(silence.ask("bus", () -> "answer")).isEqualTo("answer");
  }

  @Test
  void itStaysSmall() throws Exception {
    fallSilent("a");
    fallSilent("b");
    fallSilent("c");
    assertThat(silence.ask("a", () -> "answer")).isEqualTo("answer");
    assertThat(failure("c", () -> "answer")).isNotNull();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
