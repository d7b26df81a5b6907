package dev.credence.attestors.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.certs.JsonValue;
import dev.credence.certs.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Security;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The digest of a tree: docs/spec/code-tree.md")
class TreeDigestTest {
  private record Vector(String name, List<TreeEntry> entries, String digest) {}

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("docs/spec/vectors"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new AssertionError("docs/spec/vectors not found above " + Path.of("").toAbsolutePath());
    }
    return folder;
  }

  private static Path vectorFile() {
    return root().resolve("docs/spec/vectors/code-tree.json");
  }

  private static List<Vector> vectors() throws Exception {
    var file = JsonValue.Members.parse(Files.readAllBytes(vectorFile()));
    return elements(file, "vectors").stream()
        .map(each ->
            new Vector(
                text(each, "name"),
                elements(each, "entries").stream().map(TreeDigestTest::entry).toList(),
                text(each, "digest")))
        .toList();
  }

  private static List<JsonValue.Members> elements(JsonValue.Members object, String name) {
    return ((JsonValue.Elements) object.get(name).orElseThrow())
        .values().stream().map(JsonValue.Members.class::cast).toList();
  }

  private static String text(JsonValue.Members object, String name) {
    return ((JsonValue.Text) object.get(name).orElseThrow()).value();
  }

  private static TreeEntry entry(JsonValue.Members entry) {
    if (entry.get("target").isPresent()) {
      return new TreeEntry.Link(text(entry, "path"), text(entry, "target"));
    }
    return new TreeEntry.File(
        text(entry, "path"),
        ((JsonValue.Truth) entry.get("executable").orElseThrow()).value(),
        Long.parseLong(((JsonValue.Numeral) entry.get("length").orElseThrow()).literal()),
        Sha256.parseHex(text(entry, "sha256")));
  }

  private static String digest(List<TreeEntry> entries) throws Exception {
    return TreeDigest.of(entries, MessageDigest.getInstance("SHA-256")).toString();
  }

  @Test
  @DisplayName("the vectors, in any order of the entries; no two of them are the same")
  void vectorsHold() throws Exception {
    var seen = new HashSet<String>();
    for (Vector vector : vectors()) {
      var shuffled = new ArrayList<>(vector.entries());
      Collections.shuffle(shuffled, new Random(7));
      assertThat(digest(vector.entries())).as(vector.name()).isEqualTo(vector.digest());
      assertThat(digest(shuffled)).as(vector.name()).isEqualTo(vector.digest());
      assertThat(seen.add(vector.digest())).as(vector.name()).isTrue();
    }
    assertThat(seen).hasSizeGreaterThan(10);
  }

  @Test
  @DisplayName("the program in Python writes the same vectors")
  void secondImplementation(@TempDir Path folder) throws Exception {
    Path written = folder.resolve("vectors.json");
    python("--vectors", written.toString());
    assertThat(written).hasSameTextualContentAs(vectorFile());
  }

  @Test
  @DisplayName("both find the same digest of a folder")
  void sameOfAFolder(@TempDir Path folder) throws Exception {
    for (String name :
        List.of("main.py", "a/b/c.py", "a-b", "a/\u00e9\uff5e.txt", "a/\ud83d\ude00")) {
      Path file = Path.of(folder.toString(), name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
    assertThat(folder.resolve("main.py").toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(folder.resolve("a/b/up"), Path.of("../../main.py"));
    Files.createDirectory(folder.resolve("empty"));
    var meter = new CodeMeter(Security.getProvider("SUN"), CodeLimits.usual());
    assertThat(python(folder.toString()))
        .isEqualTo(meter.measure(CodeRequest.of(folder)).tree().toString());
  }

  private static String python(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("python3"));
    command.add(root().resolve("attestors/code/src/test/python/code_tree.py").toString());
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "python3 is not on this machine: no second implementation to compare with");
      throw e;
    }
    String output =
        new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
            .strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
