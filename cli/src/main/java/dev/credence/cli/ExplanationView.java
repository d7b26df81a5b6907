package dev.credence.cli;

import dev.credence.cli.print.Labels;
import dev.credence.cli.print.Sheet;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.proto.local.v1.Failed;
import dev.credence.proto.local.v1.Match;
import dev.credence.proto.local.v1.NearMiss;
import dev.credence.proto.local.v1.Withheld;
import java.io.PrintWriter;
import java.util.function.Consumer;

/// The node's view of a process, for people.
record ExplanationView(Explanation explanation) {

  Consumer<PrintWriter> sheet() {
    var sheet = new Sheet();
    if (!explanation.getNodeProblem().isEmpty()) {
      sheet.line("Node", explanation.getNodeProblem());
    }
    process(sheet);
    ExecutionView.properties(sheet, explanation.getAttestation());
    sheet
        .section("Registrations")
        .line("For this node", Integer.toUnsignedString(explanation.getRegistrations()));
    sheet.line("Outcome", outcome());
    explanation.getMatchesList().forEach(match -> match(sheet, match));
    explanation.getWithheldList().forEach(withheld -> withheld(sheet, withheld));
    explanation.getNearestList().forEach(miss -> miss(sheet, miss));
    return sheet::print;
  }

  private void process(Sheet sheet) {
    var attestation = explanation.getAttestation();
    var process = attestation.getProcess();
    if (process.getMark().getPid() == 0) {
      // Nothing was read of it: what is not known is not shown.
      sheet.line("Problem", explanation.getProblem());
      return;
    }
    sheet
        .line("Process", Integer.toUnsignedString(process.getMark().getPid()))
        .line(
            "Uid, gid",
            Integer.toUnsignedString(process.getUid())
                + ", "
                + Integer.toUnsignedString(process.getGid()))
        .line("Executable", process.getExecutable())
        .line("Isolation", Labels.of(attestation.getIsolation()));
    if (!explanation.getProblem().isEmpty()) {
      sheet.line("Problem", explanation.getProblem());
    }
  }

  private String outcome() {
    if (!explanation.getProblem().isEmpty()) {
      return "cannot be attested: no identity";
    }
    var barred =
        explanation.getMatchesList().stream()
            .filter(match -> !match.getBarredByExecutionId().isEmpty())
            .count();
    if (explanation.getShutOut()) {
      return "the server does not accept this node: no identity";
    }
    if (barred > 0 && barred == explanation.getMatchesCount()) {
      return "barred on this node: no identity";
    }
    if (explanation.getMatchesCount() > 0
        && explanation.getMatchesList().stream().allMatch(ExplanationView::isNotIssued)) {
      return "it matches, but was given no certificate: no identity so far";
    }
    if (explanation.getMatchesCount() > 0) {
      return explanation.getMatchesCount() == 1
          ? "one identity"
          : explanation.getMatchesCount() + " identities";
    }
    if (explanation.getWithheldCount() > 0) {
      return reason(explanation.getWithheld(0).getReason()) + ": no identity";
    }
    return explanation.getSynchronised()
        ? "no registration matches: no identity"
        : "the node has not heard from the server yet: no identity so far";
  }

  private static boolean isNotIssued(Match match) {
    return match.getExecutionId().isEmpty() && !match.getNotIssued().isEmpty();
  }

  private static void match(Sheet sheet, Match match) {
    sheet
        .section("Matches " + match.getSpiffeId())
        .line("Registration", match.getRegistrationId())
        .lines("Selectors", match.getSelectorsList().stream().map(Labels::of).toList())
        .line("Execution", match.getExecutionId().isEmpty() ? "none yet" : match.getExecutionId());
    if (!match.getNotIssued().isEmpty()) {
      sheet.line("No certificate", match.getNotIssued());
    }
    if (!match.getBarredByExecutionId().isEmpty()) {
      sheet.line(
          "Barred",
          "since execution "
              + match.getBarredByExecutionId()
              + " was revoked (an administrator lifts it: credence execution unbar "
              + match.getBarredByExecutionId()
              + ")");
    }
  }

  private static void withheld(Sheet sheet, Withheld withheld) {
    sheet
        .section("Matches, but withheld: " + withheld.getSpiffeId())
        .line("Why", reason(withheld.getReason()))
        .line("Registration", withheld.getRegistrationId())
        .lines("Selectors", withheld.getSelectorsList().stream().map(Labels::of).toList());
  }

  private static String reason(String word) {
    return switch (word) {
      case "subject-suspended" -> "it matches, but is suspended";
      case "subject-retired" -> "it matches, but is retired";
      case "owner-suspended" -> "it matches, but its owner is suspended";
      case "owner-retired" -> "it matches, but its owner is retired";
      default -> "it matches, but is withheld (" + word + ")";
    };
  }

  private static void miss(Sheet sheet, NearMiss miss) {
    sheet
        .section("Nearest: " + miss.getSpiffeId())
        .line("Registration", miss.getRegistrationId())
        .lines("Selectors", miss.getSelectorsList().stream().map(Labels::of).toList())
        .lines("Failed", miss.getFailedList().stream().map(ExplanationView::failed).toList());
  }

  private static String failed(Failed failed) {
    if (!failed.getDemand().isEmpty()) {
      return failed.getDemand();
    }
    var seen =
        failed.getSeenCount() == 0
            ? "nothing of that name"
            : String.join(", ", failed.getSeenList());
    return Labels.of(failed.getSelector()) + " (seen: " + seen + ")";
  }
}
