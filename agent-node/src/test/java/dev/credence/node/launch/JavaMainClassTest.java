package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the class that Java is to run")
class JavaMainClassTest {
  @TempDir private Path copy;

  @BeforeEach
  void archives() throws IOException {
    Files.createDirectories(copy.resolve("lib"));
    Files.createDirectories(copy.resolve("classes/com/example"));
    Files.write(copy.resolve("classes/com/example/Plain.class"), new byte[1]);
    archive("app.jar", "com/example/Agent.class");
    archive("lib/other.jar", "Other.class");
    Files.writeString(copy.resolve("agent.py"), "print(1)");
  }

  private void archive(String name, String entry) throws IOException {
    try (var out = new ZipOutputStream(Files.newOutputStream(copy.resolve(name)))) {
      out.putNextEntry(new ZipEntry(entry));
      out.write(1);
      out.closeEntry();
    }
  }

  private void require(String name, String... files) throws LaunchRefusedException {
    JavaMainClass.require(name, List.of(files), copy);
  }

  @Test
  @DisplayName("is found in an archive, a folder of archives, and a folder of classes")
  void found() {
    assertThatCode(() -> require("com.example.Agent", "app.jar")).doesNotThrowAnyException();
    assertThatCode(() -> require("Other", "app.jar", "lib")).doesNotThrowAnyException();
    assertThatCode(() -> require("com.example.Plain", "app.jar", "classes"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"com.example.Plain", "Other", "com.sun.tools.javac.Main", "Evil"})
  @DisplayName("is refused if no measured element has it")
  void missing(String name) {
    assertThatThrownBy(() -> require(name, "app.jar"))
        .isInstanceOf(LaunchRefusedException.class)
        .hasMessageContaining("is in none of the measured elements")
        .hasMessageContaining("expected");
  }

  @Test
  @DisplayName("is refused if the element is no archive at all")
  void noArchive() {
    assertThatThrownBy(() -> require("Evil", "agent.py"))
        .isInstanceOf(LaunchRefusedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java -jar @options",
        "java -cp @options Agent",
        "java -cp app.jar:@x Agent",
        "java -cp app.jar @options",
      })
  @DisplayName("and its path are never a file of further arguments")
  void expanded(String command) {
    assertThatThrownBy(() -> RuntimeArguments.read(CodeRuntime.JAVA, List.of(command.split(" "))))
        .isInstanceOf(LaunchRefusedException.class)
        .hasMessageContaining("@");
  }
}
