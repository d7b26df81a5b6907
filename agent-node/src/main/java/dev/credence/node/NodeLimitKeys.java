package dev.credence.node;

import dev.credence.attestors.code.CodeLimits;
import dev.credence.attestors.code.StoreLimits;
import dev.credence.platform.config.ConfigDocument;
import dev.credence.platform.config.Key;
import dev.credence.platform.config.Parsers;
import dev.credence.transport.ConnectionLimits;
import java.util.List;

/// The keys of a node's limits, and what they come to. Stateless.
final class NodeLimitKeys {
  private static final int MOST = 1_000_000;
  private static final long MEBIBYTE = 1 << 20;

  static final Key<Integer> CONNECTIONS =
      limit("limits.connections", 2000, "open connections on the socket");
  static final Key<Integer> CONNECTIONS_PER_UID =
      limit("limits.connections_per_uid", 1500, "open connections of one user");
  static final Key<Integer> CONNECTIONS_PER_PID =
      limit("limits.connections_per_pid", 50, "open connections of one process");
  static final Key<Integer> STREAMS = limit("limits.streams", 8000, "open calls");
  static final Key<Integer> STREAMS_PER_UID =
      limit("limits.streams_per_uid", 6000, "open calls of one user");
  static final Key<Integer> STREAMS_PER_PID =
      limit("limits.streams_per_pid", 200, "open calls of one process");
  static final Key<Integer> PROCESSES =
      limit("limits.processes", 4000, "processes with a running execution or an open call");
  static final Key<Integer> PROCESSES_PER_UID =
      limit("limits.processes_per_uid", 3000, "such processes of one user");

  static final Key<Integer> CODE_FILES =
      Key.optional(
          "limits.code_files",
          Parsers.integer(1, MOST),
          Integer.toString(CodeLimits.usual().files()),
          "most files and symbolic links in a folder of code that is measured for a launch");
  static final Key<Integer> CODE_MEBIBYTES =
      mebibytes(
          "limits.code_mebibytes", CodeLimits.usual().bytes(), "most content of all its files");
  static final Key<Integer> CODE_FILE_MEBIBYTES =
      mebibytes(
          "limits.code_file_mebibytes",
          CodeLimits.usual().largestFile(),
          "most content of one of its files");
  static final Key<Integer> STORE_MEBIBYTES =
      mebibytes(
          "limits.code_store_mebibytes",
          StoreLimits.usual().bytes(),
          "most content of all copies of code that the node keeps, at least that of one folder");
  static final Key<Integer> STORE_MEBIBYTES_PER_UID =
      mebibytes(
          "limits.code_store_mebibytes_per_uid",
          StoreLimits.usual().bytesPerUser(),
          "of these, in use for one user's programs");

  static final List<Key<?>> ALL =
      List.of(
          CONNECTIONS,
          CONNECTIONS_PER_UID,
          CONNECTIONS_PER_PID,
          STREAMS,
          STREAMS_PER_UID,
          STREAMS_PER_PID,
          PROCESSES,
          PROCESSES_PER_UID,
          CODE_FILES,
          CODE_MEBIBYTES,
          CODE_FILE_MEBIBYTES,
          STORE_MEBIBYTES,
          STORE_MEBIBYTES_PER_UID);

  private NodeLimitKeys() {}

  /// What a file says of them.
  static Limits read(ConfigDocument document) {
    return new Limits(
        new ConnectionLimits(
            document.get(CONNECTIONS),
            document.get(CONNECTIONS_PER_UID),
            document.get(CONNECTIONS_PER_PID)),
        new Limits.Streams(
            document.get(STREAMS), document.get(STREAMS_PER_UID), document.get(STREAMS_PER_PID)),
        new Limits.Processes(document.get(PROCESSES), document.get(PROCESSES_PER_UID)),
        code(document));
  }

  private static Limits.Code code(ConfigDocument document) {
    document.require(
        document.get(STORE_MEBIBYTES) >= document.get(CODE_MEBIBYTES),
        STORE_MEBIBYTES,
        Text.of(
            "%d (expected: at least %s, which is %d)",
            document.get(STORE_MEBIBYTES), CODE_MEBIBYTES.name(), document.get(CODE_MEBIBYTES)));
    CodeLimits one = CodeLimits.usual();
    StoreLimits store = StoreLimits.usual();
    return new Limits.Code(
        new CodeLimits(
            document.get(CODE_FILES),
            bytes(document.get(CODE_MEBIBYTES)),
            bytes(document.get(CODE_FILE_MEBIBYTES)),
            one.depth(),
            one.pathBytes(),
            one.patience()),
        new StoreLimits(
            bytes(document.get(STORE_MEBIBYTES)),
            bytes(document.get(STORE_MEBIBYTES_PER_UID)),
            store.unusedFor(),
            store.atOnce(),
            store.perUser(),
            store.remembered()));
  }

  private static long bytes(int mebibytes) {
    return mebibytes * MEBIBYTE;
  }

  private static Key<Integer> mebibytes(String name, long usual, String meaning) {
    return Key.optional(
        name, Parsers.integer(1, MOST), Long.toString(usual / MEBIBYTE), meaning + ", in MiB");
  }

  private static Key<Integer> limit(String name, int usual, String meaning) {
    return Key.optional(
        name, Parsers.integer(1, MOST), Integer.toString(usual), "most " + meaning + " at once");
  }
}
