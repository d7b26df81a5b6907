package dev.credence.server.app;

import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import dev.credence.server.core.BackupHead;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Set;

/// A backup in a file, as `credence server backup` writes it.
record BackupFile(Path path) {
  private static final int BUFFER = 1 << 16;

  /// Writes the database in it to a file of its own, 0600 and durable.
  ///
  /// @throws IOException it is not a backup, is damaged, or is of another trust domain: a line for
  ///   people
  BackupHead unpack(Path to, TrustDomain expected) throws IOException {
    BackupHead head = head();
    if (!head.facts().trustDomain().equals(expected.name())) {
      throw new IOException(
          path
              + ": backup of trust domain "
              + head.facts().trustDomain()
              + " (expected: "
              + expected
              + ", as configured)");
    }
    long whole = Math.addExact(head.length(), head.facts().size());
    if (Files.size(path) != whole) {
      throw new IOException(
          path + ": " + Files.size(path) + " bytes (expected: " + whole + ", as its head says)");
    }
    Files.deleteIfExists(to);
    try (InputStream in = Files.newInputStream(path);
        FileChannel out =
            FileChannel.open(
                to,
                Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")))) {
      in.skipNBytes(head.length());
      if (!copy(in, Channels.newOutputStream(out)).equals(head.sha256())) {
        throw new IOException(path + ": damaged: the SHA-256 is not the one that its head says");
      }
      out.force(true);
    }
    return head;
  }

  private BackupHead head() throws IOException {
    byte[] beginning = new byte[BackupHead.LONGEST];
    try (InputStream in = Files.newInputStream(path)) {
      int read = in.readNBytes(beginning, 0, beginning.length);
      return BackupHead.parse(Arrays.copyOf(beginning, read));
    } catch (NoSuchFileException e) {
      throw new IOException(path + ": there is no such file", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  private static Sha256 copy(InputStream in, OutputStream out) throws IOException {
    try (var digesting = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      byte[] buffer = new byte[BUFFER];
      for (int read = digesting.read(buffer); read >= 0; read = digesting.read(buffer)) {
        out.write(buffer, 0, read);
      }
      return Sha256.fromBytes(digesting.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, but not this one", e);
    }
  }
}
