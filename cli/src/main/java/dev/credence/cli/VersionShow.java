package dev.credence.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Prints the version.")
final class VersionShow implements Runnable {

  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  VersionShow(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var version =
        Struct.newBuilder()
            .putFields("version", Value.newBuilder().setStringValue(Version.current()).build())
            .putFields(
                "java", Value.newBuilder().setStringValue(Runtime.version().toString()).build());
    output.format().print(terminal.out(), version, out -> out.println(Version.line()));
  }
}
