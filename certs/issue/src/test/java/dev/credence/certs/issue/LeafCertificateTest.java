package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.credence.certs.Certificates;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Isolation;
import dev.credence.certs.Name;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/// What is written here against what Bouncy Castle builds, and against the platform's parser.
final class LeafCertificateTest {
  private static final World WORLD = new World(Providers.jdk());
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int ROUNDS = 1_000;
  private static final List<CheckedKey> KEYS = keys();

  private final KeyPair authorityKeys =
      PrivateKeys.generateP256(WORLD.provider, new SecureRandom());
  private final X509Certificate authority =
      Authority.certify(
          World.TRUST_DOMAIN, authorityKeys, WORLD.provider, World.NOW, Duration.ofDays(365 * 60));

  private static List<CheckedKey> keys() {
    try {
      var p384 = KeyPairGenerator.getInstance("EC");
      p384.initialize(new ECGenParameterSpec("secp384r1"));
      var rsa = KeyPairGenerator.getInstance("RSA");
      rsa.initialize(2048);
      List<CheckedKey> keys = new ArrayList<>();
      for (KeyPair pair :
          List.of(
              WORLD.newKeys(), WORLD.newKeys(), p384.generateKeyPair(), rsa.generateKeyPair())) {
        keys.add(new CheckedKey(pair.getPublic(), pair.getPublic().getEncoded()));
      }
      return keys;
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String name(Random random, int longest) {
    int length = 1 + random.nextInt(longest);
    var name = new StringBuilder();
    for (int i = 0; i < length; i++) {
      boolean dash = i > 0 && i < length - 1 && random.nextInt(8) == 0;
      name.append(dash ? '-' : ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return name.toString();
  }

  private static Sha256 digest(Random random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Sha256.fromBytes(bytes);
  }

  private static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static Id id(Random random) {
    return new Id(random.nextLong(), random.nextLong());
  }

  private static ExecutionFacts facts(Random random) {
    var facts =
        ExecutionFacts.builder()
            .ownerId(id(random))
            .agentId(id(random))
            .executionId(id(random))
            .attested(
                digest(random),
                one(random, List.of(CodeAssurance.values())),
                one(random, List.of(Isolation.values())));
    if (random.nextBoolean()) {
      facts.task(digest(random));
      if (random.nextBoolean()) {
        facts.parent(id(random), 1 + random.nextInt(255));
      }
    } else {
      facts.process();
    }
    if (random.nextBoolean()) {
      facts.workflow(id(random));
    }
    return facts.build();
  }

  private static SvidTemplate template(Random random) {
    CheckedKey key = one(random, KEYS);
    Duration ttl = Duration.ofSeconds(1 + random.nextInt(86_400 * 30 - 1));
    return switch (random.nextInt(8)) {
      case 0 ->
          new SvidTemplate.Node(new Identity.Node(id(random)).in(World.TRUST_DOMAIN), key, ttl);
      case 1 ->
          new SvidTemplate.Administrator(
              new Identity.Administrator(new Name(name(random, 58))).in(World.TRUST_DOMAIN),
              key,
              ttl);
      case 2 -> new SvidTemplate.Server(new Identity.Server().in(World.TRUST_DOMAIN), key, ttl);
      default -> workload(random, key, ttl);
    };
  }

  private static SvidTemplate workload(Random random, CheckedKey key, Duration ttl) {
    var owner = new Name(name(random, 63));
    var name = new Name(name(random, 63));
    Identity identity =
        random.nextBoolean() ? new Identity.Agent(owner, name) : new Identity.Service(owner, name);
    List<String> dns = new ArrayList<>();
    for (int i = random.nextInt(17); i > 0; i--) {
      dns.add(i + name(random, 40) + "." + name(random, 60) + ".example");
    }
    return new SvidTemplate.Workload(
        identity.in(World.TRUST_DOMAIN), owner, name, dns, facts(random), key, ttl);
  }

  @RepeatedTest(4)
  void eachByteIsBouncyCastles_andThePlatformReadsIt(RepetitionInfo round) throws Exception {
    var random = new Random(round.getCurrentRepetition());
    Optional<String> lists =
        round.getCurrentRepetition() % 2 == 0
            ? Optional.empty()
            : Optional.of("http://crl.example/" + name(random, 60 * round.getCurrentRepetition()));
    var issuer =
        new IssuerName(
            X500Name.getInstance(authority.getSubjectX500Principal().getEncoded()),
            KeyIdentifier.of(authorityKeys.getPublic()),
            lists);
    var check = new StrangersCheck(authority, authorityKeys.getPublic(), WORLD.provider, lists);
    var signer = new Signer(WORLD.provider, authorityKeys.getPrivate());
    for (int i = 0; i < ROUNDS; i++) {
      SvidTemplate template = template(random);
      // Serial numbers of all lengths, with their first bit set or not.
      var serial = new BigInteger(1 + random.nextInt(128), random).add(BigInteger.ONE);
      Instant now = World.NOW.plusSeconds(random.nextLong(3600L * 24 * 365 * 59));
      var particulars = Particulars.decide(serial, template.ttl(), authority, now);
      byte[] written = LeafCertificate.signedPart(template, issuer, particulars);
      assertThat(written).isEqualTo(BouncyLeaf.signedPart(template, authority, lists, particulars));
      if (i % 16 == 0) {
        byte[] der = LeafCertificate.build(template, issuer, particulars, signer);
        check.read(der, template, particulars);
        X509Certificate leaf = Certificates.parse(der);
        leaf.verify(authorityKeys.getPublic());
        assertThat(leaf.getSerialNumber()).isEqualTo(serial);
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(particulars.notAfter());
        assertThat(leaf.getPublicKey().getEncoded()).isEqualTo(template.key().spki());
      }
    }
  }

  /// Every single bit of a certificate counts.
  @Test
  void oneBitElsewhereKeepsTheCertificateIn() {
    var issuer =
        new IssuerName(
            X500Name.getInstance(authority.getSubjectX500Principal().getEncoded()),
            KeyIdentifier.of(authorityKeys.getPublic()),
            Optional.empty());
    var check =
        new StrangersCheck(authority, authorityKeys.getPublic(), WORLD.provider, Optional.empty());
    var template = WORLD.agent(WORLD.newKey(), List.of("a.example"));
    var particulars =
        Particulars.decide(new BigInteger("4711"), template.ttl(), authority, World.NOW);
    var signer = new Signer(WORLD.provider, authorityKeys.getPrivate());
    byte[] signed = LeafCertificate.signedPart(template, issuer, particulars);
    for (int at = 0; at < signed.length; at++) {
      byte[] other = signed.clone();
      other[at] ^= (byte) (1 << (at % 8));
      // Really signed, so that nothing but the comparison finds it.
      byte[] der =
          new DerWriter()
              .put(signer.sign(other))
              .put(0)
              .head(0x03, 0)
              .put(algorithm())
              .put(other)
              .head(0x30, 0)
              .bytes();
      assertThatIllegalStateException()
          .as("byte %d", at)
          .isThrownBy(() -> check.read(der, template, particulars));
    }
  }

  private static byte[] algorithm() {
    return java.util.HexFormat.of().parseHex("300a06082a8648ce3d040302");
  }

  @Test
  void subjectThatIsTooLongIsNotWritten() {
    var template =
        new SvidTemplate.Administrator(
            new Identity.Administrator(new Name("a".repeat(59))).in(World.TRUST_DOMAIN),
            KEYS.getFirst(),
            Duration.ofHours(1));
    var authority = WORLD.authority;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> authority.issue(template, World.NOW))
        .withMessageContaining("65 characters (expected: at most 64)");
  }

  @Test
  void lengthsOfAllSizesAreMinimal() throws Exception {
    for (int length : new int[] {0, 1, 0x7f, 0x80, 0xff, 0x100, 0x3fff, 0xffff, 0x1_0000}) {
      byte[] der = new DerWriter().put(new byte[length]).head(0x04, 0).bytes();
      assertThat(der)
          .isEqualTo(new org.bouncycastle.asn1.DEROctetString(new byte[length]).getEncoded());
    }
  }
}
