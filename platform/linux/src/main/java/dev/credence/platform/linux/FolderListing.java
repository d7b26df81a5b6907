package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The names in an open folder.
final class FolderListing {
  private static final int BUFFER = 64 * 1024;
  private static final int LENGTH_AT = 16;
  private static final int TYPE_AT = 18;
  private static final int NAME_AT = 19;

  private FolderListing() {}

  /// All but `.` and `..`.
  ///
  /// @param most how many are read
  /// @param mostBytes how long these may be together
  static List<FolderEntry> read(int fd, int most, long mostBytes) throws FileRefusedException {
    var entries = new ArrayList<FolderEntry>();
    long bytes = 0;
    try (Libc libc = Libc.frame()) {
      MemorySegment buffer = libc.allocate(BUFFER, 8);
      long length;
      while ((length = FileCalls.getdents(libc, fd, buffer)) != 0) {
        if (length < 0) {
          throw FileRefusedException.of("getdents64", length);
        }
        collect(buffer.asSlice(0, length), entries);
        bytes += length;
        if (entries.size() > most || bytes - NAME_AT * (long) entries.size() > mostBytes) {
          throw new FileRefusedException(
              FileRefusedException.Why.TOO_MANY,
              "more than " + most + " names, or " + mostBytes + " bytes of names");
        }
      }
    }
    return entries;
  }

  private static void collect(MemorySegment listing, List<FolderEntry> into)
      throws FileRefusedException {
    long at = 0;
    while (at < listing.byteSize()) {
      int length = Short.toUnsignedInt(listing.get(JAVA_SHORT_UNALIGNED, at + LENGTH_AT));
      MemorySegment entry = listing.asSlice(at, length);
      String name = name(entry.asSlice(NAME_AT));
      if (!name.equals(".") && !name.equals("..")) {
        into.add(new FolderEntry(name, FolderEntry.Kind.ofListing(entry.get(JAVA_BYTE, TYPE_AT))));
      }
      at += length;
    }
  }

  /// Bytes up to the first 0.
  private static String name(MemorySegment terminated) throws FileRefusedException {
    int length = 0;
    while (terminated.get(JAVA_BYTE, length) != 0) {
      length++;
    }
    return decode(terminated.asSlice(0, length).toArray(JAVA_BYTE));
  }

  /// Strictly: two names of different bytes never become one text.
  static String decode(byte[] name) throws FileRefusedException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(name))
          .toString();
    } catch (CharacterCodingException e) {
      throw new FileRefusedException(
          FileRefusedException.Why.NAME,
          "name of the bytes " + HexFormat.of().formatHex(name) + " (expected: UTF-8)");
    }
  }
}
