package dev.credence.attestors.code;

import dev.credence.certs.Sha256;
import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.FileRefusedException;
import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.NamedPlace;
import dev.credence.platform.linux.NewFolder;
import dev.credence.platform.linux.ReadAs;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Admits code, in the thread that reads it: recalls what is known, otherwise copies. Thread-safe.
final class StoreWork {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWork.class);

  private final StoreFolder disk;
  private final Shelf shelf;
  private final CodeReading reading;
  private final CodeReading own;
  private final int owner;

  /// @param reading of what users name
  /// @param own of what is in the store
  /// @param owner uid of this process
  StoreWork(StoreFolder disk, Shelf shelf, CodeReading reading, CodeReading own, int owner) {
    this.disk = disk;
    this.shelf = shelf;
    this.reading = reading;
    this.own = own;
    this.owner = owner;
  }

  StoredCode admit(CodeRequest request, FileCredentials reader, CodeReading.Waiter waiter)
      throws IOException, CodeRefusedException {
    ReadAs rights = rights(reader);
    Optional<StoredCode> known = recall(request, rights, waiter);
    return known.isPresent() ? known.get() : copy(request, rights, waiter);
  }

  private static ReadAs rights(FileCredentials reader) throws IOException, CodeRefusedException {
    try {
      return ReadAs.become(reader);
    } catch (FileRefusedException e) {
      throw CodeRefusedException.because(String.valueOf(e.getMessage()), e);
    }
  }

  /// Opens every file, so the rights are asked for, and reads none.
  private Optional<StoredCode> recall(CodeRequest request, ReadAs rights, CodeReading.Waiter waiter)
      throws IOException, CodeRefusedException {
    Tree tree;
    try {
      tree = reading.read(request, rights, waiter, contents -> new MeasureSink(contents, true));
    } catch (MeasureSink.UnknownContentException e) {
      return Optional.empty();
    }
    MeasuredCode code = MeasuredCode.of(request, tree);
    int uid = rights.reader().uid();
    Optional<Copy> copy = shelf.hold(tree.digest(), uid);
    if (copy.isEmpty()) {
      return Optional.empty();
    }
    if (isProven(copy.get(), uid, waiter)) {
      shelf.proven(copy.get());
      return Optional.of(held(copy.get(), code, uid));
    }
    LOG.error(
        "the copy {} in the store is not what it was; it is not used any more",
        disk.tree(copy.get()));
    shelf.discard(copy.get());
    shelf.release(copy.get(), uid);
    collect();
    return Optional.empty();
  }

  private boolean isProven(Copy copy, int uid, CodeReading.Waiter waiter)
      throws CodeRefusedException {
    try {
      return isWhat(copy, waiter, _ -> {});
    } catch (CodeRefusedException e) {
      shelf.release(copy, uid);
      throw e;
    }
  }

  /// True if the copy has the digest that it is named by. Cheap where its files are remembered;
  /// after a start of the node they are not.
  ///
  /// @throws CodeRefusedException if there is no time or place to find out: that is no finding
  private boolean isWhat(Copy copy, CodeReading.Waiter waiter, CodeReading.Guard guard)
      throws CodeRefusedException {
    try {
      return digest(copy, waiter, guard).equals(copy.tree());
    } catch (IOException | CodeRefusedException e) {
      if (e instanceof CodeRefusedException refused && isNoFinding(refused)) {
        throw refused;
      }
      LOG.warn("{} cannot be checked: {}", disk.tree(copy), e.getMessage());
      return false;
    }
  }

  /// Nobody but this process has anything to do in a copy: what is gone, or has become something
  /// else, is no accident of the moment, as it is in a folder that people work in.
  private static boolean isNoFinding(CodeRefusedException refused) {
    return refused.isTransient()
        && !(refused.getCause() instanceof FileRefusedException file
            && (file.why() == FileRefusedException.Why.ABSENT
                || file.why() == FileRefusedException.Why.OTHER_KIND));
  }

  /// As of now, of the folder that was there when the copy was given out: what runs is bound to
  /// that one, wherever it was moved.
  private boolean isIntact(Copy copy, FileStat given) throws CodeRefusedException {
    long until = System.nanoTime() + own.limits().patience().toNanos();
    return isWhat(
        copy,
        () -> System.nanoTime() - until > 0,
        found -> {
          if (!found.sameFile(given)) {
            throw new CodeRefusedException(
                disk.tree(copy) + " is another folder than the one that was given out");
          }
        });
  }

  private Sha256 digest(Copy copy, CodeReading.Waiter waiter, CodeReading.Guard guard)
      throws IOException, CodeRefusedException {
    var request = new CodeRequest(disk.tree(copy).toString(), Optional.empty(), Optional.empty());
    return own.read(
            request, ReadAs.own(), waiter, contents -> new MeasureSink(contents, false), guard)
        .digest();
  }

  private StoredCode copy(CodeRequest request, ReadAs rights, CodeReading.Waiter waiter)
      throws IOException, CodeRefusedException {
    long number = disk.number();
    boolean whole = false;
    try {
      Tree tree = copyInto(number, request, rights, waiter);
      MeasuredCode code = MeasuredCode.of(request, tree);
      var made = new Copy(tree.digest(), tree.bytes(), number);
      disk.finish(made);
      whole = true;
      return held(placed(made, rights.reader().uid()), code, rights.reader().uid());
    } finally {
      if (!whole) {
        disk.abandon(number);
      }
      collect();
    }
  }

  private Tree copyInto(long number, CodeRequest request, ReadAs rights, CodeReading.Waiter waiter)
      throws IOException, CodeRefusedException {
    try (NewFolder folder = disk.start(number)) {
      return reading.read(
          request, rights, waiter, contents -> CopySink.into(folder, StoreFolder.TREE, contents));
    }
  }

  private Copy placed(Copy made, int uid) throws IOException, CodeRefusedException {
    try {
      return shelf.add(made, uid);
    } catch (CodeRefusedException e) {
      disk.remove(made);
      throw e;
    }
  }

  private StoredCode held(Copy copy, MeasuredCode code, int uid) throws IOException {
    try (NamedPlace place = NamedPlace.hold(disk.tree(copy).toString(), ReadAs.own())) {
      FileStat given = place.stat();
      var check = new CopyCheck(disk.tree(copy).toString(), () -> isIntact(copy, given));
      return new StoredCode(
          new StoredCode.Place(disk.tree(copy), given),
          code,
          owner,
          check,
          () -> release(copy, uid));
    } catch (IOException e) {
      release(copy, uid);
      throw e;
    }
  }

  private void release(Copy copy, int uid) {
    shelf.release(copy, uid);
    try {
      disk.touch(copy);
    } catch (IOException e) {
      LOG.warn("the use of {} is not noted: {}", copy, e.getMessage());
    }
    collect();
  }

  void collect() {
    for (Copy copy : shelf.doomed()) {
      try {
        disk.remove(copy);
      } catch (IOException e) {
        LOG.warn("{} is not removed from the store: {}", copy.name(), e.getMessage());
      }
    }
  }

  long bytes() {
    return shelf.bytes();
  }
}
