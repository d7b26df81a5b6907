package dev.credence.attestors.code;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Printable;
import dev.credence.certs.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a tree of code was found to be. Immutable.
///
/// @param tree digest of the whole tree
/// @param entry the file that is run, if one was named
/// @param lock the file that says which dependencies there are, if there is one
/// @param files regular files and symbolic links
/// @param bytes content of all files together
/// @param ignored what was left out
public record MeasuredCode(
    Sha256 tree,
    Optional<MeasuredFile> entry,
    Optional<MeasuredFile> lock,
    long files,
    long bytes,
    Ignored ignored) {
  static MeasuredCode of(CodeRequest request, Tree tree) throws CodeRefusedException {
    Optional<String> run =
        tree.single() ? Optional.of(request.entry().orElse(request.name())) : request.entry();
    Optional<MeasuredFile> entry =
        run.isPresent()
            ? Optional.of(require("entry", request, run.get(), tree))
            : Optional.empty();
    Optional<MeasuredFile> lock =
        request.lock().isPresent()
            ? Optional.of(require("lock", request, request.lock().get(), tree))
            : LockFiles.known().stream().flatMap(name -> file(name, tree).stream()).findFirst();
    requireSelector(entry);
    return new MeasuredCode(
        tree.digest(), entry, lock, tree.entries().size(), tree.bytes(), tree.ignored());
  }

  /// A file's own name, which nobody has looked at yet.
  private static void requireSelector(Optional<MeasuredFile> entry) throws CodeRefusedException {
    try {
      if (entry.isPresent()) {
        var _ = selector("entry", entry.get().path());
      }
    } catch (IllegalArgumentException e) {
      throw CodeRefusedException.because(String.valueOf(e.getMessage()), e);
    }
  }

  private static Optional<MeasuredFile> file(String path, Tree tree) {
    return tree.entries().stream()
        .filter(entry -> entry.path().equals(path))
        .filter(TreeEntry.File.class::isInstance)
        .map(TreeEntry.File.class::cast)
        .map(file -> new MeasuredFile(path, file.digest()))
        .findFirst();
  }

  private static MeasuredFile require(String what, CodeRequest request, String path, Tree tree)
      throws CodeRefusedException {
    return file(path, tree)
        .orElseThrow(() ->
            new CodeRefusedException(
                what
                    + " "
                    + Printable.quoted(path)
                    + " is not in the code of "
                    + Printable.quoted(request.place(), 200)
                    + " (expected: a regular file there that is not ignored)"));
  }

  /// The properties that this proves: `code:tree`, and if there are such files `code:entry`,
  /// `code:sha256` and `code:lock`.
  ///
  /// Only what covers all the code speaks about which program this is: `code:tree`, and
  /// `code:sha256` of a single file. A name, a lock file, or one file of several narrow a set;
  /// alone they would let any other module be exchanged.
  ///
  /// @param assurance who vouches for it that this is what runs
  /// @param source where it was read, for people
  public List<Evidence> evidence(CodeAssurance assurance, String source) {
    var all = new ArrayList<Evidence>();
    all.add(Evidence.of(selector("tree", tree.toString()), assurance, source));
    entry.ifPresent(file -> {
      all.add(Evidence.of(selector("entry", file.path()), source));
      Selector sha256 = selector("sha256", file.digest().toString());
      all.add(files == 1 ? Evidence.of(sha256, assurance, source) : Evidence.of(sha256, source));
    });
    lock.ifPresent(
        file -> all.add(Evidence.of(selector("lock", file.digest().toString()), source)));
    return List.copyOf(all);
  }

  private static Selector selector(String name, String value) {
    return new Selector("code", name, value);
  }
}
