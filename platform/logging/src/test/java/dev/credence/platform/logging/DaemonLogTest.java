package dev.credence.platform.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class DaemonLogTest {
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> seen = new ListAppender<>();
  private final AtomicLong nanos = new AtomicLong();

  private void begin() {
    context.addTurboFilter(new LibraryLimit(nanos::get));
    seen.setContext(context);
    seen.start();
    context.getLogger("ROOT").addAppender(seen);
  }

  @Test
  void aLibrarySaysAFewThingsInTenSeconds_weSayWhatWeWant() {
    begin();
    for (int i = 0; i < 1000; i++) {
      context.getLogger("io.grpc.Server").error("broken", new IllegalStateException());
      context.getLogger("dev.credence.Own").info("said");
    }
    assertThat(seen.list).hasSize(1000 + LibraryLimit.MOST);
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    context.getLogger("io.grpc.Server").error("broken");
    assertThat(seen.list).hasSize(1001 + LibraryLimit.MOST);
  }

  @Test
  void oneLibraryDoesNotSilenceAnother_norDoesWhatIsNotLoggedCount() {
    begin();
    for (int i = 0; i < 100; i++) {
      context.getLogger("io.grpc.Server").error("broken");
      context.getLogger("io.netty.Channel").trace("never shown");
    }
    context.getLogger("io.netty.Channel").error("shown");
    assertThat(seen.list).last().satisfies(it -> assertThat(it.getMessage()).isEqualTo("shown"));
  }

  @Test
  void aLogEntryIsOneLine() {
    assertThat(SingleLine.escaped("/tmp/a\n2026 ERROR b\u001b[2J\u202e\u2028 ok é"))
        .isEqualTo("/tmp/a\\n2026 ERROR b\\u001b[2J\\u202e\\u2028 ok é");
  }

  @Test
  void aLoggedValueCannotPassForAnotherPair() {
    var context = new LoggerContext();
    var encoder = DaemonLog.text(context);
    encoder.setContext(context);
    encoder.start();
    var event =
        new LoggingEvent(
            "test", context.getLogger("test"), Level.INFO, "refused", null, new Object[0]);
    event.addKeyValuePair(new KeyValuePair("reason", "agent \"a\\\" uid=\"0"));
    event.addKeyValuePair(new KeyValuePair("uid", 1));

    assertThat(new String(encoder.encode(event), StandardCharsets.UTF_8))
        .endsWith("INFO  refused reason=\"agent \\\"a\\\\\\\" uid=\\\"0\" uid=\"1\" \n");
  }

  @Test
  void aLoggedExceptionCannotPassForAnEntry() {
    var context = new LoggerContext();
    var encoder = DaemonLog.text(context);
    encoder.setContext(context);
    encoder.start();
    var event =
        new LoggingEvent(
            "test",
            context.getLogger("test"),
            Level.INFO,
            "refused\nforged",
            new IllegalStateException("first\n2026-01-01T00:00:00.000Z ERROR forged"),
            new Object[0]);
    String text = new String(encoder.encode(event), StandardCharsets.UTF_8);
    assertThat(text.lines().findFirst().orElseThrow()).contains("INFO", "refused\\nforged");
    assertThat(text.lines().skip(1)).isNotEmpty().allMatch(line -> line.startsWith("    "));
    assertThat(text.split("IllegalStateException", -1)).hasSize(2);
  }
}
