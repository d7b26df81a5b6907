package dev.credence.cli.print;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;

/// Messages as JSON, as the Protobuf JSON mapping defines it; fields without presence are always
/// there.
public final class Json {

  private static final JsonFormat.Printer PRETTY =
      JsonFormat.printer().alwaysPrintFieldsWithNoPresence();
  private static final JsonFormat.Printer ONE_LINE = PRETTY.omittingInsignificantWhitespace();

  private Json() {}

  /// For a whole answer: indented.
  public static String pretty(MessageOrBuilder message) {
    return print(PRETTY, message);
  }

  /// For one of many: on one line.
  public static String line(MessageOrBuilder message) {
    return print(ONE_LINE, message);
  }

  private static String print(JsonFormat.Printer printer, MessageOrBuilder message) {
    try {
      return printer.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message without Any cannot be unprintable", e);
    }
  }
}
