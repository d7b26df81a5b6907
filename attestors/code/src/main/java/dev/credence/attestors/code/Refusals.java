package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import dev.credence.platform.linux.FileRefusedException;

/// What a failed call means, for people.
final class Refusals {
  private static final int LONGEST = 200;

  private Refusals() {}

  /// @param path what was to be opened, or what was to be written for it
  static CodeRefusedException of(String path, FileRefusedException e) {
    String name = Printable.quoted(path, LONGEST);
    return switch (e.why()) {
      case DENIED ->
          CodeRefusedException.because(
              name + " may not be read by who asks for it (expected: the right to read it)", e);
      case ABSENT ->
          CodeRefusedException.notNow(
              name + " is not there (expected: a folder or a file, which stays while it is read)",
              e);
      case OTHER_KIND -> CodeRefusedException.notNow(name + " changed while it was read", e);
      case MOUNT ->
          CodeRefusedException.because(
              name + " is on another mount (expected: all of the code on one)", e);
      case NAME -> CodeRefusedException.because(name + ": " + e.getMessage(), e);
      case TOO_MANY ->
          CodeRefusedException.because(
              name
                  + " has too many names in it (expected: at most four for each file that the limit allows)",
              e);
      case NO_SPACE ->
          CodeRefusedException.notNow("no room is left on the device for a copy of " + name, e);
      case NO_RESOURCES -> CodeRefusedException.notNow("no descriptor or memory is left", e);
      case UNSUPPORTED ->
          CodeRefusedException.because(
              "this machine's kernel cannot do it safely: " + e.getMessage(), e);
      case OTHER -> CodeRefusedException.because(name + ": " + e.getMessage(), e);
    };
  }
}
