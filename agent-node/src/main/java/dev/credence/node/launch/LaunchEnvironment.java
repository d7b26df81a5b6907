package dev.credence.node.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The environment of a launched program, made from nothing: what the node sets, where the caller's
/// language and time are, and what the caller names. Pure.
final class LaunchEnvironment {
  static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private static final int MOST = 256;
  private static final int LONGEST = 32 * 1024;

  private static final Set<String> LOCALE = Set.of("LANG", "LANGUAGE", "TERM");

  private final Map<String, String> variables = new TreeMap<>();
  private final Set<String> evident = new TreeSet<>();
  private final Set<String> loading = new TreeSet<>();

  /// Begins with what every program gets.
  LaunchEnvironment(Account account, String endpoint) {
    variables.put("PATH", PATH);
    variables.put("HOME", account.home());
    variables.put("USER", account.name());
    variables.put("LOGNAME", account.name());
    variables.put("SHELL", account.shell());
    variables.put("SPIFFE_ENDPOINT_SOCKET", endpoint);
  }

  /// Python looks for code in its user's home, and writes next to the code, unless it is told not
  /// to.
  LaunchEnvironment forPython() {
    variables.put("PYTHONNOUSERSITE", "1");
    variables.put("PYTHONDONTWRITEBYTECODE", "1");
    return this;
  }

  /// The caller's language, time zone and terminal, as far as they look like that.
  LaunchEnvironment locale(Map<String, String> values) {
    values.forEach((name, value) -> {
      if (isHarmless(name, value)) {
        variables.put(name, value);
      }
    });
    return this;
  }

  /// Of a name and a form that are known to load nothing. Everything else may mean something to
  /// somebody.
  private static boolean isHarmless(String name, String value) {
    if (name.equals("TZ")) {
      return value.matches("[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}");
    }
    return (LOCALE.contains(name) || name.matches("LC_[A-Z]{1,32}"))
        && value.matches("[A-Za-z0-9_.@:+,-]{1,64}");
  }

  /// What the caller names. What is not known to be harmless becomes evidence.
  ///
  /// @param allowed names that a registration of the agent names
  /// @throws LaunchRefusedException if one can change the code and is not among them
  LaunchEnvironment add(Map<String, String> values, Set<String> allowed)
      throws LaunchRefusedException {
    for (var entry : values.entrySet()) {
      String name = entry.getKey();
      requireSound(name, entry.getValue());
      if (CodeVariables.changesCode(name)) {
        requireAllowed(name, allowed);
        loading.add(name);
      }
      if (!isHarmless(name, entry.getValue())) {
        evident.add(name);
      }
      variables.put(name, entry.getValue());
    }
    if (variables.size() > MOST) {
      throw LaunchRefusedException.of(
          variables.size() + " environment variables (expected: at most " + MOST + ")");
    }
    return this;
  }

  private static void requireSound(String name, String value) throws LaunchRefusedException {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
      throw LaunchRefusedException.of(
          "--env: " + Said.quoted(name) + " (expected: a name of an environment variable)");
    }
    if (value.length() > LONGEST || value.indexOf('\0') >= 0) {
      throw LaunchRefusedException.of(
          "--env "
              + name
              + ": its value has "
              + value.length()
              + " characters (expected: at most "
              + LONGEST
              + ", no zero)");
    }
  }

  private static void requireAllowed(String name, Set<String> allowed)
      throws LaunchRefusedException {
    if (name.equals("SPIFFE_ENDPOINT_SOCKET") || !allowed.contains(name)) {
      throw LaunchRefusedException.of(
          "--env "
              + name
              + ": it can change which code runs (expected: a registration of the agent on this node that names the selector launch:env:"
              + name
              + ")");
    }
  }

  /// Those that were named and are not known to be harmless.
  Set<String> evident() {
    return Set.copyOf(evident);
  }

  /// What people should know: a variable that a registration allows is no code that was measured.
  Optional<String> notice() {
    return loading.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "what "
                + String.join(", ", loading)
                + " brings in was not measured; the code's level does not say so, the selector launch:env does");
  }

  /// The folder that the program will take for its user's home.
  String home() {
    return variables.getOrDefault("HOME", "/");
  }

  /// `NAME=VALUE`, in the order of their names.
  List<String> list() {
    var all = new ArrayList<String>();
    variables.forEach((name, value) -> all.add(name + "=" + value));
    return all;
  }
}
