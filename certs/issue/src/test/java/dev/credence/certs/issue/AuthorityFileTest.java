package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.PeerSvid;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AuthorityFileTest {
  @TempDir private Path folder;

  static Stream<Named<Provider>> providers() {
    return Providers.all();
  }

  private AuthorityFile file(Provider provider) {
    return new AuthorityFile(folder, provider, new SecureRandom());
  }

  private Authority open(Provider provider) throws IOException {
    return file(provider).loadOrCreate(World.TRUST_DOMAIN, World.NOW, World.LIFE);
  }

  private String refusal() {
    IOException refused = catchThrowableOfType(IOException.class, () -> open(Providers.jdk()));
    assertThat(refused).isNotNull();
    return String.valueOf(refused.getMessage());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void authorityIsTheSameAfterARestart(Provider provider) throws Exception {
    Authority created = open(provider);
    for (Named<Provider> later : Providers.all().toList()) {
      Authority loaded = open(later.getPayload());
      assertThat(loaded.id()).isEqualTo(created.id());
      assertThat(loaded.pin()).isEqualTo(created.pin());
      assertThat(loaded.certificate()).isEqualTo(created.certificate());
      var world = new World(later.getPayload());
      IssuedCertificate issued = loaded.issue(world.agent(), World.NOW);
      PeerSvid peer =
          new SvidVerifier(provider).verify(issued.chain(), created.bundle(), World.NOW);
      assertThat(peer.serial()).isEqualTo(issued.serialHex());
    }
  }

  @Test
  void keyIsReadableByItsOwnerOnly() throws Exception {
    open(Providers.jdk()).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("authority.key", "authority.pem");
    }
  }

  @Test
  void keyThatOthersMayReadIsRefused() throws Exception {
    open(Providers.jdk()).close();
    Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-r-----"));
    assertThat(refusal()).contains("authority.key: mode rw-r-----");
  }

  @Test
  void crashBetweenKeyAndCertificateCostsNothing() throws Exception {
    Authority first = open(Providers.jdk());
    Files.delete(certificate());
    Files.writeString(folder.resolve("authority.pem.new"), "half writ");
    Authority second = open(Providers.jdk());
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(open(Providers.jdk()).certificate()).isEqualTo(second.certificate());
  }

  @Test
  void crashWhileTheKeyWasWrittenCostsNothing() throws Exception {
    Files.writeString(folder.resolve("authority.key.new"), "half writ");
    assertThat(open(Providers.jdk()).trustDomain()).isEqualTo(World.TRUST_DOMAIN);
  }

  @Test
  void otherTrustDomainIsRefused() throws Exception {
    open(Providers.jdk()).close();
    IOException refused =
        catchThrowableOfType(
            IOException.class,
            () ->
                file(Providers.jdk())
                    .loadOrCreate(TrustDomain.parse("example.com"), World.NOW, World.LIFE));
    assertThat(refused)
        .hasMessageContaining("authority.pem: ")
        .hasMessageContaining("not for trust domain example.com");
  }

  @Test
  void missingKeyIsRefused() throws Exception {
    open(Providers.jdk()).close();
    Files.delete(key());
    assertThat(refusal()).contains("authority.key: missing");
  }

  @Test
  void certificateOfAnotherKeyIsRefused() throws Exception {
    open(Providers.jdk()).close();
    Path kept = Files.move(certificate(), folder.resolve("kept"));
    Files.delete(key());
    open(Providers.jdk()).close();
    Files.copy(kept, certificate(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(refusal()).contains("do not belong together");
  }

  @Test
  void damagedFilesAreRefused() throws Exception {
    open(Providers.jdk()).close();
    String pem = Files.readString(certificate());
    Files.writeString(certificate(), pem + pem);
    assertThat(refusal()).contains("2 certificates (expected: 1)");
    Files.writeString(certificate(), "");
    assertThat(refusal()).contains("0 certificates (expected: 1)");
    Files.writeString(certificate(), "garbage");
    assertThat(refusal()).contains("authority.pem: PEM");
    Files.writeString(certificate(), "x".repeat(70_000));
    assertThat(refusal()).contains("larger than");
    Files.writeString(certificate(), pem);
    Files.writeString(key(), "garbage");
    assertThat(refusal()).contains("authority.key: PEM");
  }

  @Test
  void authorityThatIsNotValidNowIsRefused() throws Exception {
    open(Providers.jdk()).close();
    for (Instant wrong : List.of(World.NOW.minusSeconds(3600), World.NOW.plus(World.LIFE))) {
      IOException refused =
          catchThrowableOfType(
              IOException.class,
              () -> file(Providers.jdk()).loadOrCreate(World.TRUST_DOMAIN, wrong, World.LIFE));
      assertThat(refused)
          .hasMessageStartingWith(certificate() + ": valid from ")
          .hasMessageEndingWith("(expected: now, " + wrong + ")");
    }
  }

  @Test
  void folderThatIsNotThereIsAnError() {
    IOException refused =
        catchThrowableOfType(
            IOException.class,
            () ->
                new AuthorityFile(folder.resolve("no"), Providers.jdk(), new SecureRandom())
                    .loadOrCreate(World.TRUST_DOMAIN, World.NOW, World.LIFE));
    assertThat(refused).hasMessageContaining("no");
  }

  private Path key() {
    return folder.resolve("authority.key");
  }

  private Path certificate() {
    return folder.resolve("authority.pem");
  }
}
