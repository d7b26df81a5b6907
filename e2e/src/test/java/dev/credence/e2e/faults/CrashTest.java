package dev.credence.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.FirstContact;
import dev.credence.e2e.client.RawNode;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Console;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.Event;
import dev.credence.server.store.CommitListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The server is killed, for real, while 200 registrations, issuances and redemptions are under
/// way: by itself at a named point of a commit, or at any moment. `-Dcredence.crash.rounds=20` does
/// each 20 times.
@DisplayName("kill -9 of the server")
class CrashTest {

  private static final Duration DEATH = Duration.ofSeconds(60);
  private static final int ROUNDS_EACH = Integer.getInteger("credence.crash.rounds", 1);

  @TempDir Path folder;

  static Stream<Arguments> rounds() {
    var seeds = new SecureRandom();
    var points =
        Stream.concat(
            Arrays.stream(CommitListener.Point.values()).map(Enum::name),
            Stream.of(CrashingServer.ANYWHERE));
    return points.flatMap(point ->
        LongStream.range(0, ROUNDS_EACH)
            .mapToObj(round -> Arguments.of(point, seeds.nextInt(1_000_000))));
  }

  @ParameterizedTest(name = "at {0}, seed {1}")
  @MethodSource("rounds")
  @DisplayName(
      "what was acknowledged is there, what was refused is not, no token is redeemed by two keys,"
          + " no event is missing")
  void killed(String point, int seed) throws Exception {
    Console.line("seed " + seed);
    try (var story = Story.of("kill -9 at %s, seed %d".formatted(point, seed))) {
      var config = config();
      var victim = story.opens("a server that will die", () -> CrashingServer.start(config));
      var load =
          story.ask("an owner, a node, tokens, and 200 things to do", () -> prepare(story, seed));
      story.step("the bomb is set", () -> victim.say(CrashingServer.bomb(point, new Random(seed))));
      story.step(
          "everything at once, until it is dead", () -> load.runUntilOver(Admin.at(socket())));
      story.step(
          "it died of SIGKILL",
          () -> assertThat(victim.exit(DEATH)).as(victim.log()).isEqualTo(137));
      Console.line("     " + load.summary());

      var survivor =
          story.opens(
              "the server starts again on the same folder", () -> Daemon.ready("server", config));
      var admin = story.opens("administrator", () -> Admin.at(socket()));
      story.step("no gap in the numbers of events", () -> contiguous(admin));
      story.step(
          "what was acknowledged is there, what was refused is not", () -> load.checkKept(admin));
      story.step(
          "the same requests again: the same answers, and what was unknown is known",
          () -> load.again(admin));
      story.step("everything is there once", () -> load.checkOnce(admin));
      story.step("still no gap", () -> contiguous(admin));
      story.step("it ends in order", () -> ends(survivor));
    }
  }

  private Load prepare(Story story, int seed) throws InterruptedException {
    var admin = story.opens("administrator", () -> Admin.at(socket()));
    admin.owner("finance");
    admin.create(Admin.agent("finance", Load.BASE, Load.UID));
    var node = story.opens("a node", () -> RawNode.join(FirstContact.with(admin.joinToken())));
    var session = story.opens("in step", node::sync);
    return Load.of(
        new Random(seed),
        node,
        session.registration(Load.BASE),
        () -> FirstContact.with(admin.joinToken()));
  }

  /// The port stays the same over the restart: the node knows no other.
  private Path config() throws IOException {
    var config = Daemon.serverConfig(folder);
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.writeString(
          config,
          Files.readString(config).replace("127.0.0.1:0", "127.0.0.1:" + free.getLocalPort()));
    }
    return config;
  }

  private Path socket() {
    return folder.resolve("admin.sock");
  }

  private static void contiguous(Admin admin) {
    var numbers = admin.events().stream().map(Event::getNumber).toList();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }

  private static void ends(Running server) throws Exception {
    server.signal("TERM");
    assertThat(server.exit(Duration.ofSeconds(60))).as(server.log()).isZero();
  }
}
