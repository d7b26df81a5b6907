package dev.credence.e2e.attacks;

import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A file system that a program makes up (fuse.py): one file, which says one thing first and
/// another later, and a folder `inner` with the same file. Whoever uses it may be made to wait for
/// ever: after [#fallSilent] the test itself must keep away from it. Closing unmounts it, which
/// lets go everybody who waits. Used by one thread.
public final class FuseMount implements AutoCloseable, Story.HasLog {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Path folder;
  private final String name;
  private final Running server;

  private FuseMount(Path folder, String name, Running server) {
    this.folder = folder;
    this.name = name;
    this.server = server;
  }

  /// Mounts one.
  ///
  /// @param place a folder that is there; the mount is in it
  /// @param name of the file
  /// @param first what the file says first
  /// @param later what it says later; as long as the first
  public static FuseMount start(Path place, String name, Path first, Path later)
      throws IOException, InterruptedException {
    var folder = Files.createTempDirectory(place, "fuse");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    var program = Files.createTempFile(place, "fuse", ".py");
    try (var in =
        Objects.requireNonNull(FuseMount.class.getResourceAsStream("fuse.py"), "fuse.py")) {
      Files.write(program, in.readAllBytes());
    }
    var command =
        List.of(
            "/usr/bin/python3",
            program.toString(),
            folder.toString(),
            name,
            first.toString(),
            later.toString());
    var mount =
        new FuseMount(
            folder.toRealPath(), name, Running.start("fuse", command, Map.of(), Path.of("/tmp")));
    mount.server.line("mounted", SOON);
    return mount;
  }

  /// Where it is mounted.
  public Path folder() {
    return folder;
  }

  /// The folder in it.
  public Path inner() {
    return folder.resolve("inner");
  }

  /// Its file.
  public Path file() {
    return folder.resolve(name);
  }

  /// Has the kernel keep all of the file as it is now, so that what runs from it asks for nothing.
  void keepInMemory() throws IOException {
    try (var in = Files.newInputStream(file())) {
      var _ = in.readAllBytes();
    }
  }

  /// From now on who opens the file reads the other content.
  void sayOther() throws IOException, InterruptedException {
    tell("later");
  }

  /// Takes it out of the table of mounts.
  void detach() throws IOException, InterruptedException {
    tell("detach");
  }

  /// From now on nothing is answered.
  public void fallSilent() throws IOException, InterruptedException {
    tell("silent");
  }

  private void tell(String word) throws IOException, InterruptedException {
    server.say(word);
    server.line(word, SOON);
  }

  /// A place in what it says, for [#awaitAsked].
  public int mark() {
    return server.out().mark();
  }

  /// Waits until somebody asks it, in vain.
  public void awaitAsked(int from) throws InterruptedException {
    server.line(from, "asked", SOON);
  }

  /// True if somebody has asked it in vain since then.
  boolean wasAsked(int from) {
    return server.out().all().stream().skip(from).anyMatch("asked"::equals);
  }

  @Override
  public String log() {
    return server.log();
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      var unmounting =
          new ProcessBuilder("umount", "--lazy", folder.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      // It fails if it was detached before.
      if (!unmounting.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(folder + " is not unmounted");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
