package dev.credence.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Certificates;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.node.PointListener.Point;
import dev.credence.platform.config.DataFolder;
import dev.credence.platform.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the node keeps on disk: its own key, SVID, bundle, and where its server is. Each file is
/// replaced whole. The key comes first, so that a crash after the first contact repeats it with the
/// same key, which the server allows. For one thread.
final class NodeFiles {
  private static final String KEY = "node.key";
  private static final String NEXT_KEY = "node.key.new";
  private static final String SVID = "node.pem";
  private static final String BUNDLE = "bundle.pem";
  private static final String SERVER = "server";
  private static final String USED_TOKEN = "token.used";

  private final DataFolder folder;
  private final Seams seams;

  NodeFiles(DataFolder folder, Seams seams) {
    this.folder = folder;
    this.seams = seams;
  }

  /// The node's own key; made and written at the first call ever.
  KeyPair key() throws IOException {
    return key(folder.resolve(KEY));
  }

  /// The key to join with: as {@link #key}, or if there is an SVID already, a new one, since the
  /// server knows the old one. It is the node's own only after {@link #become}; until then the old
  /// one stays, and another attempt finds the same new one.
  KeyPair joiningKey() throws IOException {
    boolean again = Files.exists(folder.resolve(SVID)) || Files.exists(folder.resolve(NEXT_KEY));
    return key(folder.resolve(again ? NEXT_KEY : KEY));
  }

  /// Keeps what the node was given for its joining key. The SVID comes last: where it is, the
  /// others are.
  ///
  /// @param token digest of the join token that it joined with
  void become(Membership membership, X509Bundle bundle, X509Svid svid, Optional<Sha256> token)
      throws IOException {
    keep(membership);
    keep(bundle);
    Path next = folder.resolve(NEXT_KEY);
    if (Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
      // An SVID without its key would look damaged.
      Files.deleteIfExists(folder.resolve(SVID));
      seams.points().reached(Point.OLD_SVID_REMOVED);
      Files.move(next, folder.resolve(KEY), StandardCopyOption.ATOMIC_MOVE);
      seams.points().reached(Point.KEY_REPLACED);
    }
    if (token.isPresent()) {
      write(USED_TOKEN, token.get() + "\n");
    }
    keep(svid);
  }

  /// Whether the SVID on the disk was given for this join token: a crash may have left its file,
  /// and it is good for nothing any more.
  boolean hasJoinedWith(Sha256 token) throws IOException {
    Path file = folder.resolve(USED_TOKEN);
    return Files.exists(folder.resolve(SVID))
        && Files.exists(file)
        && Files.readString(file).equals(token + "\n");
  }

  private KeyPair key(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      KeyPair keys = PrivateKeys.generateP256(seams.crypto(), seams.random());
      byte[] pkcs8 = PrivateKeys.pkcs8(keys.getPrivate(), keys.getPublic());
      PrivateFiles.writeAtomically(file, pkcs8);
      Arrays.fill(pkcs8, (byte) 0);
      seams.points().reached(Point.KEY_WRITTEN);
      return keys;
    }
    if (!PrivateFiles.isPrivate(file)) {
      throw new IOException(file + " may be read by others (expected: mode 0600)");
    }
    try {
      return PrivateKeys.parsePkcs8(Files.readAllBytes(file), seams.crypto());
    } catch (SvidException e) {
      throw damaged(file, e);
    }
  }

  /// The SVID that goes with the key, if there is one. It may have expired.
  Optional<X509Svid> svid() throws IOException {
    Path file = folder.resolve(SVID);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(X509Svid.of(certificates(file), key().getPrivate()));
    } catch (SvidException e) {
      throw damaged(file, e);
    }
  }

  Optional<X509Bundle> bundle(TrustDomain trustDomain) throws IOException {
    Path file = folder.resolve(BUNDLE);
    return Files.exists(file)
        ? Optional.of(X509Bundle.of(trustDomain, certificates(file)))
        : Optional.empty();
  }

  Optional<Membership> membership() throws IOException {
    Path file = folder.resolve(SERVER);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      String[] words = Files.readString(file).strip().split(" ", -1);
      if (words.length != 2) {
        throw new IllegalArgumentException("expected: TRUST_DOMAIN HOST:PORT[,HOST:PORT...]");
      }
      return Optional.of(
          new Membership(
              TrustDomain.parse(words[0]),
              Stream.of(words[1].split(",", -1)).map(ServerAddress::parse).toList()));
    } catch (IllegalArgumentException e) {
      throw damaged(file, e);
    }
  }

  void keep(Membership membership) throws IOException {
    String servers =
        membership.servers().stream().map(ServerAddress::toString).collect(Collectors.joining(","));
    String line = membership.trustDomain() + " " + servers + "\n";
    write(SERVER, line);
    seams.points().reached(Point.SERVER_KEPT);
  }

  void keep(X509Bundle bundle) throws IOException {
    write(BUNDLE, bundle.toPem());
    seams.points().reached(Point.BUNDLE_KEPT);
  }

  void keep(X509Svid svid) throws IOException {
    write(SVID, Certificates.toPem(svid.chain()));
    seams.points().reached(Point.SVID_KEPT);
  }

  private void write(String name, String text) throws IOException {
    PrivateFiles.writeAtomically(folder.resolve(name), text.getBytes(UTF_8));
  }

  private static List<X509Certificate> certificates(Path file) throws IOException {
    try {
      return Certificates.parsePem(Files.readString(file));
    } catch (SvidException e) {
      throw damaged(file, e);
    }
  }

  private static IOException damaged(Path file, Exception why) {
    return new IOException(file + " is damaged: " + why.getMessage(), why);
  }
}
