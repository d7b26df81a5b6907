package dev.credence.node.launch;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.OpenFile;
import dev.credence.proto.launch.v1.LaunchRequest;
import dev.credence.proto.launch.v1.Variable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a request comes to, before anything is measured or made. Immutable.
///
/// @param code the folder that is measured and covered
/// @param workingFolder canonical
/// @param program what is executed: one of the host's; empty: the entry itself
/// @param entry the file that counts as `code:entry`; empty: the arguments name none
/// @param files within the code's folder, everything that the arguments name as code; the entry
///   first
/// @param arguments as the program gets them
/// @param environment what it gets beside them
/// @param mainClass of Java, which must be in one of the files
record LaunchPlan(
    CodeFolder code,
    Path workingFolder,
    CodeRuntime runtime,
    Optional<TrustedProgram> program,
    Optional<String> entry,
    List<String> files,
    List<String> arguments,
    LaunchEnvironment environment,
    Optional<String> mainClass) {
  private static final int MOST_ARGUMENTS = 4096;

  LaunchPlan {
    files = List.copyOf(files);
    arguments = List.copyOf(arguments);
  }

  /// The files that came with a request.
  record Files(List<OpenFile> standard, OpenFile workingFolder, OpenFile code) {
    static Files of(List<OpenFile> received) throws LaunchRefusedException {
      if (received.size() != 5) {
        throw LaunchRefusedException.of(
            received.size() + " open files came with the request (expected: 5)");
      }
      return new Files(received.subList(0, 3), received.get(3), received.get(4));
    }
  }

  /// What the node knows by itself.
  ///
  /// @param untouchable as in [LaunchSettings]
  /// @param endpoint of the Workload API, as programs find it
  /// @param variables that can change the code and are passed on all the same
  record Surroundings(List<Path> untouchable, String endpoint, Set<String> variables) {}

  /// Reads a request.
  ///
  /// @throws LaunchRefusedException with the line for the caller
  static LaunchPlan of(
      LaunchRequest request, Files files, Account account, Surroundings surroundings)
      throws LaunchRefusedException {
    List<String> arguments = request.getArgumentsList();
    requireSound(arguments);
    CodeFolder code = CodeFolder.of(files.code(), surroundings.untouchable());
    Path workingFolder = CodeFolder.pathOf(files.workingFolder(), "the working folder");
    String first = arguments.getFirst();
    Optional<TrustedProgram> program =
        code.contains(first, workingFolder)
            ? Optional.empty()
            : Optional.of(TrustedProgram.find(first));
    CodeRuntime runtime = program.isPresent() ? runtime(program.get()) : CodeRuntime.NATIVE;
    var shape = RuntimeArguments.read(runtime, arguments);
    var environment =
        new LaunchEnvironment(account, surroundings.endpoint())
            .locale(map(request.getLocaleList()))
            .add(map(request.getEnvironmentList()), surroundings.variables());
    List<String> named = codeFiles(shape, code, workingFolder);
    Optional<String> entry =
        shape.entry().isEmpty() ? Optional.empty() : Optional.of(named.getFirst());
    requireEntry(request.getEntry(), entry, code, workingFolder);
    requireNoAssignment(
        program.map(TrustedProgram::path).orElseGet(() -> code.path().resolve(named.getFirst())));
    return new LaunchPlan(
        code,
        workingFolder,
        runtime,
        program,
        entry,
        named,
        arguments,
        runtime == CodeRuntime.PYTHON ? environment.forPython() : environment,
        shape.mainClass());
  }

  private static void requireSound(List<String> arguments) throws LaunchRefusedException {
    if (arguments.isEmpty() || arguments.getFirst().isEmpty()) {
      throw LaunchRefusedException.of("no program is named (expected: one after --)");
    }
    if (arguments.size() > MOST_ARGUMENTS
        || arguments.stream().anyMatch(a -> a.indexOf('\0') >= 0)) {
      throw LaunchRefusedException.of(
          arguments.size()
              + " arguments (expected: at most "
              + MOST_ARGUMENTS
              + ", none with a zero in it)");
    }
  }

  private static CodeRuntime runtime(TrustedProgram program) throws LaunchRefusedException {
    String name = program.path().getFileName().toString();
    return CodeRuntime.named(name)
        .orElseThrow(() ->
            LaunchRefusedException.of(
                program.path()
                    + " is not an interpreter of which the node knows how it is given its code (expected: python, node, java, a shell, perl, ruby, php, lua or tclsh; or a program of the code's folder)"));
  }

  /// The program is started by env(1), to which what has a = in it is a variable, and the next word
  /// the program.
  private static void requireNoAssignment(Path program) throws LaunchRefusedException {
    if (program.toString().indexOf('=') >= 0) {
      throw LaunchRefusedException.of(
          Said.quoted(program.toString()) + " has a = in it (expected: a program without one)");
    }
  }

  /// The folder itself may be named beside its files, as in `java -cp . Agent`.
  private static List<String> codeFiles(
      RuntimeArguments.Shape shape, CodeFolder code, Path workingFolder)
      throws LaunchRefusedException {
    var files = new ArrayList<String>();
    for (String given : shape.code()) {
      if (given.equals(shape.entry()) || !code.is(given, workingFolder)) {
        files.add(code.inside(given, workingFolder));
      }
    }
    return files;
  }

  /// What the caller says is its entry is believed of no command: it must be what is run.
  private static void requireEntry(
      String given, Optional<String> entry, CodeFolder code, Path workingFolder)
      throws LaunchRefusedException {
    if (!given.isEmpty() && !entry.equals(Optional.of(code.inside(given, workingFolder)))) {
      throw LaunchRefusedException.of(
          "--entry "
              + Said.quoted(given)
              + " is not the file that the program is given to run (expected: "
              + entry.map(Said::quoted).orElse("no --entry: a class path of archives names none")
              + ")");
    }
  }

  private static Map<String, String> map(List<Variable> variables) throws LaunchRefusedException {
    var all = new HashMap<String, String>();
    for (Variable variable : variables) {
      if (all.put(variable.getName(), variable.getValue()) != null) {
        throw LaunchRefusedException.of(
            "--env " + Said.quoted(variable.getName()) + " is given twice (expected: once)");
      }
    }
    return all;
  }

  /// What the process will execute.
  ///
  /// @param seen [#files], in the copy
  FileStat executable(List<FileStat> seen) {
    return program.map(TrustedProgram::stat).orElseGet(seen::getFirst);
  }

  /// Why more than the measured code may be run; empty: it cannot. Interpreters look for modules in
  /// their working folder, in their user's home, in folders above the code: each in its own places.
  Optional<String> looseBecause() {
    return byWorkingFolder()
        .or(this::byHome)
        .or(this::byFoldersAbove)
        .or(() ->
            code.movableBecause()
                .map(why ->
                    why
                        + " (expected: only root can rename the folder of the code or one above it)"));
  }

  private Optional<String> byWorkingFolder() {
    boolean looksThere = runtime == CodeRuntime.SHELL || runtime == CodeRuntime.OTHER;
    return looksThere && !workingFolder.startsWith(code.path())
        ? Optional.of(
            "its interpreter may load code from the working folder, "
                + workingFolder
                + " (expected: one inside "
                + code.path()
                + ")")
        : Optional.empty();
  }

  /// Python is told not to look there; the JVM loads no code from there, and a shell that runs a
  /// file reads none.
  private Optional<String> byHome() {
    boolean looksThere = runtime == CodeRuntime.NODE || runtime == CodeRuntime.OTHER;
    return looksThere
        ? OutsideCode.inHome(environment.home())
            .map(why ->
                "its interpreter may load code from the home of its user: "
                    + why
                    + " (expected: a user whose home is root's and has nothing hidden in it, or is not there and only root can make it, such as /nonexistent)")
        : Optional.empty();
  }

  private Optional<String> byFoldersAbove() {
    return runtime == CodeRuntime.NODE
        ? OutsideCode.above(code.path())
            .map(why ->
                "its interpreter may load code from node_modules above the folder of the code: "
                    + why
                    + " (expected: the code in a folder above which only root can make any, as in /srv or /opt)")
        : Optional.empty();
  }

  /// The command with the program's absolute path.
  List<String> command() {
    var command = new ArrayList<>(arguments);
    command.set(
        0,
        program
            .map(found -> found.path().toString())
            .orElse(code.path().resolve(files.getFirst()).toString()));
    return command;
  }
}
