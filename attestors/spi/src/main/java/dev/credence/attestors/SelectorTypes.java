package dev.credence.attestors;

import dev.credence.certs.Printable;
import dev.credence.certs.Sha256;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The types and names of selectors that this version knows, and what their values look like. The
/// server checks registrations with it, so that a slip of the pen is refused at once instead of
/// never matching. Immutable.
public final class SelectorTypes {
  private static final int NEAR = 3;

  private static final ValueRule NUMBER =
      new ValueRule("a number from 0 to 4294967294, without leading zeros", SelectorTypes::isId);
  private static final ValueRule ACCOUNT =
      new ValueRule(
          "a name of an account: no colon, slash or blank",
          value -> value.codePoints().noneMatch(c -> c == ':' || c == '/' || isBlank(c)));
  private static final ValueRule PATH =
      new ValueRule(
          "an absolute path as the kernel shows it: no //, /./, /../ or slash at the end",
          SelectorTypes::isNormalPath);
  private static final ValueRule DIGEST =
      new ValueRule("64 lower-case hex digits", SelectorTypes::isDigest);
  private static final ValueRule LABEL =
      new ValueRule("KEY:VALUE, neither empty", SelectorTypes::isLabel);
  private static final ValueRule NODE_ID =
      new ValueRule("26 characters of lower-case base32", value -> value.matches("[a-z2-7]{26}"));

  private static final ValueRule SUBJECT =
      new ValueRule("cn:NAME", value -> value.startsWith("cn:") && value.length() > 3);
  private static final ValueRule CA =
      new ValueRule(
          "fingerprint: and 40 lower-case hex digits",
          value -> value.matches("fingerprint:[0-9a-f]{40}"));

  private static final Set<String> OF_NODES = Set.of("node", "x509pop");

  private static final SelectorTypes KNOWN =
      new SelectorTypes(
          Map.of(
              "unix",
                  Map.of(
                      "uid", NUMBER,
                      "gid", NUMBER,
                      "supplementary_gid", NUMBER,
                      "user", ACCOUNT,
                      "group", ACCOUNT,
                      "supplementary_group", ACCOUNT,
                      "path", PATH,
                      "sha256", DIGEST),
              "tcp", Map.of("uid", NUMBER),
              "node", Map.of("label", LABEL, "id", NODE_ID),
              "x509pop", Map.of("subject", SUBJECT, "ca", CA)));

  private final Map<String, Map<String, ValueRule>> types;

  private SelectorTypes(Map<String, Map<String, ValueRule>> types) {
    this.types = types;
  }

  private record ValueRule(String expected, Predicate<String> accepts) {}

  /// Those of this version.
  public static SelectorTypes known() {
    return KNOWN;
  }

  /// The names of a type; none if it is not known.
  public Set<String> names(String type) {
    return types.getOrDefault(type, Map.of()).keySet();
  }

  /// Reads a selector of a process, as a registration names it.
  ///
  /// @throws IllegalArgumentException if it is malformed, of unknown type or name (the message has
  ///   the nearest known one), a node's selector, or has an impossible value
  public Selector requireWorkload(String text) {
    return requireWorkload(Selector.parse(text));
  }

  /// As [#requireWorkload(String)].
  public Selector requireWorkload(Selector selector) {
    if (OF_NODES.contains(selector.type())) {
      throw new IllegalArgumentException(
          "selector "
              + Printable.quoted(selector.toString())
              + " is a node's (expected: a process's here; node selectors have their own place)");
    }
    return require(selector);
  }

  /// Reads a selector of a node.
  ///
  /// @throws IllegalArgumentException as [#requireWorkload(String)] does, for types other than
  ///   `node` and node attestors'
  public Selector requireNode(String text) {
    return requireNode(Selector.parse(text));
  }

  /// As [#requireNode(String)].
  public Selector requireNode(Selector selector) {
    if (!OF_NODES.contains(selector.type())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "selector %s is not a node's (expected: node:label:KEY:VALUE, node:id:ID, or one of the node's attestor, such as x509pop:subject:cn:NAME)",
              Printable.quoted(selector.toString())));
    }
    return require(selector);
  }

  private Selector require(Selector selector) {
    Map<String, ValueRule> names = types.get(selector.type());
    if (names == null) {
      throw unknown("type", selector.type(), types.keySet());
    }
    ValueRule rule = names.get(selector.name());
    if (rule == null) {
      throw unknown(
          String.format(Locale.ROOT, "name after %s:", selector.type()),
          selector.name(),
          names.keySet());
    }
    if (!rule.accepts().test(selector.value())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "selector %s: value %s (expected: %s)",
              selector.kind(),
              Printable.quoted(selector.value()),
              rule.expected()));
    }
    return selector;
  }

  private static IllegalArgumentException unknown(
      String part, String word, Collection<String> known) {
    String suggestion = nearest(word, known).map(near -> "did you mean " + near + "? ").orElse("");
    List<String> all = known.stream().sorted().toList();
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "selector %s %s (%sexpected: %s)",
            part,
            Printable.quoted(word),
            suggestion,
            String.join(", ", all)));
  }

  private static Optional<String> nearest(String word, Collection<String> known) {
    Map<Integer, String> byDistance = new TreeMap<>(Comparator.naturalOrder());
    known.stream()
        .sorted()
        .forEach(candidate -> byDistance.putIfAbsent(distance(word, candidate), candidate));
    return byDistance.entrySet().stream()
        .filter(near -> near.getKey() <= Math.min(NEAR, word.length()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /// Fewest insertions, deletions and replacements of characters (Levenshtein).
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
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
