package dev.credence.cli;

import com.google.protobuf.ProtocolMessageEnum;
import dev.credence.cli.print.Labels;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.AttestedProperty;
import dev.credence.proto.common.v1.ExecutionLifetime;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Executions as people read them.
record ExecutionView(Times times) {

  Consumer<PrintWriter> table(List<Execution> executions) {
    var table =
        new Table(
            "ID",
            "KIND",
            "WHO",
            "PID",
            "NODE",
            "CODE",
            "ISOLATION",
            "BEGAN",
            "ENDED",
            "WHY",
            "ENDS WITH");
    for (var execution : executions) {
      table.row(
          execution.getId(),
          Labels.of(execution.getKind()),
          who(execution),
          Integer.toUnsignedString(execution.getProcess().getMark().getPid()),
          execution.getNodeId(),
          Labels.of(execution.getCode()),
          Labels.of(execution.getIsolation()),
          times.format(execution.getBeganAt()),
          times.format(execution.getEndedAt()),
          execution.getEndReason(),
          endsWith(execution));
    }
    return table::print;
  }

  Consumer<PrintWriter> sheet(Execution execution) {
    var sheet =
        new Sheet()
            .line("Execution", execution.getId())
            .line("Kind", Labels.of(execution.getKind()))
            .line(
                Labels.of(execution.getSubjectKind()).equals("agent") ? "Agent" : "Service",
                who(execution))
            .line("SPIFFE ID", execution.getSpiffeId())
            .line("Node", execution.getNodeId())
            .line("Registration", execution.getRegistrationId())
            .line("Began", times.format(execution.getBeganAt()))
            .line(
                "Ended",
                execution.hasEndedAt() ? times.format(execution.getEndedAt()) : "no, it is running")
            .line("Why", execution.getEndReason())
            .line("Ends with", endsWith(execution))
            .line("Process gone since", times.format(execution.getDetachedAt()))
            .line("Serial", execution.getSerial())
            .line("SVID valid until", times.format(execution.getSvidNotAfter()))
            .line("Code", demanded(Labels.of(execution.getCode()), execution.getMinimumCode()))
            .line(
                "Isolation",
                demanded(Labels.of(execution.getIsolation()), execution.getMinimumIsolation()))
            .line("Record", execution.getAttestationDigest());
    process(sheet, execution);
    properties(sheet, execution.getAttestation());
    return sheet::print;
  }

  private static String demanded(String is, ProtocolMessageEnum minimum) {
    var least = Labels.of(minimum);
    return least.isEmpty() ? is : is + " (demanded: at least " + least + ")";
  }

  /// Nothing for what has ended.
  private static String endsWith(Execution execution) {
    if (execution.hasEndedAt()) {
      return "";
    }
    if (execution.getLifetime() != ExecutionLifetime.EXECUTION_LIFETIME_SVID) {
      return "process";
    }
    return execution.hasDetachedAt() ? "svid (process gone)" : "svid";
  }

  private static void process(Sheet sheet, Execution execution) {
    var process = execution.getProcess();
    sheet
        .section("Process")
        .line("Pid", Integer.toUnsignedString(process.getMark().getPid()))
        .line(
            "Uid, gid",
            Integer.toUnsignedString(process.getUid())
                + ", "
                + Integer.toUnsignedString(process.getGid()))
        .line("Executable", process.getExecutable() + " (as shown by the kernel; not proof)");
  }

  /// What the node read of the process: each with its source, who controls it, and what it says of
  /// the code.
  static void properties(Sheet sheet, AttestationRecord attestation) {
    if (attestation.getPropertiesCount() == 0) {
      return;
    }
    sheet.section("Attested");
    for (var property : attestation.getPropertiesList()) {
      sheet.line(Labels.of(property.getSelector()), about(property));
    }
  }

  private static String about(AttestedProperty property) {
    var words = new ArrayList<String>();
    if (!property.getControlledBy().isEmpty()) {
      words.add("controlled by: " + property.getControlledBy());
    }
    var code = Labels.of(property.getCode());
    if (!code.isEmpty()) {
      words.add("code: " + code);
    }
    return words.isEmpty()
        ? property.getSource()
        : property.getSource() + " (" + String.join(", ", words) + ")";
  }

  private static String who(Execution execution) {
    return execution.getOwner() + "/" + execution.getAgent();
  }
}
