package dev.credence.node.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;

/// Makes sure that the class which Java is to run is in the measured copy. A class that is not
/// there may be one of the JDK's own, some of which run whatever their arguments say. Stateless.
final class JavaMainClass {
  private static final int MOST_ARCHIVES = 1000;

  /// Larger ones are not looked into; their list of entries would be held in memory.
  private static final long LARGEST_ARCHIVE = 256L << 20;

  private JavaMainClass() {}

  /// @param copy the node's own copy of the code, which was found to be registered
  /// @throws LaunchRefusedException if the class is in none of the files that the plan names
  static void require(LaunchPlan plan, Path copy) throws LaunchRefusedException {
    if (plan.mainClass().isPresent()) {
      require(plan.mainClass().get(), plan.files(), copy);
    }
  }

  /// @param files the elements of the class path within the copy: folders and archives
  static void require(String name, List<String> files, Path copy) throws LaunchRefusedException {
    String file = name.replace('.', '/') + ".class";
    var places = new ArrayList<Path>(List.of(copy));
    files.forEach(each -> places.add(copy.resolve(each)));
    for (Path place : places) {
      if (has(place, file)) {
        return;
      }
    }
    throw LaunchRefusedException.of(
        "class "
            + Said.quoted(name)
            + " is in none of the measured elements of the class path (expected: "
            + file
            + " in a folder, or in an archive of at most "
            + (LARGEST_ARCHIVE >> 20)
            + " MiB)");
  }

  private static boolean has(Path place, String file) {
    if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      return isArchiveWith(place, file);
    }
    return Files.isRegularFile(place.resolve(file), LinkOption.NOFOLLOW_LINKS)
        || archivesOf(place).stream().anyMatch(each -> isArchiveWith(each, file));
  }

  private static List<Path> archivesOf(Path folder) {
    var archives = new ArrayList<Path>();
    try (var all = Files.newDirectoryStream(folder, "*.[jJ][aA][rR]")) {
      for (Path each : all) {
        if (archives.size() < MOST_ARCHIVES) {
          archives.add(each);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return List.of();
    }
    return archives;
  }

  private static boolean isArchiveWith(Path place, String file) {
    try {
      if (!Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)
          || Files.size(place) > LARGEST_ARCHIVE) {
        return false;
      }
      try (var archive = new ZipFile(place.toFile())) {
        return archive.getEntry(file) != null;
      }
    } catch (IOException e) {
      return false; // no archive, which Java would not take for one either
    }
  }
}
