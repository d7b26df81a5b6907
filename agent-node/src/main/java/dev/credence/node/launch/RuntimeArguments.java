package dev.credence.node.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what stands between an interpreter's name and the file that it is to run, as strictly as
/// it can be: an option that is not known to be harmless is refused, for it could bring in other
/// code. What follows the file is the program's own. Pure.
final class RuntimeArguments {
  private static final Pattern PYTHON = Pattern.compile("-[uBIsEOq]{1,7}|-OO|-Xutf8(=[01])?");
  private static final Pattern NODE =
      Pattern.compile(
          "--(enable-source-maps|no-warnings|trace-warnings|trace-uncaught|no-deprecation)"
              + "|--max-(old-space|semi-space)-size=[0-9]{1,7}|--stack-trace-limit=[0-9]{1,4}");
  private static final Pattern SHELL = Pattern.compile("-[eux]{1,3}");
  private static final Pattern JAVA =
      Pattern.compile(
          "-X(m[sx]|ss)[0-9]{1,9}[kKmMgG]?|-(ea|da|server)|-Xshare:(auto|off|on)|-Xint"
              + "|-XX:[+-](Use[A-Za-z0-9]{1,20}GC|UseStringDeduplication|UseCompressedOops|UseContainerSupport|ExitOnOutOfMemoryError|CrashOnOutOfMemoryError|AlwaysPreTouch|DisableAttachMechanism|UseCompactObjectHeaders)"
              + "|-XX:(Max|Min|Initial)RAMPercentage=[0-9.]{1,6}"
              + "|-XX:(MaxMetaspaceSize|ReservedCodeCacheSize|MaxDirectMemorySize|ParallelGCThreads|ConcGCThreads|TieredStopAtLevel|ActiveProcessorCount)=[0-9]{1,12}[kKmMgG]?"
              + "|--enable-native-access=ALL-UNNAMED|--enable-preview|--sun-misc-unsafe-memory-access=(allow|warn|deny)");

  /// A class, as the JVM takes it; not a source file, which it would compile and run.
  private static final Pattern CLASS =
      Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*(\\.[A-Za-z_$][A-Za-z0-9_$]*){0,40}(?<!\\.java)");

  /// Of the JDK itself: among them are compilers and shells, which run what their arguments say.
  private static final Pattern JDK_CLASS =
      Pattern.compile(
          "(java|javax|jdk|sun|com\\.sun|com\\.oracle|oracle|netscape|org\\.(graalvm|ietf|jcp|w3c|xml))\\..*");

  private static final Pattern PROPERTY = Pattern.compile("-D[A-Za-z0-9_.-]{1,128}(=.*)?");
  private static final Pattern CODE_PROPERTY =
      Pattern.compile(
          "-D(java\\.(class\\.path|system\\.class\\.loader|library\\.path|home|ext\\.dirs|endorsed\\.dirs|security\\..*|vendor.*|locale\\.providers|naming\\..*|rmi\\..*|net\\..*Handler.*|protocol\\..*|util\\.logging\\..*|io\\.tmpdir|nio\\..*)|jdk\\..*|sun\\..*|com\\.sun\\..*|javax\\..*|user\\.(dir|home)|jna\\..*|loader\\..*)(=.*)?",
          Pattern.DOTALL);

  private RuntimeArguments() {}

  /// What of the arguments is code.
  ///
  /// @param entry as the arguments name it; empty if they do not: a class in one of Java's archives
  /// @param code everything that must be in the code's folder, the entry too
  /// @param mainClass of Java, where no file is named for it: it must be in the class path; or
  ///   empty
  record Shape(String entry, List<String> code, Optional<String> mainClass) {
    Shape {
      code = List.copyOf(code);
    }

    static Shape of(String entry) {
      return new Shape(entry, List.of(entry), Optional.empty());
    }
  }

  /// Reads them.
  ///
  /// @param arguments the whole command, the program first
  /// @throws LaunchRefusedException naming the option that is refused
  static Shape read(CodeRuntime runtime, List<String> arguments) throws LaunchRefusedException {
    return switch (runtime) {
      case PYTHON -> python(arguments);
      case NODE -> firstAfter(arguments, 1, NODE, "node");
      case SHELL -> firstAfter(arguments, 1, SHELL, "a shell");
      case OTHER -> firstAfter(arguments, 1, Pattern.compile("(?!)"), arguments.getFirst());
      case JAVA -> java(arguments);
      case NATIVE -> Shape.of(arguments.getFirst());
    };
  }

  private static Shape python(List<String> arguments) throws LaunchRefusedException {
    boolean utf8 =
        arguments.size() > 2 && arguments.get(1).equals("-X") && arguments.get(2).equals("utf8");
    return firstAfter(arguments, utf8 ? 3 : 1, PYTHON, "python");
  }

  private static Shape firstAfter(List<String> arguments, int from, Pattern harmless, String what)
      throws LaunchRefusedException {
    for (int i = from; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (!word.startsWith("-") && !word.startsWith("+") && !word.isEmpty()) {
        return Shape.of(word);
      }
      if (!harmless.matcher(word).matches()) {
        throw refused(word, what);
      }
    }
    throw LaunchRefusedException.of(
        what + " is given no file to run (expected: a file of the code's folder)");
  }

  private static LaunchRefusedException refused(String word, String what) {
    return LaunchRefusedException.of(
        "option "
            + Said.quoted(word)
            + " of "
            + what
            + " is not passed on: it could bring in code that nobody measured (expected: the file to run, after harmless options only)");
  }

  private static Shape java(List<String> arguments) throws LaunchRefusedException {
    List<String> classPath = List.of();
    for (int i = 1; i < arguments.size(); i++) {
      String word = arguments.get(i);
      boolean hasNext = i + 1 < arguments.size();
      if (word.equals("-jar") && hasNext && classPath.isEmpty()) {
        return Shape.of(notExpanded(arguments.get(i + 1)));
      }
      if (List.of("-cp", "-classpath", "--class-path").contains(word) && hasNext) {
        classPath = classPath(arguments.get(++i));
      } else if (!word.startsWith("-") && !word.startsWith("@") && !classPath.isEmpty()) {
        return mainClass(word, classPath);
      } else if (!isHarmlessJava(word)) {
        throw refused(word, "java");
      }
    }
    throw LaunchRefusedException.of(
        "java is given no code to run (expected: -jar FILE, or -cp PATH and a class, all of it in the code's folder)");
  }

  /// The class is the entry where it can only come from one file: the first element is a folder.
  private static Shape mainClass(String name, List<String> classPath)
      throws LaunchRefusedException {
    if (!CLASS.matcher(name).matches() || JDK_CLASS.matcher(name).matches()) {
      throw LaunchRefusedException.of(
          "java is told to run "
              + Said.quoted(name)
              + " (expected: the name of a class of the code, such as com.example.Agent)");
    }
    String first = classPath.getFirst();
    if (first.endsWith("*") || first.endsWith(".jar")) {
      return new Shape(
          "",
          classPath.stream().map(RuntimeArguments::withoutWildcard).toList(),
          Optional.of(name));
    }
    String entry = first + "/" + name.replace('.', '/') + ".class";
    var code = new ArrayList<>(List.of(entry));
    classPath.forEach(element -> code.add(withoutWildcard(element)));
    return new Shape(entry, code, Optional.empty());
  }

  private static String withoutWildcard(String element) {
    return element.endsWith("/*") ? element.substring(0, element.length() - 2) : element;
  }

  private static List<String> classPath(String path) throws LaunchRefusedException {
    var elements = new ArrayList<String>();
    for (String element : path.split(":", -1)) {
      if (element.isEmpty()) {
        throw LaunchRefusedException.of(
            "-cp "
                + Said.quoted(path)
                + " has an empty element, which means the working folder (expected: each one named)");
      }
      elements.add(notExpanded(element));
    }
    return elements;
  }

  /// What begins with an @ is a file of further arguments to the JVM, wherever it stands.
  private static String notExpanded(String word) throws LaunchRefusedException {
    if (word.startsWith("@")) {
      throw LaunchRefusedException.of(
          Said.quoted(word)
              + " begins with an @, which java takes for a file of arguments (expected: a file or folder written without one in front, such as ./lib)");
    }
    return word;
  }

  private static boolean isHarmlessJava(String word) {
    return JAVA.matcher(word).matches()
        || (PROPERTY.matcher(word).matches() && !CODE_PROPERTY.matcher(word).matches());
  }
}
