package dev.credence.cli;

import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.Owner;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/// Owners as people read them.
record OwnerView(Times times) {

  Consumer<PrintWriter> table(List<Owner> owners) {
    var table =
        new Table("NAME", "DISPLAY", "ACCOUNTABLE", "CONTACT", "PARENT", "STATE", "CREATED");
    for (var owner : owners) {
      table.row(
          owner.getName(),
          owner.getDisplayName(),
          owner.getAccountable().getName(),
          owner.getContact(),
          owner.getParent(),
          owner.getState(),
          times.format(owner.getCreatedAt()));
    }
    return table::print;
  }

  Consumer<PrintWriter> sheet(Owner owner) {
    return new Sheet()
            .line("Owner", owner.getName())
            .line("Id", owner.getId())
            .line("Display name", owner.getDisplayName())
            .line("Accountable", owner.getAccountable().getName())
            .line("Contact", owner.getContact())
            .line("Parent", owner.getParent())
            .line("State", owner.getState())
            .line("Revision", Long.toUnsignedString(owner.getRevision()))
            .line("Created", times.format(owner.getCreatedAt()))
        ::print;
  }
}
