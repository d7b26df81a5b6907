package dev.credence.cli;

import dev.credence.cli.print.Labels;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.NodeDecisionResponse;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/// Nodes as people read them.
record NodeView(Times times) {

  Consumer<PrintWriter> table(List<Node> nodes) {
    var table =
        new Table(
            "ID", "HOST", "STATE", "CONNECTED", "ATTESTOR", "LABELS", "ATTESTED", "LAST SEEN");
    for (var node : nodes) {
      table.row(
          node.getId(),
          node.getHostName(),
          node.getState(),
          yesNo(node.getConnected()),
          node.getAttestor(),
          Labels.of(node.getLabelsMap()),
          times.format(node.getAttestedAt()),
          times.format(node.getLastSeenAt()));
    }
    return table::print;
  }

  Consumer<PrintWriter> decided(NodeDecisionResponse decided) {
    if (decided.getUnchanged()) {
      return out -> {
        out.println(ChangeView.already(times.format(decided.getAlreadySince())));
        out.println();
        lines(decided.getNode()).print(out);
      };
    }
    return lines(decided.getNode())
            .line("Executions ended", Integer.toUnsignedString(decided.getEnded()))
        ::print;
  }

  Consumer<PrintWriter> sheet(Node node) {
    return lines(node)::print;
  }

  private Sheet lines(Node node) {
    return new Sheet()
        .line("Node", node.getId())
        .line("SPIFFE ID", node.getSpiffeId())
        .line("Host name", node.getHostName())
        .line("State", node.getState())
        .line("Connected", yesNo(node.getConnected()))
        .line("To server", node.getConnectedServerId())
        .line("Attested by", node.getAttestor())
        .line("Labels", Labels.of(node.getLabelsMap()))
        .lines("Selectors", node.getSelectorsList())
        .line("Software", node.getSoftware())
        .line("Attested", times.format(node.getAttestedAt()))
        .line("SVID valid until", times.format(node.getSvidNotAfter()))
        .line("Last seen", times.format(node.getLastSeenAt()));
  }

  private static String yesNo(boolean value) {
    return value ? "yes" : "no";
  }
}
