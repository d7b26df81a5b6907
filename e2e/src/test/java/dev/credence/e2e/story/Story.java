package dev.credence.e2e.story;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/// A test told as numbered steps. A failing step throws an [AssertionError] that carries the logs
/// of everything that took part; what was opened is closed in reverse order, whatever happened.
/// Used by one thread.
///
/// ```java
/// try (var story = Story.of("an agent proves who it is")) {
///   var dev = story.opens("dev", () -> Dev.start(folder));
///   story.step("an owner is made", () -> ...);
/// }
/// ```
public final class Story implements AutoCloseable {

  private static final int LOG_LIMIT = 12_000;

  private final String title;
  private final Map<String, Supplier<String>> logs = new LinkedHashMap<>();
  private final Deque<Named> opened = new ArrayDeque<>();
  private int number;

  private Story(String title) {
    this.title = title;
  }

  /// Begins a story.
  public static Story of(String title) {
    Console.line("story: " + title);
    return new Story(title);
  }

  /// One step.
  public void step(String what, Step step) {
    ask(
        what,
        () -> {
          step.run();
          return true;
        });
  }

  /// One step with a result.
  public <T> T ask(String what, Callable<T> step) {
    number++;
    long began = System.nanoTime();
    try {
      var result = step.call();
      var took = Duration.ofNanos(System.nanoTime() - began);
      Console.line("  %02d %s (%d ms)".formatted(number, what, took.toMillis()));
      return result;
    } catch (Exception | AssertionError e) {
      throw failed(what, e);
    }
  }

  /// One step that opens something; it is closed at the end of the story, and its log is printed if
  /// a step fails.
  public <T extends AutoCloseable> T opens(String what, Callable<T> step) {
    var thing = ask(what, step);
    opened.push(new Named(what, thing));
    if (thing instanceof HasLog log) {
      logs.put("%02d %s".formatted(number, what), log::log);
    }
    return thing;
  }

  /// Something that must be undone at the end, whatever happens.
  public void afterwards(String what, AutoCloseable action) {
    opened.push(new Named(what, action));
  }

  /// A measured time, printed and never asserted.
  public void measured(String what, Duration took) {
    Console.line("     measured: %s: %s".formatted(what, millis(took)));
  }

  /// "12.3 ms"
  public static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
  }

  private AssertionError failed(String what, Throwable cause) {
    var text =
        new StringBuilder(
            "%s: step %02d, %s: %s".formatted(title, number, what, cause.getMessage()));
    logs.forEach(
        (name, log) -> text.append("\n--- ").append(name).append(" ---\n").append(tail(log.get())));
    Console.line(text.toString());
    return new AssertionError(text.toString(), cause);
  }

  private static String tail(String log) {
    return log.length() <= LOG_LIMIT ? log : "...\n" + log.substring(log.length() - LOG_LIMIT);
  }

  /// Closes what was opened, the newest first. A failure to close is a failure of the story.
  @Override
  public void close() {
    var failure = new AssertionError(title + ": what was opened did not close");
    while (!opened.isEmpty()) {
      var next = opened.pop();
      try {
        next.thing().close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure.addSuppressed(e);
      } catch (Exception | AssertionError e) {
        Console.line("  closing \"%s\": %s".formatted(next.what(), e));
        failure.addSuppressed(e);
      }
    }
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  /// What a step does.
  @FunctionalInterface
  public interface Step {
    /// Does it.
    void run() throws Exception;
  }

  /// Something whose log helps to understand a failure.
  public interface HasLog {
    /// Everything it said so far.
    String log();
  }

  private record Named(String what, AutoCloseable thing) {}
}
