package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import dev.credence.platform.linux.FileRefusedException;
import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.FolderEntry;
import dev.credence.platform.linux.ReadFile;
import dev.credence.platform.linux.ReadFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Goes through a folder and hands on what is code. For one reading, by one thread.
final class TreeReader {
  private static final int OWNER_MAY_EXECUTE = 0x40;

  private final Budget budget;
  private final ContentReader contents;
  private final List<TreeEntry> entries = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private final boolean ignores;
  private IgnoreRules rules;
  private int ignoredCount;

  /// @param ignores the ignore file and what is always ignored count
  TreeReader(Budget budget, ContentReader contents, boolean ignores) {
    this.budget = budget;
    this.contents = contents;
    this.ignores = ignores;
    this.rules = ignores ? IgnoreRules.builtIn() : IgnoreRules.none();
  }

  static boolean executable(FileStat stat) {
    return (stat.mode() & OWNER_MAY_EXECUTE) != 0;
  }

  /// A whole folder.
  void folder(ReadFolder root, TreeSink sink) throws IOException, CodeRefusedException {
    List<FolderEntry> names = list(root, "");
    if (ignores && names.stream().anyMatch(entry -> entry.name().equals(IgnoreRules.FILE))) {
      rules = rules(root);
    }
    into(root, names, "", 1, sink);
  }

  /// A tree of one file.
  void file(String name, ReadFile file, TreeSink sink) throws IOException, CodeRefusedException {
    TreePath.require(name, budget.limits());
    add(name, name, file, sink);
    sink.seal();
  }

  List<TreeEntry> entries() {
    return entries;
  }

  Ignored ignored() {
    return new Ignored(ignoredCount, ignored);
  }

  private IgnoreRules rules(ReadFolder root) throws IOException, CodeRefusedException {
    try (ReadFile file = open(root, IgnoreRules.FILE, IgnoreRules.FILE)) {
      return IgnoreRules.parse(contents.bytes(IgnoreRules.FILE, file, IgnoreRules.LARGEST));
    }
  }

  private List<FolderEntry> list(ReadFolder folder, String path)
      throws IOException, CodeRefusedException {
    try {
      List<FolderEntry> names = folder.list(budget.namesLeft(), budget.nameBytesLeft());
      budget.names(names);
      return names;
    } catch (FileRefusedException e) {
      throw Refusals.of(path.isEmpty() ? "." : path, e);
    }
  }

  private void into(
      ReadFolder folder, List<FolderEntry> names, String path, int depth, TreeSink sink)
      throws IOException, CodeRefusedException {
    for (FolderEntry entry : names) {
      String inner = TreePath.join(path, entry.name());
      budget.requireTime();
      FolderEntry.Kind kind = kind(folder, entry, inner);
      if (rules.ignores(inner, kind == FolderEntry.Kind.FOLDER)) {
        ignore(inner, kind);
        continue;
      }
      TreePath.require(inner, budget.limits());
      switch (kind) {
        case FOLDER -> deeper(folder, entry.name(), inner, depth, sink);
        case FILE -> {
          try (ReadFile file = open(folder, entry.name(), inner)) {
            add(entry.name(), inner, file, sink);
          }
        }
        case LINK -> link(folder, entry.name(), inner, sink);
        case FIFO, SOCKET, DEVICE, UNKNOWN -> throw unfit(inner, kind);
      }
    }
    sink.seal();
  }

  private static FolderEntry.Kind kind(ReadFolder folder, FolderEntry entry, String path)
      throws IOException, CodeRefusedException {
    try {
      return entry.kind() == FolderEntry.Kind.UNKNOWN ? folder.kind(entry.name()) : entry.kind();
    } catch (FileRefusedException e) {
      throw Refusals.of(path, e);
    }
  }

  private void ignore(String path, FolderEntry.Kind kind) {
    ignoredCount++;
    if (ignored.size() < Ignored.MOST_TOLD) {
      ignored.add(kind == FolderEntry.Kind.FOLDER ? path + "/" : path);
    }
  }

  private void deeper(ReadFolder folder, String name, String path, int depth, TreeSink sink)
      throws IOException, CodeRefusedException {
    budget.requireDepth(path, depth);
    try (ReadFolder inner = folder.folder(name);
        TreeSink below = sink.folder(name)) {
      into(inner, list(inner, path), path, depth + 1, below);
    } catch (FileRefusedException e) {
      throw Refusals.of(path, e);
    }
  }

  private void add(String name, String path, ReadFile file, TreeSink sink)
      throws IOException, CodeRefusedException {
    budget.entry(path);
    FileStat stat = file.stat();
    try {
      Content content = sink.file(name, path, file, stat);
      entries.add(new TreeEntry.File(path, executable(stat), content.length(), content.digest()));
    } catch (FileRefusedException e) {
      throw Refusals.of(path, e);
    }
  }

  /// The kind is the opened file's: what was listed may be something else by now.
  private static ReadFile open(ReadFolder folder, String name, String path)
      throws IOException, CodeRefusedException {
    ReadFile file;
    try {
      file = folder.file(name);
    } catch (FileRefusedException e) {
      throw Refusals.of(path, e);
    }
    FileStat stat = file.stat();
    if (!stat.isRegular()) {
      file.close();
      throw unfit(path, FolderEntry.Kind.UNKNOWN);
    }
    return file;
  }

  private void link(ReadFolder folder, String name, String path, TreeSink sink)
      throws IOException, CodeRefusedException {
    budget.entry(path);
    try {
      String target = folder.link(name);
      LinkTarget.require(path, target);
      sink.link(name, target);
      entries.add(new TreeEntry.Link(path, target));
    } catch (FileRefusedException e) {
      throw Refusals.of(path, e);
    }
  }

  private static CodeRefusedException unfit(String path, FolderEntry.Kind kind) {
    String found = kind == FolderEntry.Kind.UNKNOWN ? "no regular file" : "a " + kind.label();
    return new CodeRefusedException(
        Printable.quoted(path)
            + " is "
            + found
            + " (expected: regular files, folders and symbolic links; or name it in "
            + IgnoreRules.FILE
            + ")");
  }
}
