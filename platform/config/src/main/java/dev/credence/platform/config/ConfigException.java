package dev.credence.platform.config;

import java.util.List;

/// A configuration that cannot be used. Holds every problem that was found, each a line for people
/// that starts with file and line.
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  /// At least one problem.
  public ConfigException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /// In the order of the file where they have a line, missing keys last.
  public List<String> problems() {
    return problems;
  }
}
