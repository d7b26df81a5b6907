package dev.credence.attestors;

import dev.credence.certs.Sha256;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What the values of one kind of selector look like. Immutable.
///
/// @param expected for messages, after "expected: "
/// @param accepts whether a value is one that a process or node can have
record ValueRule(String expected, Predicate<String> accepts) {
  static final ValueRule NUMBER =
      new ValueRule("a number from 0 to 4294967294, without leading zeros", ValueRule::isId);
  static final ValueRule ACCOUNT =
      new ValueRule(
          "a name of an account: no colon, slash or blank",
          value -> value.codePoints().noneMatch(c -> c == ':' || c == '/' || isBlank(c)));
  static final ValueRule PATH =
      new ValueRule(
          "an absolute path as the kernel shows it: no //, /./, /../ or slash at the end",
          ValueRule::isNormalPath);
  static final ValueRule INNER_PATH =
      new ValueRule(
          "a path inside the code's folder: no slash at its begin or end, no //, /./ or /../",
          value -> isNormalPath("/" + value));
  static final ValueRule DIGEST = new ValueRule("64 lower-case hex digits", ValueRule::isDigest);
  static final ValueRule IMAGE =
      new ValueRule(
          "sha256: and 64 lower-case hex digits",
          value -> value.startsWith("sha256:") && isDigest(value.substring("sha256:".length())));
  static final ValueRule LABEL = new ValueRule("KEY:VALUE, neither empty", ValueRule::isLabel);
  static final ValueRule ENTRY =
      new ValueRule(
          "NAME=VALUE, as in the container's environment", value -> value.indexOf('=') > 0);
  static final ValueRule IMAGE_NAME =
      new ValueRule(
          "the name of an image as the container was made with, without blanks",
          value -> value.codePoints().noneMatch(ValueRule::isBlank));
  static final ValueRule UNIT =
      new ValueRule(
          "the full name of a unit, for example invoice-bot.service",
          value ->
              value.length() <= 255
                  && value.matches(
                      "[A-Za-z0-9:_.\\\\@-]+\\.(service|scope|slice|socket|target|mount|automount|swap|timer|path|device)"));
  static final ValueRule TEXT = new ValueRule("text", value -> true);
  static final ValueRule TRUTH = oneOf("true", "false");
  static final ValueRule SECCOMP = oneOf("none", "strict", "filter");
  static final ValueRule OWN = oneOf("own");
  static final ValueRule VIEW = oneOf("copy", "original");
  static final ValueRule FILTERS = oneOf("none", "unseen");
  static final ValueRule RUNTIME = oneOf("python", "node", "java", "shell", "other", "native");
  static final ValueRule CAPABILITIES =
      new ValueRule(
          "none, or the 16 lower-case hex digits of the permitted set, as in /proc/PID/status",
          value -> value.equals("none") || value.matches("[0-9a-f]{16}"));
  static final ValueRule NAMESPACE =
      new ValueRule(
          "node for the node's own, or the inode of another one, as in /proc/PID/ns",
          value -> value.equals("node") || isId(value));
  static final ValueRule CGROUP =
      new ValueRule(
          "/ or a path as in /proc/PID/cgroup", value -> value.equals("/") || isNormalPath(value));
  static final ValueRule VARIABLE =
      new ValueRule(
          "a name of an environment variable", value -> value.matches("[A-Za-z_][A-Za-z0-9_]*"));
  static final ValueRule AGENT =
      new ValueRule(
          "OWNER/NAME of an agent", value -> value.matches("[a-z0-9-]{1,63}/[a-z0-9-]{1,63}"));
  static final ValueRule NODE_ID =
      new ValueRule("26 characters of lower-case base32", value -> value.matches("[a-z2-7]{26}"));
  static final ValueRule SUBJECT =
      new ValueRule("cn:NAME", value -> value.startsWith("cn:") && value.length() > 3);
  static final ValueRule AUTHORITY =
      new ValueRule(
          "fingerprint: and 40 lower-case hex digits",
          value -> value.matches("fingerprint:[0-9a-f]{40}"));

  private static ValueRule oneOf(String... values) {
    return new ValueRule(String.join(" or ", values), Set.of(values)::contains);
  }

  private static boolean isId(String value) {
    return value.matches("0|[1-9][0-9]{0,9}") && Long.parseLong(value) < 4_294_967_295L;
  }

  private static boolean isBlank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static boolean isNormalPath(String value) {
    if (!value.startsWith("/") || value.length() < 2 || value.endsWith("/")) {
      return false;
    }
    return List.of(value.substring(1).split("/", -1)).stream()
        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  private static boolean isDigest(String value) {
    try {
      return Sha256.parseHex(value).toString().equals(value);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isLabel(String value) {
    int colon = value.indexOf(':');
    return colon > 0 && colon < value.length() - 1;
  }
}
