package dev.credence.transport;

import dev.credence.platform.linux.OwnProcess;
import dev.credence.platform.linux.UnixSocketPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/// Where a daemon of this host serves whose word is believed. The socket and every folder above it
/// must belong to root or to this daemon's own user, and nobody else may write there: otherwise
/// somebody could serve in that daemon's place. Thread-safe.
public final class TrustedSocket {
  private static final int TYPE = 0xf000;
  private static final int SOCKET = 0xc000;
  private static final int STICKY = 0x200;
  private static final int OTHERS_WRITE = 0x2;
  private static final int GROUP_WRITE = 0x10;

  private final Path path;
  private final Callers callers;
  private final int ownUid;

  /// Who may connect.
  public enum Callers {
    /// Owner and group: whoever may ask there may also command.
    FEW,
    /// Everybody: the daemon tells its callers apart.
    ALL
  }

  private TrustedSocket(Path path, Callers callers, int ownUid) {
    this.path = path;
    this.callers = callers;
    this.ownUid = ownUid;
  }

  /// The socket at that path, whether or not it is there yet.
  ///
  /// @throws UnsafeSocketException if the path is too long or not absolute
  public static TrustedSocket at(Path path, Callers callers) throws UnsafeSocketException {
    try {
      UnixSocketPath.check(path);
      if (!path.isAbsolute()) {
        throw new UnsafeSocketException("socket " + path + " (expected: an absolute path)");
      }
      return new TrustedSocket(path, callers, OwnProcess.uid());
    } catch (IllegalArgumentException e) {
      throw new UnsafeSocketException(String.valueOf(e.getMessage()), e);
    } catch (UnsafeSocketException e) {
      throw e;
    } catch (IOException e) {
      throw new UnsafeSocketException("socket " + path + ": " + e.getMessage(), e);
    }
  }

  /// As configured.
  public Path path() {
    return path;
  }

  /// True for root and this daemon's own user.
  public boolean mayBeServedBy(int uid) {
    return uid == 0 || uid == ownUid;
  }

  /// Looks at the folders and the socket as they are now.
  ///
  /// @return the path to connect to, without links; one at which nothing is, if nothing is there
  /// @throws UnsafeSocketException if somebody else could serve there
  public Path requireSafe() throws UnsafeSocketException {
    Path folder = path.getParent();
    Path name = path.getFileName();
    if (folder == null || name == null) {
      throw new UnsafeSocketException("socket " + path + " (expected: a file in a folder)");
    }
    try {
      Path real = folder.toRealPath();
      requireSafeFolders(real);
      Path socket = real.resolve(name);
      if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
        requireSafeSocket(socket);
      }
      return UnixSocketPath.check(socket);
    } catch (NoSuchFileException e) {
      return path;
    } catch (UnsafeSocketException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new UnsafeSocketException("socket " + path + ": " + e.getMessage(), e);
    }
  }

  private void requireSafeFolders(Path real) throws IOException {
    for (Path folder = real; folder != null; folder = folder.getParent()) {
      Attributes seen = Attributes.of(folder);
      // In a sticky folder others cannot put away what is not theirs; but what is not there yet
      // they can make, so the socket's own folder must not be one.
      boolean sticky = (seen.mode & STICKY) != 0 && !folder.equals(real);
      boolean writable = seen.othersWrite() && !sticky;
      if (!mayBeServedBy(seen.uid) || writable) {
        throw new UnsafeSocketException(
            "socket "
                + path
                + ": folder "
                + folder
                + seen
                + " (expected: of root or of the node's own user, and nobody else may write there)");
      }
    }
  }

  private void requireSafeSocket(Path socket) throws IOException {
    Attributes seen = Attributes.of(socket);
    boolean tooOpen = callers == Callers.FEW && (seen.mode & OTHERS_WRITE) != 0;
    if ((seen.mode & TYPE) != SOCKET || !mayBeServedBy(seen.uid) || tooOpen) {
      throw new UnsafeSocketException(
          "socket "
              + path
              + seen
              + (callers == Callers.FEW
                  ? " (expected: a socket of root or of the node's own user, closed to others: whoever may talk there may make any container)"
                  : " (expected: a socket of root or of the node's own user)"));
    }
  }

  /// Owner and mode of a file.
  private record Attributes(int uid, int gid, int mode) {
    static Attributes of(Path file) throws IOException {
      Map<String, Object> read =
          Files.readAttributes(file, "unix:uid,gid,mode", LinkOption.NOFOLLOW_LINKS);
      return new Attributes(number(read, "uid"), number(read, "gid"), number(read, "mode"));
    }

    private static int number(Map<String, Object> attributes, String name) throws IOException {
      if (attributes.get(name) instanceof Number number) {
        return number.intValue();
      }
      throw new IOException("no " + name + " of a file");
    }

    boolean othersWrite() {
      return (mode & OTHERS_WRITE) != 0 || ((mode & GROUP_WRITE) != 0 && gid != 0);
    }

    @Override
    public String toString() {
      return " has owner "
          + Integer.toUnsignedString(uid)
          + " and mode "
          + Integer.toOctalString(mode & 0xfff);
    }
  }
}
