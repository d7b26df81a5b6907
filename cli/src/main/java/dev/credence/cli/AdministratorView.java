package dev.credence.cli;

import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.Administrator;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/// Administrators as people read them.
final class AdministratorView {

  private final Times times;

  AdministratorView(Times times) {
    this.times = times;
  }

  Consumer<PrintWriter> table(List<Administrator> administrators) {
    var table = new Table("NAME", "ROLE", "OWNERS", "PERSON", "STATE", "SVID UNTIL");
    administrators.forEach(one ->
        table.row(
            one.getName(),
            one.getRole(),
            String.join(" ", one.getOwnersList()),
            one.getPerson(),
            one.getState(),
            until(one)));
    return table::print;
  }

  private String until(Administrator one) {
    return one.hasSvidExpiresAt() ? times.format(one.getSvidExpiresAt()) : "not enrolled";
  }

  Consumer<PrintWriter> sheet(Administrator one) {
    var sheet =
        new Sheet()
            .line("Administrator", one.getName())
            .line("Id", one.getId())
            .line("SPIFFE ID", one.getSpiffeId())
            .line("Role", one.getRole())
            .lines("Owner", one.getOwnersList())
            .line("Person", one.getPerson())
            .line("State", one.getState())
            .line("SVIDs live", Times.format(one.getSvidTtl()))
            .line("SVID until", until(one))
            .line("Key", one.getKey());
    if (one.hasTokenExpiresAt()) {
      sheet.line("Token until", times.format(one.getTokenExpiresAt()));
    }
    return sheet
            .line("Created", times.format(one.getCreatedAt()))
            .line("Revision", Long.toUnsignedString(one.getRevision()))
        ::print;
  }
}
