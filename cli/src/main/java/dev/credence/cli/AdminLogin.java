package dev.credence.cli;

import dev.credence.attestors.join.EnrollmentToken;
import dev.credence.attestors.join.JoinToken;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.ExitCode;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.cli.remote.Login;
import dev.credence.cli.remote.Profiles;
import dev.credence.cli.remote.RemoteServer;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "login",
    description =
        "Makes this machine an administrator's, with the string that `credence admin enroll` printed, read from standard input.")
final class AdminLogin implements Runnable {

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Reads the token from this file instead.")
  private String file = "";

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "What to call the profile (default: after the server's address).")
  private String name = "";

  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  AdminLogin(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var token = token();
    var server = token.contents().server();
    var profile = Profiles.in(terminal.environment()).make(name, server);
    var svid = new Login(profile, terminal.clock()).with(token);
    try (var connection = new RemoteServer(profile, terminal.clock()).open()) {
      var self = AdminWhoAmI.ask(connection);
      output
          .format()
          .print(
              terminal.out(),
              self,
              out -> {
                out.println(Text.of("%s: %s", svid.id(), self.getRole()));
                out.println(
                    Text.of(
                        "profile %s; from now on: credence ... %s",
                        profile.name(),
                        name.isEmpty() ? "--server " + server : "--profile " + name));
              });
    }
  }

  private EnrollmentToken token() {
    try {
      return EnrollmentToken.parse(text());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  /// Never from the command line, which every process of the machine may read.
  private String text() {
    try (InputStream in =
        file.isEmpty()
            ? new FileInputStream(FileDescriptor.in)
            : Files.newInputStream(Path.of(file))) {
      return new String(in.readNBytes(2 * JoinToken.LONGEST), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          Text.of(
              "token %s cannot be read: %s",
              file.isEmpty() ? "on standard input" : "file " + Printable.line(file),
              e.getClass().getSimpleName()),
          e);
    }
  }
}
