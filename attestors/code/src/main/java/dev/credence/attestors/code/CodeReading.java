package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import dev.credence.platform.linux.FileRefusedException;
import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.FolderEntry;
import dev.credence.platform.linux.LocalFileSystems;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.NamedPlace;
import dev.credence.platform.linux.ReadAs;
import dev.credence.platform.linux.ReadFile;
import dev.credence.platform.linux.ReadFolder;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Optional;

/// Reads what a request names, from its beginning to its digest. Thread-safe; each reading stays in
/// its thread.
final class CodeReading {
  private final Provider provider;
  private final CodeLimits limits;
  private final DigestMemory memory;
  private final Optional<MountTable> local;
  private final boolean ignores;

  private CodeReading(
      Provider provider,
      CodeLimits limits,
      DigestMemory memory,
      Optional<MountTable> local,
      boolean ignores) {
    this.provider = provider;
    this.limits = limits;
    this.memory = memory;
    this.local = local;
    this.ignores = ignores;
  }

  /// Of a person's own code, wherever it lies.
  static CodeReading anywhere(Provider provider, CodeLimits limits, DigestMemory memory) {
    return new CodeReading(provider, limits, memory, Optional.empty(), true);
  }

  /// Of what users of the node name. File systems that are not the kernel's own are refused: they
  /// could keep the node waiting, and some show it what they show nobody else.
  ///
  /// @param mounts the node's own
  static CodeReading local(
      Provider provider, CodeLimits limits, DigestMemory memory, MountTable mounts) {
    return new CodeReading(provider, limits, memory, Optional.of(mounts), true);
  }

  /// Of the copies in the store, in which everything counts. Where the store belongs to the user of
  /// the programs, that user can mount something over a copy.
  ///
  /// @param mounts the node's own
  static CodeReading ofCopies(
      Provider provider, CodeLimits limits, DigestMemory memory, MountTable mounts) {
    return new CodeReading(provider, limits, memory, Optional.of(mounts), false);
  }

  /// Says what becomes of the tree.
  interface Destination {
    TreeSink sink(ContentReader reader) throws IOException;
  }

  /// Who waits for a reading.
  @FunctionalInterface
  interface Waiter {
    /// True once nobody does any more. Any thread may ask.
    boolean isOver();

    /// Asked for when what is to be read is held and found to be on a file system that answers, and
    /// not before: the way there may lead through one that does not.
    default Turn turn() throws CodeRefusedException {
      return () -> {};
    }
  }

  /// The right to read now, given back by closing it.
  @FunctionalInterface
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /// Looks at what is held, before anything is read.
  @FunctionalInterface
  interface Guard {
    /// @throws CodeRefusedException if it is not to be read
    void require(FileStat found) throws CodeRefusedException;
  }

  CodeLimits limits() {
    return limits;
  }

  /// Reads all of it.
  Tree read(CodeRequest request, ReadAs rights, Waiter waiter, Destination destination)
      throws IOException, CodeRefusedException {
    return read(request, rights, waiter, destination, _ -> {});
  }

  /// The same, of what the guard lets pass.
  Tree read(CodeRequest request, ReadAs rights, Waiter waiter, Destination destination, Guard guard)
      throws IOException, CodeRefusedException {
    try (NamedPlace place = hold(request, rights)) {
      requireLocal(request, place);
      guard.require(place.stat());
      try (Turn _ = waiter.turn()) {
        return read(request, place, new Budget(limits, waiter::isOver), destination);
      }
    }
  }

  private Tree read(CodeRequest request, NamedPlace place, Budget budget, Destination destination)
      throws IOException, CodeRefusedException {
    try (var contents = new ContentReader(sha256(), budget, memory);
        TreeSink sink = destination.sink(contents)) {
      var reader = new TreeReader(budget, contents, ignores);
      read(request, place, reader, sink);
      if (reader.entries().isEmpty()) {
        throw new CodeRefusedException(
            "no code in " + shown(request) + " (expected: at least one file that is not ignored)");
      }
      return new Tree(
          TreeDigest.of(reader.entries(), sha256()),
          reader.entries(),
          reader.ignored(),
          place.kind() == FolderEntry.Kind.FILE);
    }
  }

  private static NamedPlace hold(CodeRequest request, ReadAs rights)
      throws IOException, CodeRefusedException {
    try {
      return NamedPlace.hold(request.place(), rights);
    } catch (FileRefusedException e) {
      throw Refusals.of(request.place(), e);
    }
  }

  private void requireLocal(CodeRequest request, NamedPlace place)
      throws IOException, CodeRefusedException {
    if (local.isEmpty()) {
      return;
    }
    String type = local.get().fileSystem(place.stat().mountId()).orElse("unknown");
    if (!LocalFileSystems.contains(type)) {
      throw new CodeRefusedException(
          shown(request)
              + " is on a file system of type "
              + Printable.quoted(type)
              + " (expected: one that only this machine's kernel serves, such as ext4, xfs or tmpfs)");
    }
  }

  private static void read(CodeRequest request, NamedPlace place, TreeReader reader, TreeSink sink)
      throws IOException, CodeRefusedException {
    try {
      switch (place.kind()) {
        case FOLDER -> {
          try (ReadFolder folder = place.folder()) {
            reader.folder(folder, sink);
          }
        }
        case FILE -> {
          try (ReadFile file = place.file()) {
            reader.file(request.name(), file, sink);
          }
        }
        case FolderEntry.Kind other ->
            throw new CodeRefusedException(
                shown(request) + " is a " + other.label() + " (expected: a folder or a file)");
      }
    } catch (FileRefusedException e) {
      throw Refusals.of(request.place(), e);
    }
  }

  static String shown(CodeRequest request) {
    return Printable.quoted(request.place(), 200);
  }

  private MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256", provider);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(
          "provider " + provider.getName() + " has no SHA-256 (expected: it has)", e);
    }
  }
}
