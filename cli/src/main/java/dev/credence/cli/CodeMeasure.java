package dev.credence.cli;

import dev.credence.attestors.code.CodeLimits;
import dev.credence.attestors.code.CodeMeter;
import dev.credence.attestors.code.CodeRefusedException;
import dev.credence.attestors.code.CodeRequest;
import dev.credence.attestors.code.MeasuredCode;
import dev.credence.cli.client.CommandFailure;
import dev.credence.platform.crypto.CryptoProviders;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "measure",
    description =
        "Measures a folder of code, or one file, as a node does before it launches it, and prints the selectors to register. Asks no daemon.")
final class CodeMeasure implements Runnable {

  @Parameters(
      paramLabel = "DIR",
      description =
          "The code's folder, or a single file. `.credenceignore` in it names what is not code.")
  private Path place = Path.of("");

  @Option(
      names = "--entry",
      paramLabel = "FILE",
      description = "The file in it that is run, for code:entry; a single file is its own.")
  private Optional<String> entry = Optional.empty();

  @Option(
      names = "--lock",
      paramLabel = "FILE",
      description =
          "The file in it that says which dependencies there are (default: the first well-known one, such as uv.lock or package-lock.json).")
  private Optional<String> lock = Optional.empty();

  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  CodeMeasure(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = request();
    var view = new MeasuredCodeView(request.place(), measured(request));
    output.format().print(terminal.out(), view.json(), view::print);
  }

  private CodeRequest request() {
    if (place.toString().isEmpty()) {
      throw CommandFailure.usage(
          "DIR is empty, an unset variable perhaps (expected: a path; `.` for the working folder)");
    }
    try {
      var whole = place.toAbsolutePath().normalize().toString();
      return new CodeRequest(whole, entry, lock);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()));
    }
  }

  private static MeasuredCode measured(CodeRequest request) {
    try {
      return new CodeMeter(CryptoProviders.fastest(), CodeLimits.usual()).measure(request);
    } catch (CodeRefusedException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
  }
}
