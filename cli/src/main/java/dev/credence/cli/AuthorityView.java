package dev.credence.cli;

import com.google.protobuf.util.Durations;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Text;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.Authority;
import dev.credence.proto.admin.v1.AuthorityChange;
import dev.credence.proto.admin.v1.LiveCertificate;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Authorities as people read them.
record AuthorityView(Times times) {

  Consumer<PrintWriter> table(List<Authority> authorities) {
    var table =
        new Table(
            "ID",
            "KIND",
            "STATE",
            "LIVE",
            "PREPARED",
            "CHANGED",
            "VALID UNTIL",
            "BUNDLE",
            "SERVER");
    for (var authority : authorities) {
      table.row(
          authority.getId(),
          authority.getKind(),
          authority.getState(),
          Long.toUnsignedString(authority.getLiveCertificates()),
          times.format(authority.getPreparedAt()),
          times.format(authority.getChangedAt()),
          times.format(authority.getNotAfter()),
          Long.toUnsignedString(authority.getPublishedIn()),
          server(authority));
    }
    return table::print;
  }

  private static String server(Authority authority) {
    return authority.getServerRuns()
        ? authority.getServerId()
        : authority.getServerId() + " (does not run)";
  }

  Consumer<PrintWriter> sheet(AuthorityChange change) {
    var authority = change.getAuthority();
    var sheet =
        new Sheet()
            .line(change.getDryRun() ? "Would change" : "Authority", authority.getId())
            .line("Kind", authority.getKind())
            .line("State", state(change))
            .line("Server", server(authority))
            .line("Replaces", change.getReplacedId())
            .line("Valid until", times.format(authority.getNotAfter()))
            .line("In the bundle since", Long.toUnsignedString(authority.getPublishedIn()))
            .line("Live certificates", Long.toUnsignedString(authority.getLiveCertificates()))
            .lines("For example", change.getLiveList().stream().map(this::live).toList());
    if (change.hasRenewWithin()) {
      sheet.line("Renewed within", Text.of("%d s", Durations.toSeconds(change.getRenewWithin())));
    }
    sheet.lines("Not acknowledged by", change.getUnacknowledgedNodeIdsList());
    return sheet::print;
  }

  private static String state(AuthorityChange change) {
    var now = change.getAuthority().getState();
    return change.getOldState().isEmpty() || change.getOldState().equals(now)
        ? now
        : change.getOldState() + " -> " + now.toLowerCase(Locale.ROOT);
  }

  private String live(LiveCertificate certificate) {
    var holder =
        certificate.getExecutionId().isEmpty()
            ? "node " + certificate.getNodeId()
            : "execution " + certificate.getExecutionId();
    return holder + " until " + times.format(certificate.getNotAfter());
  }
}
