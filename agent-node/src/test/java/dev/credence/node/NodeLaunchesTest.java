package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.code.CodeLimits;
import dev.credence.attestors.code.CodeRequest;
import dev.credence.attestors.code.CodeStore;
import dev.credence.attestors.code.StoreLimits;
import dev.credence.certs.CodeAssurance;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.platform.linux.FileCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("copies of code in the node")
class NodeLaunchesTest {
  private static final int SOMEBODY_ELSE = 65_534;

  private final ManualTime time = new ManualTime(Clock.systemUTC().instant());

  @TempDir private Path folder;
  private CodeStore store;

  @BeforeEach
  void open() throws Exception {
    Files.writeString(Files.createDirectory(folder.resolve("agent")).resolve("agent.py"), "1\n");
    store =
        CodeStore.open(
            folder.resolve("store"),
            CryptoProviders.jdk(),
            time,
            CodeLimits.usual(),
            StoreLimits.usual());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private NodeLaunches.Held admitted() throws Exception {
    var request =
        new CodeRequest(
            folder.resolve("agent").toString(), Optional.of("agent.py"), Optional.empty());
    return new NodeLaunches.Held(store.admit(request, FileCredentials.own()));
  }

  private static Optional<CodeAssurance> ofTree(NodeLaunches.Held copy, int uid) {
    return copy.evidence(uid).stream()
        .filter(one -> one.selector().kind().equals("code:tree"))
        .findFirst()
        .flatMap(Evidence::code);
  }

  @Test
  @DisplayName("the launcher vouches for them, but not to root or to the node's own user")
  void assurance() throws Exception {
    try (var copy = admitted()) {
      assertThat(ofTree(copy, SOMEBODY_ELSE)).contains(CodeAssurance.LAUNCHER);
      assertThat(ofTree(copy, FileCredentials.own().uid())).contains(CodeAssurance.FILE);
      assertThat(ofTree(copy, 0)).contains(CodeAssurance.FILE);
    }
  }

  @Test
  @DisplayName("what nobody uses for a week is removed, also where nothing is started any more")
  void tidied() throws Exception {
    var looked = new LinkedBlockingQueue<Long>();
    var unused = StoreLimits.usual().unusedFor();
    var copy = admitted();
    try (var tidying = CodeTidying.start(() -> look(looked), time)) {
      assertThat(tidying).isNotNull();
      time.advance(unused.plus(CodeTidying.EVERY));
      for (long looks = unused.dividedBy(CodeTidying.EVERY) + 1; looks > 0; looks--) {
        assertThat(next(looked)).as("it is in use").isPositive();
      }
      copy.close();
      time.advance(unused.plus(CodeTidying.EVERY));
      long left = next(looked);
      while (left > 0) {
        left = next(looked);
      }
      assertThat(store.bytes()).isZero();
    }
  }

  @Test
  @DisplayName(
      "the node's folder is hidden from its programs as a whole, or nothing of it counts so")
  void hidden() {
    Path data = Path.of("/data/node");
    assertThat(NodeLaunches.hidden(Path.of("/run/credence/api.sock"), data)).contains(data);
    assertThat(NodeLaunches.hidden(data.resolve("api.sock"), data)).isEmpty();
  }

  @Test
  @DisplayName("a closed node looks no more")
  void closed() {
    var tidying = CodeTidying.start(store::collect, time);
    assertThat(time.pending()).isOne();
    tidying.close();
    assertThat(time.pending()).isZero();
  }

  private void look(LinkedBlockingQueue<Long> looked) {
    store.collect();
    looked.add(store.bytes());
  }

  private static long next(LinkedBlockingQueue<Long> looked) throws InterruptedException {
    Long bytes = looked.poll(20, TimeUnit.SECONDS);
    assertThat(bytes).as("the store is looked at").isNotNull();
    return bytes;
  }
}
