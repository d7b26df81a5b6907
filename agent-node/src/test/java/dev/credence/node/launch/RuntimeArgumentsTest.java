package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("what stands between an interpreter and its file")
class RuntimeArgumentsTest {
  private static RuntimeArguments.Shape read(CodeRuntime runtime, String command)
      throws LaunchRefusedException {
    return RuntimeArguments.read(runtime, List.of(command.split(" ", -1)));
  }

  private static void refused(CodeRuntime runtime, String command) {
    assertThatThrownBy(() -> read(runtime, command))
        .as(command)
        .isInstanceOf(LaunchRefusedException.class)
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @CsvSource({
    "PYTHON, python3 agent.py --port 1, agent.py",
    "PYTHON, python3 -X utf8 -OO agent.py -c x, agent.py",
    "NODE, node --max-old-space-size=256 a/agent.js -e 1, a/agent.js",
    "SHELL, bash -eux ./agent.sh -c true, ./agent.sh",
    "OTHER, perl agent.pl -e 1, agent.pl",
    "JAVA, java -Xmx64m -Dapp.name=x -jar agent.jar -javaagent:x, agent.jar",
    "NATIVE, ./agent --anything, ./agent",
  })
  @DisplayName("the file that is run is found; what follows is the program's own")
  void entry(CodeRuntime runtime, String command, String entry) throws Exception {
    assertThat(read(runtime, command).entry()).isEqualTo(entry);
    assertThat(read(runtime, command).code()).containsExactly(entry);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "python3",
        "python3 -c print(1)",
        "python3 -cprint(1)",
        "python3 -uc print(1)",
        "python3 -m http.server",
        "python3 -mhttp.server",
        "python3 -",
        "python3 -i agent.py",
        "python3 -W ignore::x.Y agent.py",
        "python3 -X importtime agent.py",
        "python3 -X frozen_modules=off agent.py",
        "python3 -u -X utf8 agent.py",
        "python3 --check-hash-based-pycs never agent.py",
        "python3 -P agent.py",
        "python3  agent.py",
        "python3 -- -c",
        "python3 -u\n-c agent.py",
      })
  @DisplayName("python: code in arguments, and what is not known to be harmless")
  void python(String command) {
    refused(CodeRuntime.PYTHON, command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node",
        "node -e 1",
        "node -p 1",
        "node -pe 1",
        "node --eval=1",
        "node -r ./x.js agent.js",
        "node --require=./x.js agent.js",
        "node --import ./x.mjs agent.js",
        "node --loader ./x.mjs agent.js",
        "node --experimental-loader=./x.mjs agent.js",
        "node --env-file=.env agent.js",
        "node --inspect=0.0.0.0 agent.js",
        "node --snapshot-blob x agent.js",
        "node -C x agent.js",
        "node --max-old-space-size=99999999 agent.js",
        "node --max-old-space-size 256 agent.js --eval",
        "node -",
        "node -- agent.js",
      })
  @DisplayName("node: code in arguments, loaders, debuggers")
  void node(String command) {
    refused(CodeRuntime.NODE, command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sh",
        "sh -c true",
        "sh -ec true",
        "sh -s",
        "sh -i agent.sh",
        "bash -l agent.sh",
        "bash --rcfile x agent.sh",
        "bash --init-file x agent.sh",
        "bash +O extglob agent.sh",
        "bash -O extglob agent.sh",
        "sh -",
        "sh --",
      })
  @DisplayName("shells: commands in arguments, files that are read before")
  void shell(String command) {
    refused(CodeRuntime.SHELL, command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"perl -e 1", "ruby -rx a.rb", "php -r 1", "lua -l x a.lua", "perl"})
  @DisplayName("others: no option at all before the file")
  void others(String command) {
    refused(CodeRuntime.OTHER, command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java",
        "java Agent",
        "java Agent.java",
        "java -cp build",
        "java -cp build Agent.java",
        "java -cp build /tmp/Evil.java",
        "java -cp build ../Evil.java",
        "java -cp build Evil.java extra",
        "java -cp build --source 25 Evil",
        "java -cp build com.sun.tools.javac.Main x",
        "java -cp build com/sun/tools/javac/Main x",
        "java -cp build jdk.jshell.tool.JavaShellToolBuilder",
        "java -cp a.jar jdk.internal.jshell.tool.JShellToolProvider",
        "java -cp a.jar sun.tools.jar.Main",
        "java -cp a.jar java.util.Objects",
        "java -cp build -m x/y",
        "java -m x/y",
        "java -p mods -m x/y",
        "java --module-path=mods -jar a.jar",
        "java --add-modules ALL -jar a.jar",
        "java --patch-module java.base=x -jar a.jar",
        "java -javaagent:x.jar -jar a.jar",
        "java -agentlib:jdwp=server=y -jar a.jar",
        "java -agentpath:/tmp/x.so -jar a.jar",
        "java -Xbootclasspath/a:x.jar -jar a.jar",
        "java -XX:Flags=x -jar a.jar",
        "java -XX:VMOptionsFile=x -jar a.jar",
        "java -XX:OnOutOfMemoryError=x -jar a.jar",
        "java -XX:+AllowArchivingWithJavaAgent -jar a.jar",
        "java -XX:SharedArchiveFile=x -jar a.jar",
        "java -XX:AOTCache=x -jar a.jar",
        "java @options -jar a.jar",
        "java -cp build @options",
        "java -Djava.system.class.loader=x -jar a.jar",
        "java -Djava.library.path=/tmp -jar a.jar",
        "java -Djdk.module.main=x -jar a.jar",
        "java -Djava.security.properties==x -jar a.jar",
        "java -Duser.dir=/tmp -jar a.jar",
        "java -D -jar a.jar",
        "java -cp a.jar: Agent",
        "java -cp :a.jar Agent",
        "java -cp a.jar::b.jar Agent",
        "java -cp a.jar -jar",
        "java -jar",
        "java --class-path=build Agent",
      })
  @DisplayName(
      "java: agents, files of options, other class paths, source files, the JDK's own tools")
  void java(String command) {
    refused(CodeRuntime.JAVA, command);
  }

  @Test
  @DisplayName("java: with a folder first the entry is the class's file; all elements are code")
  void classPath() throws Exception {
    var folder = read(CodeRuntime.JAVA, "java -ea -cp build:lib/*:x.jar com.example.Agent$1 -jar");
    assertThat(folder.entry()).isEqualTo("build/com/example/Agent$1.class");
    assertThat(folder.code())
        .containsExactly("build/com/example/Agent$1.class", "build", "lib", "x.jar");
  }

  @Test
  @DisplayName("java: of archives no entry is told by its name, whatever the class's name is")
  void archives() throws Exception {
    for (String first : List.of("x.jar", "lib/*", "*")) {
      var shape = read(CodeRuntime.JAVA, "java -cp " + first + ":build Agent");
      assertThat(shape.entry()).isEmpty();
      assertThat(shape.code()).hasSize(2).contains("build");
    }
  }

  @Test
  @DisplayName("a refusal shows nothing that moves a terminal's cursor")
  void shown() {
    assertThatThrownBy(() -> read(CodeRuntime.PYTHON, "python3 -\u001b[2J\u0007"))
        .message()
        .matches("[\\x20-\\x7e]+");
  }
}
