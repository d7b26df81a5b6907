package dev.credence.attestors.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Sha256;
import dev.credence.platform.linux.ExecutableFile;
import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDigestsTest {
  private static final int STRANGER = 4_000_000;

  @TempDir private Path folder;
  private final Hashing hashing = new Hashing();
  private int programs;

  /// SHA-256 that counts, and that waits if told so: the time is the test's.
  private static final class Hashing extends Provider {
    private static final long serialVersionUID = 1L;
    private final AtomicInteger started = new AtomicInteger();
    private transient volatile CountDownLatch gate = new CountDownLatch(0);

    Hashing() {
      super("Counting", "1", "counts");
      putService(
          new Service(this, "MessageDigest", "SHA-256", Counting.class.getName(), null, null) {
            @Override
            public Object newInstance(Object parameter) {
              started.incrementAndGet();
              return new Counting(gate);
            }
          });
    }

    int started() {
      return started.get();
    }

    void hold(CountDownLatch latch) {
      gate = latch;
    }
  }

  private static final class Counting extends MessageDigestSpi {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private final CountDownLatch gate;

    Counting(CountDownLatch gate) {
      this.gate = gate;
    }

    @Override
    protected void engineUpdate(byte input) {
      all.write(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      all.write(input, offset, length);
    }

    @Override
    protected byte[] engineDigest() {
      return Sha256.of(all.toByteArray()).bytes();
    }

    @Override
    protected void engineReset() {
      all.reset();
    }
  }

  private FileDigests digests(HashLimits limits, Clock clock) {
    return new FileDigests(new FileHasher(hashing, limits.largest()), limits, clock);
  }

  private FileDigests later() {
    return digests(HashLimits.usual(), Clock.offset(Clock.systemUTC(), Duration.ofSeconds(10)));
  }

  private Path program() throws Exception {
    Path copy = folder.resolve("agent" + programs++);
    Files.copy(Path.of("/bin/cat"), copy);
    assertThat(copy.toFile().setExecutable(true, false)).isTrue();
    return copy;
  }

  private static String expected(Path program) throws Exception {
    return Sha256.of(Files.readAllBytes(program)).toString();
  }

  @Test
  void remembersAFileThatTheUserCannotChange() throws Exception {
    Path program = program();
    FileDigests digests = later();
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      for (int i = 0; i < 3; i++) {
        assertThat(digests.of(file, STRANGER, true).digest()).hasToString(expected(program));
      }
    }
    assertThat(hashing.started()).isOne();
    assertThat(digests.size()).isOne();
  }

  @Test
  void readsAgainAfterAChange() throws Exception {
    Path program = program();
    FileDigests digests = later();
    String before;
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      before = digests.of(file, STRANGER, true).digest().toString();
    }
    Files.writeString(program, "more", StandardOpenOption.APPEND);
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      assertThat(digests.of(file, STRANGER, true).digest())
          .hasToString(expected(program))
          .doesNotHaveToString(before);
    }
    assertThat(hashing.started()).isEqualTo(2);
  }

  @Test
  void readsAgainWhereContentCouldHaveChangedUnseen() throws Exception {
    Path program = program();
    int owner = (Integer) Files.getAttribute(program, "unix:uid");
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      FileDigests byItsOwner = later();
      byItsOwner.of(file, owner, true);
      byItsOwner.of(file, owner, true);
      assertThat(hashing.started()).isEqualTo(2);

      FileDigests justChanged = digests(HashLimits.usual(), Clock.systemUTC());
      justChanged.of(file, STRANGER, true);
      justChanged.of(file, STRANGER, true);
      assertThat(hashing.started()).isEqualTo(4);

      FileDigests onTheNetwork = later();
      onTheNetwork.of(file, STRANGER, false);
      onTheNetwork.of(file, STRANGER, false);
      assertThat(hashing.started()).isEqualTo(6);
    }
  }

  @Test
  void whatOneUserMayRememberAnotherMayNot() throws Exception {
    Path program = program();
    int owner = (Integer) Files.getAttribute(program, "unix:uid");
    FileDigests digests = later();
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      digests.of(file, STRANGER, true);
      digests.of(file, owner, true);
      digests.of(file, STRANGER, true);
    }
    assertThat(hashing.started()).isEqualTo(2);
  }

  @Test
  void aHugeFileIsNotReadAtAll() throws Exception {
    Path program = program();
    try (RandomAccessFile file = new RandomAccessFile(program.toFile(), "rw")) {
      file.setLength(600L << 20);
    }
    FileDigests digests = later();
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      assertThatThrownBy(() -> digests.of(file, STRANGER, true))
          .isInstanceOf(HashRefusedException.class)
          .hasMessageContaining("expected: at most 536870912");
    }
    assertThat(hashing.started()).isZero();
  }

  @Test
  void whoWaitsTooLongIsRefusedAndOthersAreServed() throws Exception {
    Path program = program();
    var limits = new HashLimits(512L << 20, 4, 1, Duration.ofSeconds(1), 64, 16);
    FileDigests digests = digests(limits, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(9)));
    var release = new CountDownLatch(1);
    hashing.hold(release);
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      assertThatThrownBy(() -> digests.of(file, STRANGER, true))
          .isInstanceOf(HashRefusedException.class)
          .matches(e -> e instanceof HashRefusedException refused && refused.isTransient())
          .hasMessageContaining("took too long");
      // The stuck worker holds that user's only place, but no one else's.
      assertThatThrownBy(() -> digests.of(file, STRANGER, true))
          .isInstanceOf(HashRefusedException.class)
          .matches(e -> e instanceof HashRefusedException refused && refused.isTransient())
          .hasMessageContaining("too many files");
      release.countDown();
      assertThat(patiently(digests, file, STRANGER + 1)).isEqualTo(expected(program));
    }
  }

  @Test
  void whatHangsKeepsNobodyElseFromReading() throws Exception {
    Path program = program();
    var limits = new HashLimits(512L << 20, 1, 1, Duration.ofSeconds(1), 64, 16);
    FileDigests digests = digests(limits, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(9)));
    var release = new CountDownLatch(1);
    hashing.hold(release);
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      for (int user = STRANGER; user < STRANGER + 3; user++) {
        int hanging = user;
        assertThatThrownBy(() -> digests.of(file, hanging, true))
            .isInstanceOf(HashRefusedException.class)
            .hasMessageContaining("took too long");
      }
      hashing.hold(new CountDownLatch(0));
      assertThat(patiently(digests, file, STRANGER + 3)).isEqualTo(expected(program));
    } finally {
      release.countDown();
    }
  }

  /// As callers do: what took too long on a busy machine is asked for again.
  private static String patiently(FileDigests digests, ExecutableFile file, int uid)
      throws Exception {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (true) {
      try {
        return digests.of(file, uid, true).digest().toString();
      } catch (HashRefusedException e) {
        if (!e.isTransient() || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
    }
  }

  @Test
  void digestsThatAreRememberedAreFew() throws Exception {
    var limits = new HashLimits(512L << 20, 4, 2, Duration.ofSeconds(10), 64, 2);
    FileDigests digests = digests(limits, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(9)));
    for (int i = 0; i < 4; i++) {
      try (Child child = Child.echo(program().toString());
          ExecutableFile file = ExecutableFile.of(child.pid())) {
        digests.of(file, STRANGER, true);
      }
    }
    assertThat(digests.size()).isEqualTo(2);
  }

  @Test
  void aClockThatIsBehindRemembersNothing() throws Exception {
    Path program = program();
    FileDigests digests = digests(HashLimits.usual(), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    try (Child child = Child.echo(program.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      digests.of(file, STRANGER, true);
    }
    assertThat(digests.size()).isZero();
  }

  @Test
  void marksAreFoundAcrossPieces() {
    byte[] text = "..........Py_BytesMain..........".getBytes(StandardCharsets.US_ASCII);
    for (int size = 1; size <= text.length; size++) {
      Interpreters.ContentSearch search = Interpreters.search();
      for (int at = 0; at < text.length; at += size) {
        byte[] piece = new byte[size];
        int length = Math.min(size, text.length - at);
        System.arraycopy(text, at, piece, 0, length);
        search.update(piece, length);
      }
      assertThat(search.found()).as("pieces of %s", size).isTrue();
    }
    Interpreters.ContentSearch none = Interpreters.search();
    for (byte[] piece : List.of("Py_Byt".getBytes(StandardCharsets.US_ASCII), new byte[100])) {
      none.update(piece, piece.length);
    }
    assertThat(none.found()).isFalse();
  }
}
