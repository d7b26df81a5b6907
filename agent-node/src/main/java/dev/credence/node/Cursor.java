package dev.credence.node;

import java.util.HexFormat;

/// A place in the server's sequence of registry changes.
///
/// @param epoch of which sequence, in hex; another one means that everything is sent again
/// @param number of the newest update that was applied
record Cursor(String epoch, long number) {
  static Cursor of(byte[] epoch, long number) {
    return new Cursor(HexFormat.of().formatHex(epoch), number);
  }

  byte[] epochBytes() {
    return HexFormat.of().parseHex(epoch);
  }
}
