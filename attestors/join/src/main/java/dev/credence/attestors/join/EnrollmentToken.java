package dev.credence.attestors.join;

import java.util.List;

/// All that an administrator's machine needs to become one, in one string of at most 1,024
/// characters: `credence-admin-v1.` and the same as in a [JoinToken]. A node's token is not taken
/// for one, nor the other way round. Immutable; prints without the secret.
///
/// @param contents servers, trust domain, pins, secret
public record EnrollmentToken(JoinToken contents) {
  /// The same for these servers, as far as they fit: the first one always.
  public EnrollmentToken with(List<ServerAddress> others) {
    return new EnrollmentToken(contents.with(others, JoinTokenFormat.ADMINISTRATOR));
  }

  /// Reads the string. Blanks and line feeds around it are ignored, since it comes from a file or
  /// stdin.
  ///
  /// @throws IllegalArgumentException if it is not one; the message never contains any of it
  public static EnrollmentToken parse(String text) {
    return new EnrollmentToken(JoinTokenFormat.ADMINISTRATOR.parse(text.strip()));
  }

  /// The string, secret included. Give it to the administrator, and to nobody else.
  ///
  /// @throws IllegalArgumentException if names and pins are so long that it would exceed 1,024
  ///   characters
  public String reveal() {
    return JoinTokenFormat.ADMINISTRATOR.write(contents);
  }

  @Override
  public String toString() {
    return "enrolment token for "
        + contents.trustDomain().name()
        + " at "
        + contents.server()
        + " [redacted]";
  }
}
