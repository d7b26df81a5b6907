package dev.credence.e2e.attacks;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/// Runs, skips or fails a [Trick] as [SkipRule] says, and writes down what was skipped and why:
/// .ci/run prints the list at its end.
final class TrickExtension implements ExecutionCondition, InvocationInterceptor {
  private static final Path SKIPPED = Path.of("target", "attacks-skipped.txt");

  private final SkipRule rule = SkipRule.ofBuild();

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    var trick =
        context.getElement().flatMap(it -> AnnotationSupport.findAnnotation(it, Trick.class));
    if (trick.isEmpty()) {
      return ConditionEvaluationResult.enabled("no trick");
    }
    var states = Stream.of(trick.get().needs()).map(SkipRule.State::of).toList();
    return switch (rule.before(states)) {
      case SkipRule.Verdict.Run() -> ConditionEvaluationResult.enabled("the host can do it");
      case SkipRule.Verdict.Skip(var why) -> {
        note(trick.get().name(), why);
        yield ConditionEvaluationResult.disabled(why);
      }
      case SkipRule.Verdict.Fail(var why) ->
          throw new IllegalStateException(trick.get().name() + ": " + why);
    };
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    try {
      invocation.proceed();
    } catch (TestAbortedException e) {
      var name = method.getExecutable().getAnnotation(Trick.class).name();
      if (rule.aborted(String.valueOf(e.getMessage())) instanceof SkipRule.Verdict.Fail(var why)) {
        throw new AssertionError(name + ": " + why, e);
      }
      note(name, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private static void note(String trick, String why) {
    try {
      Files.createDirectories(SKIPPED.toAbsolutePath().getParent());
      Files.writeString(
          SKIPPED,
          "%s: %s%n".formatted(trick, why),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException("a skipped story cannot be written down", e);
    }
  }
}
