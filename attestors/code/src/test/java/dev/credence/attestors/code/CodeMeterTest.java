package dev.credence.attestors.code;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.Evidence;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Measuring a folder")
class CodeMeterTest {
  private static final CodeLimits LIMITS =
      new CodeLimits(10, 1_000, 500, 3, 60, Duration.ofSeconds(20));

  @TempDir private Path folder;
  private final CodeMeter meter = new CodeMeter(Security.getProvider("SUN"), LIMITS);

  private MeasuredCode measure() throws CodeRefusedException {
    return meter.measure(CodeRequest.of(folder));
  }

  private Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  @DisplayName(
      "one changed byte, one bit of the mode, one name: another digest; times and empty folders: the same")
  void sensitive() throws Exception {
    write("main.py", "import lib.tool");
    Path tool = write("lib/tool.py", "x = 1");
    Sha256 before = measure().tree();
    write("lib/tool.py", "x = 2");
    assertThat(measure().tree()).isNotEqualTo(before);
    write("lib/tool.py", "x = 1");
    Files.createDirectories(folder.resolve("empty/inner"));
    write("lib/__pycache__/tool.cpython-311.pyc", "evil");
    write(".git/config", "x");
    assertThat(measure().tree()).isEqualTo(before);
    assertThat(measure().ignored().some()).containsExactlyInAnyOrder("lib/__pycache__/", ".git/");
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    assertThat(measure().tree()).isNotEqualTo(before);
    assertThat(tool.toFile().setExecutable(false)).isTrue();
    write("lib/tool.pyc", "a compiled module outside of __pycache__ is code");
    assertThat(measure().tree()).isNotEqualTo(before);
  }

  @Test
  @DisplayName(
      "entry and lock file: their digests; the first lock file that is there, or the one that is named")
  void entryAndLock() throws Exception {
    write("bin/agent.js", "main");
    write("yarn.lock", "y");
    write("package-lock.json", "p");
    var request = new CodeRequest(folder.toString(), Optional.of("bin/agent.js"), Optional.empty());
    MeasuredCode code = meter.measure(request);
    assertThat(code.entry())
        .contains(new MeasuredFile("bin/agent.js", Sha256.of("main".getBytes(UTF_8))));
    assertThat(code.lock())
        .contains(new MeasuredFile("package-lock.json", Sha256.of("p".getBytes(UTF_8))));
    var named = new CodeRequest(folder.toString(), Optional.empty(), Optional.of("yarn.lock"));
    assertThat(meter.measure(named).lock()).map(MeasuredFile::path).contains("yarn.lock");
    var absent = new CodeRequest(folder.toString(), Optional.of("bin/other.js"), Optional.empty());
    assertThatThrownBy(() -> meter.measure(absent))
        .hasMessageContaining("entry \"bin/other.js\" is not in the code of");
  }

  @Test
  @DisplayName("only what covers all the code speaks about it")
  void evidence() throws Exception {
    Path file = write("agent.js", "main");
    write("yarn.lock", "y");
    var request = new CodeRequest(folder.toString(), Optional.of("agent.js"), Optional.empty());
    assertThat(meter.measure(request).evidence(CodeAssurance.LAUNCHER, "copy"))
        .filteredOn(each -> each.code().isPresent())
        .extracting(each -> each.selector().kind())
        .containsExactly("code:tree");
    List<Evidence> single =
        meter.measure(CodeRequest.of(file)).evidence(CodeAssurance.LAUNCHER, "copy");
    assertThat(single)
        .filteredOn(each -> each.code().equals(Optional.of(CodeAssurance.LAUNCHER)))
        .extracting(each -> each.selector().kind())
        .containsExactly("code:tree", "code:sha256");
  }

  @ParameterizedTest(name = "{0} → {1}")
  @CsvSource({
    "lib/link, /etc/shadow",
    "lib/link, ../../outside",
    "link, ..",
    "link, ../x",
    "lib/link, a/../../b",
    "lib/link, a/../b"
  })
  @DisplayName("links that lead out, or could, are refused with their path")
  void links(String path, String target) throws Exception {
    Path link = folder.resolve(path);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
    assertThatThrownBy(this::measure)
        .isInstanceOf(CodeRefusedException.class)
        .hasMessageStartingWith("\"" + path + "\" is a symbolic link to \"" + target + "\"");
    write(".credenceignore", path);
    assertThat(measure().files()).isEqualTo(1);
  }

  @Test
  @DisplayName("a link to a folder is a link: nothing is read through it")
  void linkToFolder() throws Exception {
    write("lib/a.py", "1");
    Files.createSymbolicLink(folder.resolve("lib64"), Path.of("lib"));
    assertThat(measure().files()).isEqualTo(2);
  }

  @Test
  @DisplayName(
      "FIFOs are refused with their path, and nothing waits for a writer; also as what is named")
  void fifo() throws Exception {
    write("a.py", "1");
    run("mkfifo", folder.resolve("pipe").toString());
    assertThatThrownBy(this::measure)
        .hasMessageContaining("\"pipe\" is a FIFO (expected: regular files");
    assertThatThrownBy(() -> meter.measure(CodeRequest.of(folder.resolve("pipe"))))
        .hasMessageContaining("is a FIFO (expected: a folder or a file)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\nb", "\\033[2J", "\\377bad", "\\303\\050"})
  @DisplayName("names with control characters, and names that are not UTF-8, are refused")
  void names(String name) throws Exception {
    run("sh", "-c", "cd \"$1\" && : > \"$(printf \"$2\")x\"", "sh", folder.toString(), name);
    assertThatThrownBy(this::measure)
        .isInstanceOf(CodeRefusedException.class)
        .message()
        .satisfies(
            message -> assertThat(message.chars().anyMatch(Character::isISOControl)).isFalse())
        .containsAnyOf("control character", "expected: UTF-8");
  }

  @Test
  @DisplayName("each limit is told with its value")
  void limits() throws Exception {
    write("d1/d2/d3/a", "1");
    assertThat(measure().files()).isEqualTo(1);
    write("d1/d2/d3/d4/a", "1");
    assertThatThrownBy(this::measure)
        .hasMessageContaining("\"d1/d2/d3/d4\" is more than 3 folders");
    write(".credenceignore", "d1");
    write("x".repeat(61), "");
    assertThatThrownBy(this::measure).hasMessageContaining("a path of 61 bytes");
    write(".credenceignore", "d1\nx*");
    write("big", "b".repeat(501));
    assertThatThrownBy(this::measure).hasMessageContaining("\"big\" has 501 bytes or more");
    write(".credenceignore", "d1\nx*\nbig");
    write("big1", "b".repeat(500));
    write("big2", "b".repeat(500));
    assertThatThrownBy(this::measure).hasMessageContaining("more than 1000 bytes");
    write(".credenceignore", "d1\nx*\nbig*");
    for (int i = 0; i < 10; i++) {
      write("f" + i, "");
    }
    assertThatThrownBy(this::measure).hasMessageContaining("more than 10 files");
    for (int i = 0; i < 40; i++) {
      write("x" + i, "");
    }
    assertThatThrownBy(this::measure).hasMessageContaining("too many names");
  }

  @Test
  @DisplayName("a file that is larger than any limit, but has no content on the disk, is not read")
  void sparse() throws Exception {
    run("truncate", "-s", "10T", folder.resolve("sparse").toString());
    assertThatThrownBy(this::measure).hasMessageContaining("10995116277760 bytes or more");
  }

  @Test
  @DisplayName("nothing there, nothing but what is ignored: no code")
  void nothing() throws Exception {
    assertThatThrownBy(this::measure).hasMessageContaining("no code in");
    assertThatThrownBy(() -> meter.measure(CodeRequest.of(folder.resolve("absent"))))
        .hasMessageContaining("absent\" is not there");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "a/", "a//b", "../a", "a/./b", "", "."})
  @DisplayName("entries are plain paths inside")
  void entries(String entry) {
    assertThatThrownBy(
            () -> new CodeRequest(folder.toString(), Optional.of(entry), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entry");
  }

  @Test
  @DisplayName("names that would take too much memory are refused, ignored ones too")
  void memory() throws Exception {
    var large = new CodeMeter(Security.getProvider("SUN"), CodeLimits.usual());
    String name = "x".repeat(240);
    for (int depth = 0; depth < 3; depth++) {
      Path inner = Files.createDirectories(folder.resolve("d" + depth));
      for (int i = 0; i < 20_000; i++) {
        Files.createFile(inner.resolve(name + i));
      }
    }
    assertThatThrownBy(() -> large.measure(CodeRequest.of(folder)))
        .isInstanceOf(CodeRefusedException.class)
        .hasMessageMatching("(?s).*(bytes of memory|too many names).*");
  }
}
