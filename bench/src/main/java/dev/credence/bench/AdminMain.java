package dev.credence.bench;

import dev.credence.proto.admin.v1.SubjectsGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// An administrator's process: a process that holds an SVID may not administer. Arguments: the
/// administrator's socket, the executable to register. Each line on standard input is the name of
/// an agent to register; each answer is "SENT ANSWERED SPIFFE-ID", with times of System.nanoTime(),
/// which all processes of a Linux share.
public final class AdminMain {

  private AdminMain() {}

  /// Runs until the end of its input.
  @ForbiddenApiAllowed("standard input and output are how its parent talks to it")
  public static void main(String[] arguments) throws IOException {
    try (var connection = AdminConnection.open(Path.of(arguments[0]))) {
      var names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      register(connection, Path.of(arguments[1]), names, System.out);
    }
    System.exit(0);
  }

  private static void register(
      AdminConnection connection, Path executable, BufferedReader names, PrintStream out)
      throws IOException {
    for (var name = names.readLine(); name != null; name = names.readLine()) {
      var request = connection.registration(name, executable);
      long sent = System.nanoTime();
      var made = SubjectsGrpc.newBlockingStub(connection.channel()).createSubject(request);
      long answered = System.nanoTime();
      out.println(sent + " " + answered + " " + made.getSpiffeId());
      out.flush();
    }
  }
}
