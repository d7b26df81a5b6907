package dev.credence.node.launch;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What executes the code.
enum CodeRuntime {
  PYTHON("python[0-9.]*t?|pypy[0-9.]*"),
  NODE("node|nodejs"),
  JAVA("java"),
  SHELL("sh|dash|bash"),
  /// Interpreters of which it is known that the first argument is the file that they run.
  OTHER("perl[0-9.]*|ruby[0-9.]*|lua[0-9.]*|luajit|php[0-9.]*|tclsh[0-9.]*"),
  /// The program itself is the code.
  NATIVE("(?!)");

  private final Pattern names;

  CodeRuntime(String names) {
    this.names = Pattern.compile(names);
  }

  /// By the name of a program's file.
  static Optional<CodeRuntime> named(String file) {
    for (CodeRuntime runtime : values()) {
      if (runtime.names.matcher(file).matches()) {
        return Optional.of(runtime);
      }
    }
    return Optional.empty();
  }

  /// The value of `launch:runtime`.
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
