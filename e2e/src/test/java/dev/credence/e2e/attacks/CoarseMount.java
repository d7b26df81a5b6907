package dev.credence.e2e.attacks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/// A file system of the kernel's own whose times count in seconds: ext2 with the smallest inodes.
/// Closing unmounts it.
record CoarseMount(Path folder) implements AutoCloseable {
  private static final long SIZE = 32L << 20;
  private static final long SECONDS = 30;

  /// Mounts one, open to all.
  static CoarseMount in(Path place) throws IOException, InterruptedException {
    var image = place.resolve("coarse.img");
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE);
    }
    run("mkfs.ext2", "-q", "-F", "-I", "128", image.toString());
    var folder = Files.createDirectory(place.resolve("coarse"));
    run("mount", "-o", "loop", image.toString(), folder.toString());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new CoarseMount(folder);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " failed");
    }
  }

  @Override
  public void close() throws IOException {
    try {
      run("umount", "--lazy", folder.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(folder + " is not unmounted", e);
    }
  }
}
