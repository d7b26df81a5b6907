package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ApplyReport.Counts;
import dev.credence.server.core.ApplyReport.Told;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.Effect;
import dev.credence.server.core.ChangeReport.Executions;
import dev.credence.server.core.port.View;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Remembers what a set of declarations was said to have done. Immutable.
final class ApplyFormat implements AnswerFormat<ApplyReport> {
  private static final int ID_BYTES = 16;

  @Override
  public byte[] encode(ApplyReport answer) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeUTF(answer.plan());
      Counts counts = answer.counts();
      out.writeInt(counts.created());
      out.writeInt(counts.updated());
      out.writeInt(counts.transferred());
      out.writeInt(counts.retired());
      out.writeInt(counts.unchanged());
      out.writeInt(answer.executions().more());
      out.writeInt(answer.executions().shown().size());
      for (Affected execution : answer.executions().shown()) {
        out.write(execution.execution().bytes());
        out.writeUTF(execution.subject());
        out.write(execution.node().bytes());
        out.writeInt(execution.pid());
        out.writeUTF(execution.effect().name());
        out.writeUTF(execution.reason());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public ApplyReport decode(View view, byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      String plan = in.readUTF();
      var counts = new Counts(in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readInt());
      int more = in.readInt();
      List<Affected> shown = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        Id execution = id(in);
        String subject = in.readUTF();
        Id node = id(in);
        int pid = in.readInt();
        shown.add(
            new Affected(
                execution, subject, node, pid, Effect.valueOf(in.readUTF()), in.readUTF()));
      }
      return new ApplyReport(true, plan, counts, new Executions(shown, more), Told.nothing());
    } catch (IOException e) {
      throw new UncheckedIOException("a remembered answer cannot be read", e);
    }
  }

  private static Id id(DataInputStream in) throws IOException {
    return Id.fromBytes(in.readNBytes(ID_BYTES));
  }
}
