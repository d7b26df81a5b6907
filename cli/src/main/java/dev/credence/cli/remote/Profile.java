package dev.credence.cli.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Certificates;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.ExitCode;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.PrivateFiles;
import dev.credence.platform.crypto.CryptoProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/// What is kept of one server: where it is, its authorities, and one's own key and SVID. Files are
/// 0600 in a folder 0700, each replaced whole. What others could have written or read is not used.
public final class Profile {

  private static final String SERVER = "server";
  private static final String KEY = "admin.key";
  private static final String NEXT_KEY = "admin.key.new";
  private static final String SVID = "admin.pem";
  private static final String BUNDLE = "bundle.pem";

  private final Path folder;
  private final Provider crypto = CryptoProviders.jdk();

  Profile(Path folder) {
    this.folder = folder;
  }

  /// Its folder's name.
  public String name() {
    return folder.getFileName().toString();
  }

  boolean isComplete() {
    return Files.exists(folder.resolve(SERVER)) && Files.exists(folder.resolve(SVID));
  }

  boolean isFor(ServerAddress server) {
    return place().servers().contains(server);
  }

  /// Where the servers are, any of which will do, and for what each must prove to speak.
  record Place(TrustDomain trustDomain, List<ServerAddress> servers) {
    Place {
      servers = List.copyOf(servers);
    }
  }

  Place place() {
    var file = folder.resolve(SERVER);
    return reading(() -> {
      var words = Files.readString(file).strip().split(" ", -1);
      if (words.length < 2 || words.length > 1 + JoinToken.MOST_SERVERS) {
        throw new IOException(
            file + " is damaged (expected: TRUST_DOMAIN HOST:PORT, and at most 3 more HOST:PORT)");
      }
      return new Place(
          TrustDomain.parse(words[0]),
          Arrays.stream(words).skip(1).map(ServerAddress::parse).toList());
    });
  }

  KeyPair key() {
    return reading(() -> keyIn(folder.resolve(KEY)));
  }

  X509Svid svid() {
    return reading(() -> {
      requirePrivate(folder);
      return X509Svid.of(certificates(folder.resolve(SVID)), keyIn(folder.resolve(KEY)));
    });
  }

  X509Bundle bundle(TrustDomain trustDomain) {
    return reading(() -> {
      var file = folder.resolve(BUNDLE);
      requirePrivate(file);
      return X509Bundle.of(trustDomain, certificates(file));
    });
  }

  /// The key to enroll with. One that is left of an attempt whose answer was lost is used again:
  /// the server takes the same token from the same key.
  KeyPair enrollingKey(SecureRandom random) {
    var file = folder.resolve(NEXT_KEY);
    return reading(() -> {
      requirePrivate(folder);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return keyIn(file);
      }
      var keys = PrivateKeys.generateP256(crypto, random);
      var pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
      PrivateFiles.writeAtomically(file, pkcs8);
      Arrays.fill(pkcs8, (byte) 0);
      return keys;
    });
  }

  /// The server does not want that key: the next attempt makes another one.
  void forgetEnrollingKey() {
    reading(() -> Files.deleteIfExists(folder.resolve(NEXT_KEY)));
  }

  /// Keeps what the server gave for the key to enroll with. The SVID comes last: where it is, the
  /// others are.
  void enrolled(Place place, X509Bundle bundle, X509Svid svid) {
    reading(() -> {
      // An SVID without its key would look damaged.
      Files.deleteIfExists(folder.resolve(SVID));
      var servers = place.servers().stream().map(ServerAddress::toString).toList();
      write(SERVER, place.trustDomain().name() + " " + String.join(" ", servers) + "\n");
      Files.move(
          folder.resolve(NEXT_KEY),
          folder.resolve(KEY),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      write(BUNDLE, bundle.toPem());
      write(SVID, Certificates.toPem(svid.chain()));
      return true;
    });
  }

  void renewed(X509Bundle bundle, X509Svid svid) {
    reading(() -> {
      write(BUNDLE, bundle.toPem());
      write(SVID, Certificates.toPem(svid.chain()));
      return true;
    });
  }

  private void write(String name, String text) throws IOException {
    PrivateFiles.writeAtomically(folder.resolve(name), text.getBytes(UTF_8));
  }

  private KeyPair keyIn(Path file) throws IOException, SvidException {
    requirePrivate(file);
    var bytes = Files.readAllBytes(file);
    try {
      return PrivateKeys.parsePkcs8(bytes, crypto);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static void requirePrivate(Path path) throws IOException {
    if (!PrivateFiles.isPrivate(path)) {
      throw new IOException(
          path
              + " may be read or changed by others (expected: yours alone; chmod go= "
              + path
              + ")");
    }
  }

  private static List<X509Certificate> certificates(Path file) throws IOException, SvidException {
    return Certificates.parsePem(Files.readString(file));
  }

  @FunctionalInterface
  private interface Reading<T> {
    T run() throws IOException, SvidException;
  }

  private <T> T reading(Reading<T> reading) {
    try {
      return reading.run();
    } catch (IOException | SvidException | IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.FAILED,
          Text.of("profile %s: %s (to begin anew: credence admin login)", name(), reason(e)),
          e);
    }
  }

  static String reason(Exception e) {
    var what =
        e instanceof java.nio.file.NoSuchFileException
            ? "no such file " + e.getMessage()
            : String.valueOf(e.getMessage());
    return Printable.line(what);
  }
}
