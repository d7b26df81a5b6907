package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import dev.credence.platform.crypto.CryptoProviders;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams that are replaced while they begin. What the server does is the test's.
@Timeout(300)
@NullUnmarked
class ServerSyncTest {
  private final ManualTime time = new ManualTime(Instant.EPOCH);
  private final Seams seams = new Seams(time, time, new SecureRandom(), CryptoProviders.fastest());
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final FakePort server = new FakePort();
  private final EndReports ends = new EndReports(server, executor, seams);
  private final ProcessTable processes =
      new ProcessTable(
          null,
          ends,
          executor,
          seams,
          new ProcessTable.Watching(null, Limits.usual().processes(), Spoiling.NONE));
  private final AtomicInteger linkUps = new AtomicInteger();
  private final ServerSync sync =
      new ServerSync(
          server,
          new Knowledge(),
          new Settlement(processes, ends),
          new CountingLinkUps(),
          new ServerSync.Setting(
              new Software("here", "test"),
              executor,
              seams,
              new NodeTrouble(new NodeIdentity(), new Knowledge(), seams.clock())));

  @AfterEach
  void close() {
    sync.close();
    executor.shutdownNow();
  }

  @Test
  void aStreamThatIsReplacedWhileItSettles_isClosed_andItsAnswerIsNotSent() throws Exception {
    // An end that the server has not heard yet: to settle is to report it first.
    ends.report(new Id(0, 1), EndReason.PROCESS_EXITED);
    NodeRig.await("the first try", () -> time.pending() > 0);
    server.hold();
    sync.start();
    SyncListener first = NodeRig.take(server.listeners);
    var old = new FakeStream();
    Future<?> settling = executor.submit(() -> first.welcome(old, List.of()));
    assertThat(server.entered.await(60, TimeUnit.SECONDS)).isTrue();

    sync.restart();
    SyncListener second = NodeRig.take(server.listeners);
    server.release();
    settling.get(60, TimeUnit.SECONDS);
    assertThat(old.settled).as("what only the stream of now may answer").isEmpty();
    assertThat(old.closed).isTrue();
    assertThat(sync.isUp()).isFalse();
    assertThat(linkUps).hasValue(0);

    var fresh = new FakeStream();
    second.welcome(fresh, List.of());
    assertThat(fresh.settled).hasSize(1);
    assertThat(sync.isUp()).isTrue();
    assertThat(linkUps).hasValue(1);
    // And what the old one still says is not about the new one.
    first.closed("late");
    assertThat(sync.isUp()).isTrue();
    assertThat(fresh.closed).isFalse();
  }

  /// The server is away at the first report of an end, and at the next ones as long as it is held.
  private static final class FakePort implements ServerPort {
    final BlockingQueue<SyncListener> listeners = new LinkedBlockingQueue<>();
    final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean held;

    void hold() {
      held = true;
    }

    void release() {
      released.countDown();
    }

    @Override
    public void end(Id execution, EndReason reason) throws CallException {
      if (!held) {
        throw new CallException(CallException.Kind.AWAY, "not yet");
      }
      entered.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new CallException(CallException.Kind.AWAY, "interrupted", e);
      }
    }

    @Override
    public SyncStream sync(SyncOpening opening, SyncListener listener) {
      listeners.add(listener);
      return new FakeStream();
    }

    @Override
    public NodeCertificate renewNode(byte[] csr) {
      throw new AssertionError("not asked for");
    }

    @Override
    public void refresh() {}

    @Override
    public void turnAway() {}

    @Override
    public Issued open(Match match, Attestation attestation, byte[] csr) {
      throw new AssertionError("not asked for");
    }

    @Override
    public Issued renew(Id execution, Match match, Attestation attestation, byte[] csr) {
      throw new AssertionError("not asked for");
    }

    @Override
    public String token(Id execution, List<String> audiences) {
      throw new AssertionError("not asked for");
    }
  }

  private static final class FakeStream implements SyncStream {
    final List<Collection<Id>> settled = new ArrayList<>();
    private volatile boolean closed;

    @Override
    public void settled(Collection<Id> running) {
      settled.add(running);
    }

    @Override
    public boolean refusals(List<Refusal> refusals) {
      return true;
    }

    @Override
    public void bundleAcknowledged(long sequence) {}

    @Override
    public boolean renewLease() {
      return true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final class CountingLinkUps implements ServerSync.Events {
    @Override
    public void bundle(BundleNews bundle, Runnable everywhere) {}

    @Override
    public void jwtBundle(JwtBundle bundle, List<String> tainted) {}

    @Override
    public void registryChanged() {}

    @Override
    public void bars(List<Bar> bars) {}

    @Override
    public void ended(Id execution, String reason) {}

    @Override
    public void shutOut(String why) {}

    @Override
    public void linkUp() {
      linkUps.incrementAndGet();
    }
  }
}
