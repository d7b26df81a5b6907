package dev.credence.cli.declare;

import dev.credence.cli.print.Text;
import dev.credence.platform.config.Problem;
import dev.credence.proto.admin.v1.Declared;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds and reads files of declarations: a file, a folder (its `*.yaml` and `*.yml`, in the order
/// of their names, without its subfolders), or `-` for standard input. In a folder only what is a
/// file itself is read: whoever may put a link into it (a pull request) must not have another file
/// shown. Bounded, and strict: all problems of all files are told together. Confined to one thread.
public final class DeclarationFiles {
  private static final int MOST_FILES = 1_000;
  private static final int MOST_BYTES = 4 << 20;
  private static final long MOST_BYTES_TOGETHER = 16 << 20;

  private final InputStream in;
  private final List<Declared> objects = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<DeclarationReader.NamedSet> sets = new ArrayList<>();
  private int files;
  private long bytes;

  private DeclarationFiles(InputStream in) {
    this.in = in;
  }

  /// Reads all of them.
  ///
  /// @param sources paths, or `-`
  /// @param in standard input
  public static Declarations read(List<String> sources, InputStream in) {
    var reading = new DeclarationFiles(in);
    new LinkedHashSet<>(sources).forEach(reading::source);
    return reading.done();
  }

  private Declarations done() {
    Set<String> names = new LinkedHashSet<>();
    sets.forEach(set -> names.add(set.name()));
    if (names.size() > 1) {
      var first = sets.getFirst();
      sets.stream()
          .filter(set -> !set.name().equals(first.name()))
          .findFirst()
          .ifPresent(other ->
              refuse(
                  Text.of(
                      "%s: set %s, and set %s at %s (expected: one set at a time)",
                      other.position(), other.name(), first.name(), first.position())));
    }
    if (objects.size() > Declarations.MOST_OBJECTS) {
      refuse(
          Text.of(
              "%d declarations (expected: at most %d at once)",
              objects.size(), Declarations.MOST_OBJECTS));
    }
    requireSendable();
    return new Declarations(names.stream().findFirst().orElse(""), objects, problems);
  }

  /// As messages they have other sizes than as text.
  private void requireSendable() {
    long sent = 0;
    for (Declared object : objects) {
      int size = object.getSerializedSize();
      sent += size;
      if (size > Declarations.MOST_BYTES_OF_ONE) {
        refuse(
            Text.of(
                "%s: a declaration of %d bytes (expected: at most %d; with shorter or fewer values)",
                object.getPosition(), size, Declarations.MOST_BYTES_OF_ONE));
      }
    }
    if (sent > Declarations.MOST_BYTES) {
      refuse(
          Text.of(
              "%d bytes of declarations (expected: at most %d at once; apply them in several sets)",
              sent, Declarations.MOST_BYTES));
    }
  }

  private void refuse(String problem) {
    problems.add(new Problem(1, problem));
  }

  private void source(String source) {
    if (source.equals("-")) {
      take("-", in);
      return;
    }
    Path path;
    try {
      path = Path.of(source);
    } catch (InvalidPathException e) {
      refuse(Text.of("%s: not a path", Findings.quoted(source)));
      return;
    }
    if (Files.isDirectory(path)) {
      folder(path);
    } else {
      file(path);
    }
  }

  private void folder(Path folder) {
    try (var list = Files.list(folder)) {
      List<Path> found =
          list.filter(path -> path.toString().endsWith(".yaml") || path.toString().endsWith(".yml"))
              .filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
              .sorted()
              .limit(MOST_FILES + 1L)
              .toList();
      if (found.isEmpty()) {
        refuse(Text.of("%s: no *.yaml and no *.yml in this folder", folder));
      }
      found.forEach(this::own);
    } catch (IOException | java.io.UncheckedIOException e) {
      refuse(Text.of("%s: cannot be read: %s", folder, e.getMessage()));
    }
  }

  private void own(Path file) {
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      file(file);
    } else {
      refuse(
          Text.of(
              "%s: a link, or not a file (expected: a file; one from elsewhere is named with -f)",
              file));
    }
  }

  private void file(Path file) {
    if (++files > MOST_FILES) {
      if (files == MOST_FILES + 1) {
        refuse(Text.of("%s: more than %d files", file, MOST_FILES));
      }
      return;
    }
    if (!Files.exists(file)) {
      refuse(Text.of("%s: no such file", file));
      return;
    }
    try (InputStream content = Files.newInputStream(file)) {
      take(file.toString(), content);
    } catch (IOException e) {
      refuse(Text.of("%s: cannot be read: %s", file, e.getMessage()));
    }
  }

  private void take(String label, InputStream content) {
    try {
      byte[] read = content.readNBytes(MOST_BYTES + 1);
      bytes += read.length;
      if (read.length > MOST_BYTES) {
        refuse(
            Text.of(
                "%s: larger than %d bytes (expected: several smaller files)", label, MOST_BYTES));
      } else if (bytes > MOST_BYTES_TOGETHER) {
        refuse(
            Text.of(
                "%s: with it, more than %d bytes in all (expected: several sets, one at a time)",
                label, MOST_BYTES_TOGETHER));
      } else {
        text(label, read).ifPresent(text -> take(DeclarationReader.read(label, text)));
      }
    } catch (IOException e) {
      refuse(Text.of("%s: cannot be read: %s", label, e.getMessage()));
    }
  }

  private Optional<String> text(String label, byte[] read) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read)).toString());
    } catch (CharacterCodingException e) {
      refuse(Text.of("%s: not UTF-8", label));
      return Optional.empty();
    }
  }

  private void take(DeclarationReader.One one) {
    objects.addAll(one.objects());
    problems.addAll(one.findings().all());
    sets.addAll(one.sets());
  }
}
