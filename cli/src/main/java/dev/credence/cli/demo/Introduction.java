package dev.credence.cli.demo;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Text;
import java.util.function.Supplier;

/// What a demo program says of the SVID that it got, read from its certificate.
///
/// @param id its SPIFFE ID
/// @param execution the execution's id
/// @param assurance what the certificate says of it: "code claimed, isolation shared-uid"
/// @param serial of the certificate
/// @param key SHA-256 of the public key
record Introduction(String id, String execution, String assurance, String serial, String key) {

  /// Reads the four lines that a demo program begins with.
  static Introduction read(Supplier<String> lines) {
    var id = value("I am ", lines.get());
    var execution = value("execution ", lines.get()).split(", ", 2);
    var serial = value("serial ", lines.get());
    var key = value("key ", lines.get());
    return new Introduction(
        id, execution[0], execution.length == 2 ? execution[1] : "", serial, key);
  }

  private static String value(String label, String line) {
    if (!line.startsWith(label)) {
      throw CommandFailure.failed(
          Text.of("a demo program said \"%s\" (expected: %s...)", line, label));
    }
    return line.substring(label.length());
  }
}
