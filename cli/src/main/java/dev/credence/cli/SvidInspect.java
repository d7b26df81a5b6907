package dev.credence.cli;

import dev.credence.certs.Certificates;
import dev.credence.certs.Jwt;
import dev.credence.certs.JwtException;
import dev.credence.certs.SvidException;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description =
        "Shows what an X.509-SVID or JWT-SVID in a file says: who, until when, in which execution. Nothing is verified.")
final class SvidInspect implements Runnable {

  private static final long LARGEST = 1 << 20;
  private static final String PEM_MARK = "-----BEGIN ";
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]*){2,}");
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  @Parameters(
      paramLabel = "FILE",
      description =
          "Certificates as PEM or DER, of which the first is shown, or a token. `-` is standard input.")
  private String file = "";

  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  SvidInspect(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var content = read();
    var text = new String(content, StandardCharsets.ISO_8859_1).strip();
    if (TOKEN.matcher(text).matches()) {
      var view = new JwtView(terminal.times(), terminal.clock().instant(), token(text));
      output.format().print(terminal.out(), view.json(), view.sheet());
      return;
    }
    var view = new SvidView(terminal.times(), terminal.clock().instant(), leaf(content));
    output.format().print(terminal.out(), view.json(), view.sheet());
  }

  private Jwt token(String text) {
    try {
      return Jwt.parse(text);
    } catch (JwtException e) {
      throw CommandFailure.failed(file + ": " + e.getMessage());
    }
  }

  private X509Certificate leaf(byte[] content) {
    try {
      var text = new String(content, StandardCharsets.ISO_8859_1);
      var certificates = text.contains(PEM_MARK) ? pem(text) : Certificates.parseChain(content);
      if (certificates.isEmpty()) {
        throw CommandFailure.failed(file + ": no certificate in it");
      }
      return certificates.getFirst();
    } catch (SvidException e) {
      throw CommandFailure.failed(file + ": " + e.getMessage());
    }
  }

  /// The certificates of it. A private key beside them, as `svid fetch` prints it, is not looked
  /// at.
  private static List<X509Certificate> pem(String text) throws SvidException {
    var certificates =
        CERTIFICATE
            .matcher(text)
            .results()
            .map(MatchResult::group)
            .collect(Collectors.joining("\n", "", "\n"));
    return Certificates.parsePem(certificates.isBlank() ? text : certificates);
  }

  private byte[] read() {
    try {
      var path = Path.of(file.equals("-") ? "/dev/stdin" : file);
      if (Files.isRegularFile(path) && Files.size(path) > LARGEST) {
        throw CommandFailure.failed(
            Text.of("%s: %d bytes (expected: at most %d)", file, Files.size(path), LARGEST));
      }
      try (var in = Files.newInputStream(path)) {
        return in.readNBytes((int) LARGEST);
      }
    } catch (NoSuchFileException e) {
      throw CommandFailure.failed(file + ": there is no such file");
    } catch (IOException e) {
      throw CommandFailure.failed(Text.of("%s: cannot be read: %s", file, e.getMessage()));
    }
  }
}
