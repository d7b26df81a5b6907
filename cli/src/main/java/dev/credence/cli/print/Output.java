package dev.credence.cli.print;

import com.google.protobuf.MessageOrBuilder;
import java.io.PrintWriter;
import java.util.function.Consumer;

/// How a command prints its answer. Start here: every command that prints data hands over the
/// message and says how it looks as a table.
public enum Output {
  TABLE,
  JSON;

  /// Prints the message: as JSON, or as `table` lays it out.
  public void print(PrintWriter out, MessageOrBuilder message, Consumer<PrintWriter> table) {
    switch (this) {
      case TABLE -> table.accept(out);
      case JSON -> out.println(Json.pretty(message));
    }
    out.flush();
  }
}
