package dev.credence.cli.remote;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Name;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The profiles of one user: a folder for each server that the user is an administrator of.
public final class Profiles {

  private final Path folder;

  private Profiles(Path folder) {
    this.folder = folder;
  }

  /// Where the environment says that a user's configuration is.
  ///
  /// @throws CommandFailure if it says nothing
  public static Profiles in(Map<String, String> environment) {
    var configuration = environment.getOrDefault("XDG_CONFIG_HOME", "");
    if (!configuration.isEmpty()) {
      return new Profiles(Path.of(configuration).resolve("credence"));
    }
    var home = environment.getOrDefault("HOME", "");
    if (home.isEmpty()) {
      throw CommandFailure.usage(
          "no folder for profiles: neither HOME nor XDG_CONFIG_HOME is set (expected: one of them)");
    }
    return new Profiles(Path.of(home, ".config", "credence"));
  }

  /// A profile to be written, made if need be.
  ///
  /// @param name empty: after the server
  public Profile make(String name, ServerAddress server) {
    var own = name.isEmpty() ? server.toString().replace(':', '_') : checked(name);
    try {
      PrivateFiles.createFolder(folder);
      PrivateFiles.createFolder(all());
      var made = all().resolve(own);
      PrivateFiles.createFolder(made);
      return new Profile(made);
    } catch (IOException e) {
      throw new CommandFailure(
          dev.credence.cli.client.ExitCode.FAILED,
          Text.of("profile folder %s cannot be made: %s", all().resolve(own), Profile.reason(e)),
          e);
    }
  }

  private Path all() {
    return folder.resolve("profiles");
  }

  /// The profile of that name.
  ///
  /// @throws CommandFailure if there is none
  public Profile named(String name) {
    var profile = all().resolve(checked(name));
    if (!Files.isDirectory(profile, LinkOption.NOFOLLOW_LINKS)) {
      throw CommandFailure.usage(
          Text.of(
              "no profile \"%s\" in %s%s (expected: credence admin login --profile %s first)",
              name, all(), known(), name));
    }
    return new Profile(profile);
  }

  /// The one profile for that server.
  ///
  /// @throws CommandFailure if there is none, or several
  public Profile of(ServerAddress server) {
    var found = list().stream().filter(profile -> profile.isFor(server)).toList();
    if (found.isEmpty()) {
      throw CommandFailure.usage(
          Text.of(
              "no profile for the server at %s in %s%s (expected: credence admin login first, with a token from its administrator)",
              server, all(), known()));
    }
    if (found.size() > 1) {
      throw CommandFailure.usage(
          Text.of(
              "several profiles for the server at %s: %s (expected: --profile and one of them)",
              server, names(found)));
    }
    return found.getFirst();
  }

  private String known() {
    var found = list();
    return found.isEmpty() ? "" : ", only " + names(found);
  }

  private static String names(List<Profile> profiles) {
    return String.join(", ", profiles.stream().map(Profile::name).toList());
  }

  private List<Profile> list() {
    if (!Files.isDirectory(all())) {
      return List.of();
    }
    var found = new ArrayList<Profile>();
    try (Stream<Path> folders = Files.list(all())) {
      folders
          .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .map(Profile::new)
          .filter(Profile::isComplete)
          .forEach(found::add);
    } catch (IOException e) {
      throw new CommandFailure(
          dev.credence.cli.client.ExitCode.FAILED,
          Text.of("%s cannot be read: %s", all(), Profile.reason(e)),
          e);
    }
    return found;
  }

  private static String checked(String name) {
    // A host with its port, as we name them ourselves, or a name.
    if (name.matches("[A-Za-z0-9][A-Za-z0-9._\\[\\]-]{0,254}")) {
      return name;
    }
    try {
      return new Name(name).value();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          Text.of(
              "--profile: \"%s\" (expected: letters, digits, hyphens, dots)",
              Printable.line(name)));
    }
  }
}
