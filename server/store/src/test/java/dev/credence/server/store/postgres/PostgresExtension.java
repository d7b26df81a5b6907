package dev.credence.server.store.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests the [RealPostgres] of this run, as a parameter of constructor or method; it is
/// started once, when the first asks. Where none is installed the tests are skipped and say so,
/// unless `credence.postgresql` is `required`, as in CI: then they fail.
public final class PostgresExtension implements ExecutionCondition, ParameterResolver {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(PostgresExtension.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<Path> programs = RealPostgres.programs();
    boolean required =
        context.getConfigurationParameter("credence.postgresql").equals(Optional.of("required"));
    return programs.isPresent() || required
        ? ConditionEvaluationResult.enabled("PostgreSQL: " + programs)
        : ConditionEvaluationResult.disabled(
            "skipped: no PostgreSQL here (expected: the package postgresql)");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType().equals(RealPostgres.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(SPACE)
        .getOrComputeIfAbsent(Running.class, _ -> Running.start(), Running.class)
        .postgres;
  }

  /// Ends with the test run.
  private record Running(RealPostgres postgres) implements AutoCloseable {
    static Running start() {
      try {
        return new Running(
            RealPostgres.start(
                RealPostgres.programs()
                    .orElseThrow(() -> new IllegalStateException("no PostgreSQL is installed"))));
      } catch (Exception e) {
        throw new IllegalStateException("PostgreSQL for the tests did not start", e);
      }
    }

    @Override
    public void close() throws IOException {
      postgres.close();
    }
  }
}
