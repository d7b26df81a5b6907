package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import dev.credence.certs.Sha256;
import dev.credence.platform.linux.FileBuffer;
import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.NewFile;
import dev.credence.platform.linux.ReadFile;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Optional;

/// Reads files once, to their end, digesting what it read and writing the same bytes on. For one
/// thread.
final class ContentReader implements AutoCloseable {
  private final MessageDigest sha256;
  private final Budget budget;
  private final DigestMemory memory;
  private final FileBuffer buffer = new FileBuffer();

  ContentReader(MessageDigest sha256, Budget budget, DigestMemory memory) {
    this.sha256 = sha256;
    this.budget = budget;
    this.memory = memory;
  }

  /// What is known of the file already.
  Optional<Content> recall(String path, FileStat stat) throws CodeRefusedException {
    budget.requireSize(path, stat.version().size());
    Optional<Content> known =
        memory.recall(stat.version()).map(digest -> new Content(stat.version().size(), digest));
    known.ifPresent(content -> budget.bytes(content.length()));
    return known;
  }

  /// @param copy receives what is read
  Content read(String path, ReadFile file, FileStat stat, Optional<NewFile> copy)
      throws IOException, CodeRefusedException {
    budget.requireSize(path, stat.version().size());
    long length = 0;
    int count;
    while ((count = file.read(buffer)) > 0) {
      length += count;
      budget.requireSize(path, length);
      budget.requireTime();
      sha256.update(buffer.content(count));
      if (copy.isPresent()) {
        copy.get().write(buffer, count);
      }
    }
    budget.bytes(length);
    var content = new Content(length, Sha256.fromBytes(sha256.digest()));
    if (file.stat().version().equals(stat.version()) && stat.version().size() == length) {
      memory.remember(stat.version(), content.digest());
    }
    return content;
  }

  /// Reads a small file.
  byte[] bytes(String path, ReadFile file, int most) throws IOException, CodeRefusedException {
    byte[] bytes = new byte[most + 1];
    int length = 0;
    int count;
    while (length <= most && (count = file.read(buffer)) > 0) {
      int taken = Math.min(count, bytes.length - length);
      buffer.content(count).get(bytes, length, taken);
      length += taken;
      budget.requireTime();
    }
    if (length > most) {
      throw new CodeRefusedException(
          Printable.quoted(path) + " has more than " + most + " bytes (expected: at most that)");
    }
    return java.util.Arrays.copyOf(bytes, length);
  }

  @Override
  public void close() {
    buffer.close();
  }
}
