package dev.credence.bench;

import dev.credence.attestors.code.CodeLimits;
import dev.credence.attestors.code.CodeMeter;
import dev.credence.attestors.code.CodeRequest;
import dev.credence.attestors.code.CodeStore;
import dev.credence.attestors.code.StoreLimits;
import dev.credence.attestors.code.StoredCode;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.linux.FileCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Provider;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/// What it takes to know a tree of 2,000 files: measured where it lies, copied into a node's store
/// for the first time, and asked for again.
final class MeasureBench implements Bench {

  private static final int FILES = 2_000;
  private static final int FILE_BYTES = 6_000;
  private static final int WARM = 5;
  private static final int ROUNDS = 30;
  private static final int CALLER = 4_100_001;

  @Override
  public String name() {
    return "measure";
  }

  /// One piece of work that is timed.
  private interface Work {
    void run() throws Exception;
  }

  @Override
  public void run(Report report) throws Exception {
    report.section(
        "Measuring code: 2,000 files in 100 folders, 12 MB, in the page cache; the caller is another user where this runs as root");
    var crypto = CryptoProviders.fastest();
    try (var scratch = Scratch.create()) {
      var code = Files.createDirectory(scratch.folder().resolve("code"));
      write(code);
      var request = CodeRequest.of(code);
      var meter = new CodeMeter(crypto, CodeLimits.usual());
      report.row(
          "measured where it lies (`credence agent measure`, without its start)",
          times(() -> meter.measure(request)));
      report.row("JDK's SHA-256 for comparison", times(() -> jdk().measure(request)));
      store(report, scratch.folder(), request, crypto);
      makeRemovable(scratch.folder());
    }
  }

  /// Copies are read-only, for their owner too.
  private static void makeRemovable(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (var each : all.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
      }
    }
  }

  private static CodeMeter jdk() {
    return new CodeMeter(CryptoProviders.jdk(), CodeLimits.usual());
  }

  private static void store(Report report, Path folder, CodeRequest request, Provider crypto)
      throws Exception {
    var reader = reader(folder);
    report.row(
        "**cold: read, digested and copied into an empty store**",
        times(() -> cold(folder, request, reader, crypto)));
    try (var store = open(folder.resolve("kept"), crypto)) {
      store.admit(request, reader).close();
      report.row(
          "**cached: asked for again, every file opened with the caller's rights, the copy checked**",
          times(() -> store.admit(request, reader).close()));
    }
  }

  private static void cold(
      Path folder, CodeRequest request, FileCredentials reader, Provider crypto) throws Exception {
    var place = Files.createTempDirectory(folder, "store");
    try (var store = open(place, crypto);
        StoredCode stored = store.admit(request, reader)) {
      if (stored.code().files() != FILES) {
        throw new IllegalStateException("files: " + stored.code().files());
      }
    }
  }

  private static CodeStore open(Path place, Provider crypto) throws IOException {
    // As if the files had been there for a minute: what changed just now is not remembered.
    var later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));
    return CodeStore.open(place, crypto, later, CodeLimits.usual(), StoreLimits.usual());
  }

  private static FileCredentials reader(Path folder) throws IOException {
    var own = FileCredentials.own();
    if (own.uid() != 0) {
      return own;
    }
    folder.toFile().setExecutable(true, false);
    return new FileCredentials(CALLER, CALLER, List.of());
  }

  private static Sample times(Work work) throws Exception {
    for (int i = 0; i < WARM; i++) {
      work.run();
    }
    var sample = new Sample(ROUNDS);
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      work.run();
      sample.add(System.nanoTime() - start);
    }
    return sample;
  }

  private static void write(Path code) throws IOException {
    var random = new Random(7);
    var content = new byte[FILE_BYTES];
    for (int i = 0; i < FILES; i++) {
      var folder = Files.createDirectories(code.resolve("package" + i % 100));
      random.nextBytes(content);
      Files.write(folder.resolve("module" + i + ".py"), content);
    }
  }
}
