package dev.credence.bench;

import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// An administrator's process: a process that holds an SVID may not administer. Arguments: the
/// administrator's socket, the executable to register. Each line on standard input is `create NAME`
/// or `retire NAME`, of an agent; each answer is "SENT ANSWERED SPIFFE-ID", with times of
/// System.nanoTime(), which all processes of a Linux share.
public final class AdminMain {

  private AdminMain() {}

  /// Runs until the end of its input.
  @ForbiddenApiAllowed("standard input and output are how its parent talks to it")
  public static void main(String[] arguments) throws IOException {
    try (var connection = AdminConnection.open(Path.of(arguments[0]))) {
      var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      obey(connection, Path.of(arguments[1]), commands, System.out);
    }
    System.exit(0);
  }

  private static void obey(
      AdminConnection connection, Path executable, BufferedReader commands, PrintStream out)
      throws IOException {
    for (var command = commands.readLine(); command != null; command = commands.readLine()) {
      var words = command.split(" ", -1);
      var done =
          words[0].equals("create")
              ? create(connection, words[1], executable)
              : retire(connection, words[1]);
      out.println(done.sent + " " + done.answered + " " + done.spiffeId);
      out.flush();
    }
  }

  private record Done(long sent, long answered, String spiffeId) {}

  private static Done create(AdminConnection connection, String name, Path executable) {
    var request = connection.registration(name, executable);
    var subjects = SubjectsGrpc.newBlockingStub(connection.channel());
    long sent = System.nanoTime();
    var made = subjects.createSubject(request);
    return new Done(sent, System.nanoTime(), made.getSpiffeId());
  }

  private static Done retire(AdminConnection connection, String name) {
    var request = connection.retirement(name);
    var life = SubjectLifeGrpc.newBlockingStub(connection.channel());
    long sent = System.nanoTime();
    var retired = life.retireSubject(request);
    return new Done(sent, System.nanoTime(), retired.getSubject().getSpiffeId());
  }
}
