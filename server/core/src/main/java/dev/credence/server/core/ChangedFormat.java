package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.Effect;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.port.View;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Remembers what a change was said to have done; the thing itself is looked up. Immutable.
final class ChangedFormat<T> implements AnswerFormat<Changed<T>> {
  private static final int ID_BYTES = 16;

  private final ChangeRunner.Showing<T> showing;

  ChangedFormat(ChangeRunner.Showing<T> showing) {
    this.showing = showing;
  }

  @Override
  public byte[] encode(Changed<T> answer) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      ChangeReport report = answer.report();
      out.write(report.about().bytes());
      out.writeInt(report.fields().size());
      for (FieldChange field : report.fields()) {
        texts(out, field.thing(), field.field(), field.before(), field.after());
      }
      out.writeInt(report.executions().shown().size());
      for (Affected execution : report.executions().shown()) {
        out.write(execution.execution().bytes());
        out.write(execution.node().bytes());
        out.writeInt(execution.pid());
        texts(out, execution.subject(), execution.effect().name(), execution.reason());
      }
      out.writeInt(report.executions().more());
      // The last: answers that were remembered before there was such a time end here.
      if (report.since().isPresent()) {
        Instant since = report.since().get();
        out.writeLong(since.getEpochSecond());
        out.writeInt(since.getNano());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public Changed<T> decode(View view, Reach reach, byte[] bytes) throws ServerException {
    reach.requireStill(view, Id.fromBytes(Arrays.copyOf(bytes, ID_BYTES)));
    return decode(view, bytes);
  }

  @Override
  public Changed<T> decode(View view, byte[] bytes) throws ServerException {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Id about = id(in);
      List<FieldChange> fields = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        fields.add(new FieldChange(text(in), text(in), text(in), text(in)));
      }
      List<Affected> executions = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        executions.add(execution(in));
      }
      var report =
          new ChangeReport(
              about,
              true,
              fields,
              new ChangeReport.Executions(executions, in.readInt()),
              since(in));
      return new Changed<>(showing.of(view, about), report);
    } catch (IOException e) {
      throw new UncheckedIOException("a remembered answer cannot be read", e);
    }
  }

  private static Optional<Instant> since(DataInputStream in) throws IOException {
    return in.available() == 0
        ? Optional.empty()
        : Optional.of(Instant.ofEpochSecond(in.readLong(), in.readInt()));
  }

  private static Affected execution(DataInputStream in) throws IOException {
    Id execution = id(in);
    Id node = id(in);
    int pid = in.readInt();
    return new Affected(execution, text(in), node, pid, Effect.valueOf(text(in)), text(in));
  }

  private static Id id(DataInputStream in) throws IOException {
    return Id.fromBytes(in.readNBytes(ID_BYTES));
  }

  private static void texts(DataOutputStream out, String... texts) throws IOException {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
