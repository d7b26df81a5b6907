package dev.credence.e2e.program;

/// The class path of the tests: every module as the reactor built it, and the test classes.
final class ClassPath {

  private ClassPath() {}

  /// As one string.
  static String ofTests() {
    var surefire = System.getProperty("surefire.test.class.path");
    return surefire == null ? System.getProperty("java.class.path") : surefire;
  }
}
