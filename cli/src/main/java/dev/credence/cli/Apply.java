package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.client.ExitCode;
import dev.credence.cli.declare.DeclarationFiles;
import dev.credence.cli.declare.Declarations;
import dev.credence.cli.print.Output;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.ApplyOptions;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.proto.admin.v1.ExpectedRevision;
import dev.credence.proto.admin.v1.SetsGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "apply",
    description = {
      "Makes persons, owners, agents and services as files declare them: everything, or nothing.",
      "What is so already is left alone. The plan that is shown is the one that is carried out; if"
          + " something was changed in between, nothing is."
    })
final class Apply implements Callable<Integer> {

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description =
          "A YAML file, a folder with *.yaml, or - for standard input. May be repeated: all of them together.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--dry-run",
      description =
          "Says what would change, and what would become of running executions; changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--prune",
      description =
          "Retires agents and services of the set that the files do not declare any more. Owners and persons stay.")
  private boolean prune;

  @Option(
      names = "--adopt",
      description =
          "Takes what was made by hand, or belongs to another set, into this set, as far as it is declared.")
  private boolean adopt;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
  private String reason = "";

  @Option(
      names = "--expect-plan",
      paramLabel = "DIGEST",
      description = "Refused if the plan is not the one that a dry run showed, by its digest.")
  private String expectedPlan = "";

  @Option(
      names = "--exit-code",
      description = "With --dry-run: exits with 4 if something would change.")
  private boolean exitCode;

  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  Apply(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (exitCode && !dryRun) {
      throw CommandFailure.usage("--exit-code goes with --dry-run");
    }
    Declarations declared = DeclarationFiles.read(files, terminal.in());
    requireReadable(declared);
    try (var connection = server.connect(terminal)) {
      ApplyResponse plan = send(connection, declared, options(declared).setDryRun(true));
      requirePossible(plan);
      requireExpected(plan);
      if (dryRun || plan.getChangesCount() == 0) {
        print(plan);
        return (dryRun && exitCode && plan.getChangesCount() > 0 ? ExitCode.PENDING : ExitCode.DONE)
            .number();
      }
      if (output.format() == Output.TABLE) {
        print(plan);
      }
      done(plan, carryOut(connection, declared, plan));
      return ExitCode.DONE.number();
    }
  }

  private void requireReadable(Declarations declared) {
    if (declared.problems().isEmpty()) {
      if (declared.objects().isEmpty()) {
        throw CommandFailure.failed(
            Text.of("%s: nothing is declared there", String.join(", ", files)));
      }
      return;
    }
    declared.problems().forEach(problem -> terminal.err().println(Printable.line(problem.text())));
    throw CommandFailure.failed(
        Text.of(
            "%s (nothing was sent)",
            count(
                declared.problems().size(),
                "problem in what is declared",
                "problems in what is declared")));
  }

  private void requirePossible(ApplyResponse plan) {
    if (plan.getProblemsCount() == 0) {
      return;
    }
    if (output.format() == Output.JSON) {
      print(plan);
    }
    plan.getProblemsList()
        .forEach(problem ->
            terminal
                .err()
                .println(
                    Printable.line(
                        Text.of(
                            "%s: %s: %s",
                            problem.getPosition(), problem.getThing(), problem.getMessage()))));
    throw CommandFailure.failed(
        Text.of("%s (nothing was changed)", count(plan.getProblemsCount(), "problem", "problems")));
  }

  private void requireExpected(ApplyResponse plan) {
    String now = plan.getSummary().getPlan();
    if (!expectedPlan.isEmpty() && !expectedPlan.equals(now)) {
      throw CommandFailure.failed(
          Text.of(
              "the plan is %s (expected: %s; look at it again with --dry-run)",
              Printable.line(now), Printable.line(expectedPlan)));
    }
  }

  private static String count(int number, String one, String several) {
    return Text.of("%d %s", number, number == 1 ? one : several);
  }

  private ApplyOptions.Builder options(Declarations declared) {
    return ApplyOptions.newBuilder()
        .setReason(reason)
        .setSet(declared.set())
        .setPrune(prune)
        .setAdopt(adopt);
  }

  private static ApplyResponse send(
      DaemonConnection connection, Declarations declared, ApplyOptions.Builder options) {
    return connection.change(
        SetsGrpc::newStub,
        (stub, id) ->
            new ApplyCall(stub).run(options.clone().setRequestId(id).build(), declared.objects()));
  }

  private ApplyResponse carryOut(
      DaemonConnection connection, Declarations declared, ApplyResponse plan) {
    var options = options(declared).setExpectedPlan(plan.getSummary().getPlan());
    plan.getChangesList()
        .forEach(change ->
            options.addExpectedRevisions(
                ExpectedRevision.newBuilder()
                    .setThing(change.getThing())
                    .setRevision(change.getRevision())));
    return send(connection, declared, options);
  }

  private void print(ApplyResponse plan) {
    output.format().print(terminal.out(), plan, new ApplyView(plan, terminal.colours()).sheet());
  }

  private void done(ApplyResponse plan, ApplyResponse done) {
    ApplyResponse all =
        ApplyResponse.newBuilder()
            .setSummary(done.getSummary())
            .addAllChanges(plan.getChangesList())
            .addAllLeft(plan.getLeftList())
            .build();
    output.format().print(terminal.out(), all, new ApplyView(all, terminal.colours()).done());
  }
}
