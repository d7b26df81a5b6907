package dev.credence.cli.local;

import dev.credence.certs.Sha256;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Text;
import dev.credence.platform.linux.UnixSocketPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.regex.Pattern;

/// Where the sockets of a `dev` folder are: in it, or in a short runtime folder of its own where
/// the path would be too long for the kernel, or would need escapes in a URI.
record SocketFolder(Path path, boolean apart) implements AutoCloseable {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._@+,~-]+");
  private static final String LONGEST_NAME = "admin.sock";

  static SocketFolder of(Path folder, Map<String, String> environment) throws IOException {
    if (fits(folder)) {
      return new SocketFolder(folder, false);
    }
    var base = Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", "/tmp"));
    var name =
        "credence-"
            + Sha256.of(folder.toString().getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 16);
    var apart = (Files.isWritable(base) ? base : Path.of("/tmp")).resolve(name);
    if (!fits(apart)) {
      throw CommandFailure.failed(
          Text.of(
              "%s: too long a path for Unix sockets, and so is %s: use a shorter --dir",
              folder, apart));
    }
    create(apart);
    return new SocketFolder(apart, true);
  }

  Path admin() {
    return path.resolve("admin.sock");
  }

  Path api() {
    return path.resolve("api.sock");
  }

  private static boolean fits(Path folder) {
    try {
      UnixSocketPath.check(folder.resolve(LONGEST_NAME));
      return PLAIN.matcher(folder.toString()).matches();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Others can write to /tmp: what they put there under this name is not used.
  private static void create(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    var own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        || !Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(own)) {
      throw CommandFailure.failed(
          Text.of(
              "%s: not a folder of yours (it is needed for sockets): use a shorter --dir", folder));
    }
  }

  @Override
  public void close() {
    if (!apart) {
      return;
    }
    try {
      Files.deleteIfExists(admin());
      Files.deleteIfExists(api());
      Files.deleteIfExists(path);
    } catch (IOException _) {
      // Something else is in it: left to its owner.
    }
  }
}
