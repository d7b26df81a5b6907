package dev.credence.attestors;

import dev.credence.certs.CodeAssurance;
import java.util.Optional;

/// One attested property of a process, and how much it says about the code that runs.
///
/// @param selector the property
/// @param code who vouches that this property tells the program; empty: it does not speak about
///   code
/// @param source where it was read, for people, for example `/proc/PID/exe`
public record Evidence(Selector selector, Optional<CodeAssurance> code, String source) {
  /// A property that does not speak about code.
  public static Evidence of(Selector selector, String source) {
    return new Evidence(selector, Optional.empty(), source);
  }

  /// A property that tells the program, and who vouches for it.
  public static Evidence of(Selector selector, CodeAssurance code, String source) {
    return new Evidence(selector, Optional.of(code), source);
  }
}
