package dev.credence.attestors;

import dev.credence.certs.Printable;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The types and names of selectors that this version knows, and what their values look like. The
/// server checks registrations with it, so that a slip of the pen is refused at once instead of
/// never matching. Immutable.
public final class SelectorTypes {
  private static final Set<String> OF_NODES = Set.of("node", "x509pop");

  private static final SelectorTypes KNOWN =
      new SelectorTypes(
          Map.ofEntries(
              Map.entry("unix", unix()),
              Map.entry("process", process()),
              Map.entry("code", code()),
              Map.entry("launch", launch()),
              Map.entry("sandbox", sandbox()),
              Map.entry("systemd", systemd()),
              Map.entry("docker", docker()),
              Map.entry("tcp", Map.of("uid", ValueRule.NUMBER)),
              Map.entry("node", Map.of("label", ValueRule.LABEL, "id", ValueRule.NODE_ID)),
              Map.entry(
                  "x509pop", Map.of("subject", ValueRule.SUBJECT, "ca", ValueRule.AUTHORITY))));

  private final Map<String, Map<String, ValueRule>> types;

  private SelectorTypes(Map<String, Map<String, ValueRule>> types) {
    this.types = types;
  }

  /// Of any process, under SPIRE's names.
  private static Map<String, ValueRule> unix() {
    return Map.of(
        "uid", ValueRule.NUMBER,
        "gid", ValueRule.NUMBER,
        "supplementary_gid", ValueRule.NUMBER,
        "user", ValueRule.ACCOUNT,
        "group", ValueRule.ACCOUNT,
        "supplementary_group", ValueRule.ACCOUNT,
        "path", ValueRule.PATH,
        "sha256", ValueRule.DIGEST);
  }

  /// Further facts that the kernel knows of any process.
  private static Map<String, ValueRule> process() {
    return Map.ofEntries(
        Map.entry("cgroup", ValueRule.CGROUP),
        Map.entry("no_new_privs", ValueRule.TRUTH),
        Map.entry("seccomp", ValueRule.SECCOMP),
        Map.entry("capabilities", ValueRule.CAPABILITIES),
        Map.entry("lsm", ValueRule.TEXT),
        Map.entry("mount_namespace", ValueRule.NAMESPACE),
        Map.entry("pid_namespace", ValueRule.NAMESPACE),
        Map.entry("user_namespace", ValueRule.NAMESPACE),
        Map.entry("network_namespace", ValueRule.NAMESPACE),
        Map.entry("executable_owner", ValueRule.NUMBER),
        Map.entry("executable_writable", ValueRule.TRUTH),
        Map.entry("parent_path", ValueRule.PATH),
        Map.entry("ancestor_path", ValueRule.PATH),
        Map.entry("mapped_path", ValueRule.PATH),
        Map.entry("mapped_sha256", ValueRule.DIGEST),
        Map.entry("script", ValueRule.TEXT));
  }

  /// What the node measured before it started the process from its own copy.
  private static Map<String, ValueRule> code() {
    return Map.of(
        "entry", ValueRule.INNER_PATH,
        "sha256", ValueRule.DIGEST,
        "tree", ValueRule.DIGEST,
        "lock", ValueRule.DIGEST);
  }

  /// How the node started the process.
  private static Map<String, ValueRule> launch() {
    return Map.of(
        "agent", ValueRule.AGENT,
        "caller_filters", ValueRule.FILTERS,
        "runtime", ValueRule.RUNTIME,
        "uid", ValueRule.NUMBER,
        "user", ValueRule.ACCOUNT,
        "arguments", ValueRule.DIGEST,
        "env", ValueRule.VARIABLE);
  }

  /// What the node put around the process.
  private static Map<String, ValueRule> sandbox() {
    return Map.of(
        "cgroup", ValueRule.OWN,
        "no_new_privs", ValueRule.TRUTH,
        "capabilities", ValueRule.CAPABILITIES,
        "view", ValueRule.VIEW);
  }

  /// What systemd says of the unit that the process belongs to.
  private static Map<String, ValueRule> systemd() {
    return Map.of("id", ValueRule.UNIT, "fragment_path", ValueRule.PATH);
  }

  /// What Docker or Podman says of the container that the process runs in.
  private static Map<String, ValueRule> docker() {
    return Map.of(
        "label", ValueRule.LABEL,
        "env", ValueRule.ENTRY,
        "image_id", ValueRule.IMAGE_NAME,
        "image_config_digest", ValueRule.IMAGE);
  }

  /// Those of this version.
  public static SelectorTypes known() {
    return KNOWN;
  }

  /// All types, of processes and of nodes.
  public Set<String> types() {
    return Set.copyOf(types.keySet());
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
    String suggestion =
        NearestWord.of(word, known).map(near -> "did you mean " + near + "? ").orElse("");
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
}
