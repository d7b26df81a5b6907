package dev.credence.e2e.kills;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.faults.Bomb;
import dev.credence.e2e.faults.CrashingServer;
import dev.credence.e2e.program.Java;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import dev.credence.node.CrashingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/// Starts servers and nodes that have a bomb in them, as fast as it goes: they are started hundreds
/// of times. Immutable.
///
/// @param classPath jars
/// @param caches of classes that are loaded and linked, by program; empty: none
record Crashing(String classPath, Map<Class<?>, Path> caches) {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final List<Class<?>> PACKAGES =
      List.of(Bomb.class, CrashingNode.class, Java.class, Story.class);

  Crashing {
    caches = Map.copyOf(caches);
  }

  /// Puts together what is needed, in `folder`.
  static Crashing in(Path folder) throws IOException {
    Files.createDirectories(folder);
    var bombs = jar(folder.resolve("bombs.jar"));
    var others = new ArrayList<String>();
    for (String entry : Java.classPath()) {
      if (!entry.endsWith("test-classes")
          && !entry.endsWith("/test")
          && Files.exists(Path.of(entry))) {
        others.add(entry);
      }
    }
    others.add(bombs.toString());
    return new Crashing(String.join(java.io.File.pathSeparator, others), Map.of());
  }

  private static Path jar(Path jar) throws IOException {
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Class<?> one : PACKAGES) {
        add(out, one);
      }
    }
    return jar;
  }

  private static void add(JarOutputStream out, Class<?> one) throws IOException {
    var root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().getPath());
    var folder = root.resolve(one.getPackageName().replace('.', '/'));
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".class")).sorted().toList()) {
        out.putNextEntry(new JarEntry(root.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }

  /// The same with caches, which take some seconds to make: a server and a node are started once.
  Crashing trained(Place place) throws IOException, InterruptedException {
    if (Arrays.stream(classPath.split(":", -1)).anyMatch(it -> Files.isDirectory(Path.of(it)))) {
      return this; // not of a build: a cache knows jars only
    }
    var made = new HashMap<Class<?>, Path>();
    try (var server = train(CrashingServer.class, place, place.serverConfig());
        var admin = Admin.at(place.adminSocket())) {
      server.line("ready", READY);
      var token = admin.joinToken();
      try (var node = train(CrashingNode.class, place, place.nodeConfig("node", token))) {
        node.line("ready", READY);
        finish(node, CrashingNode.class, place, made);
      }
      finish(server, CrashingServer.class, place, made);
    }
    return new Crashing(classPath, made);
  }

  private static Path cacheIn(Place place, Class<?> program) {
    return place.folder().resolve(program.getSimpleName() + ".aot");
  }

  private Running train(Class<?> program, Place place, Path config) throws IOException {
    var option = "-XX:AOTCacheOutput=" + cacheIn(place, program);
    return start(program, option, List.of(config.toString()));
  }

  private static void finish(
      Running running, Class<?> program, Place place, Map<Class<?>, Path> made)
      throws IOException, InterruptedException {
    running.endInput();
    int _ = running.exit(READY);
    if (Files.exists(cacheIn(place, program))) {
      made.put(program, cacheIn(place, program));
    }
  }

  /// A server that serves.
  Running server(Path config) throws IOException, InterruptedException {
    return ready(CrashingServer.class, config);
  }

  /// A node that serves.
  Running node(Path config) throws IOException, InterruptedException {
    return ready(CrashingNode.class, config);
  }

  private Running ready(Class<?> program, Path config) throws IOException, InterruptedException {
    var running = start(program, cache(program), List.of(config.toString()));
    try {
      running.line("ready", READY);
      return running;
    } catch (AssertionError | InterruptedException e) {
      var log = running.log();
      running.close();
      throw new AssertionError(e.getMessage() + "\n" + log, e);
    }
  }

  /// One with a bomb that is set from the beginning.
  Running armed(Class<?> program, Path config, String bomb) throws IOException {
    return start(program, cache(program), List.of(config.toString(), bomb));
  }

  private String cache(Class<?> program) {
    var cache = caches.get(program);
    return cache == null ? "-Xshare:auto" : "-XX:AOTCache=" + cache;
  }

  private Running start(Class<?> program, String option, List<String> arguments)
      throws IOException {
    var command = new ArrayList<>(Java.command("-XX:TieredStopAtLevel=1", "-Xlog:disable", option));
    command.addAll(List.of("-cp", classPath, program.getName()));
    command.addAll(arguments);
    return Running.start(program.getSimpleName(), command, Map.of(), Path.of("/tmp"));
  }
}
