package dev.credence.e2e.program;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Programs of the tests' own, on the tests' class path, in processes of their own.
public final class Java {

  private Java() {}

  /// Starts a class with a main method.
  public static Running start(String name, Class<?> main, String... arguments) throws IOException {
    var command = new ArrayList<>(command());
    command.addAll(List.of("-cp", ClassPath.ofTests(), main.getName()));
    command.addAll(List.of(arguments));
    return Running.start(name, command, Map.of(), Path.of("/tmp"));
  }

  /// The beginning of such a command, up to the class path; `more` are further options.
  public static List<String> command(String... more) {
    var command = new ArrayList<>(List.of(JavaCopy.jdk().resolve("bin/java").toString()));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(
        List.of("-Djdk.tls.server.newSessionTicketCount=0", "-Djdk.tls.namedGroups=secp256r1"));
    command.addAll(List.of(more));
    return command;
  }

  /// Jars and folders of the tests' class path.
  public static List<String> classPath() {
    return List.of(ClassPath.ofTests().split(File.pathSeparator, -1));
  }
}
