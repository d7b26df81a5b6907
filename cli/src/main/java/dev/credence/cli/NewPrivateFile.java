package dev.credence.cli;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/// A file that must not be there yet, readable by its owner alone. It has its name only once it is
/// whole and durable; until then, and if it is given up, there is none. Confined to one thread.
final class NewPrivateFile implements AutoCloseable {
  private final Path path;
  private final Path partial;
  private final FileChannel out;
  private final MessageDigest sha256;
  private long digested;

  NewPrivateFile(Path path) throws IOException {
    this.path = path.toAbsolutePath();
    this.partial = this.path.resolveSibling(this.path.getFileName() + ".partial");
    if (Files.exists(this.path, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException("it is there already (expected: a new file)");
    }
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, but not this one", e);
    }
    Files.deleteIfExists(partial);
    this.out =
        FileChannel.open(
            partial,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  void write(ByteString bytes) throws IOException {
    var buffer = bytes.asReadOnlyByteBuffer();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  /// As [#write]; and what is written in this way is counted and digested.
  void writeDigested(ByteString bytes) throws IOException {
    sha256.update(bytes.asReadOnlyByteBuffer());
    digested += bytes.size();
    write(bytes);
  }

  long digested() {
    return digested;
  }

  /// SHA-256 of what was digested. Once.
  ByteString digest() {
    return ByteString.copyFrom(sha256.digest());
  }

  /// Gives it its name. A link, so that a file which came there meanwhile is not replaced.
  void keep() throws IOException {
    out.force(true);
    Files.createLink(path, partial);
    try (FileChannel folder = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(partial);
  }
}
