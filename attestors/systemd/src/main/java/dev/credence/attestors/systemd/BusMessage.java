package dev.credence.attestors.systemd;

import java.util.Map;

/// A message on the bus (D-Bus Specification, "Message Protocol").
///
/// @param kind [#CALL], [#REPLY], [#ERROR] or [#SIGNAL]
/// @param serial number that its sender gave to it
/// @param header fields by their code; texts are String, numbers are Long
/// @param body not decoded yet
record BusMessage(int kind, long serial, Map<Integer, Object> header, MessageBody body) {
  static final int CALL = 1;
  static final int REPLY = 2;
  static final int ERROR = 3;
  static final int SIGNAL = 4;

  static final int PATH = 1;
  static final int INTERFACE = 2;
  static final int MEMBER = 3;
  static final int ERROR_NAME = 4;
  static final int REPLY_SERIAL = 5;
  static final int DESTINATION = 6;
  static final int SENDER = 7;
  static final int SIGNATURE = 8;

  BusMessage {
    header = Map.copyOf(header);
  }

  /// A text of the header; empty if it is not there.
  String text(int field) {
    return header.get(field) instanceof String text ? text : "";
  }

  /// True if this answers the message with that number.
  boolean answers(long number) {
    return (kind == REPLY || kind == ERROR)
        && Long.valueOf(number).equals(header.get(REPLY_SERIAL));
  }
}
