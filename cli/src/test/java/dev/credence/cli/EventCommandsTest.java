package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import dev.credence.cli.local.Installation;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequest;
import dev.credence.proto.admin.v1.ListEventsResponse;
import dev.credence.proto.admin.v1.ListUnregisteredRequest;
import dev.credence.proto.admin.v1.ListUnregisteredResponse;
import dev.credence.proto.admin.v1.Unregistered;
import dev.credence.proto.common.v1.Selector;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventCommandsTest {

  @TempDir Path folder;
  private final FakeEvents events = new FakeEvents();
  private FakeDaemon daemon;

  @BeforeEach
  void serve() throws Exception {
    daemon = new FakeDaemon(folder.resolve("a.sock"), events);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void list_readsOnAfterThePage_andSendsTheFilters() {
    var outcome =
        new Cli()
            .admin(daemon.socket())
            .run(
                "event",
                "list",
                "--since",
                "10m",
                "--kind",
                "refused",
                "--agent",
                "travel/planner");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().lines().skip(1).map(line -> line.split(" ", 2)[0]))
        .containsExactly("1", "2", "3");
    assertThat(events.asked).hasSize(3).allMatch(request -> request.getKind().equals("refused"));
    assertThat(events.asked).extracting(ListEventsRequest::getAfter).containsExactly(0L, 1L, 2L);
    assertThat(events.asked.getFirst().getSubject()).isEqualTo("travel/planner");
    assertThat(events.asked.getFirst().getSince().getSeconds())
        .isEqualTo(Cli.NOW.getEpochSecond() - 600);
  }

  @Test
  void list_asJson_isOneObject() throws Exception {
    var outcome = new Cli().admin(daemon.socket()).run("event", "list", "-o", "json");

    var parsed = ListEventsResponse.newBuilder();
    JsonFormat.parser().merge(outcome.out(), parsed);
    assertThat(parsed.getEventsList()).extracting(Event::getNumber).containsExactly(1L, 2L, 3L);
  }

  @Test
  void list_sinceNonsense_isAUsageError() {
    var outcome = new Cli().admin(daemon.socket()).run("event", "list", "--since", "yesterday");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith("credence: --since: \"yesterday\" (expected: ")
        .hasLineCount(1);
  }

  @Test
  void follow_printsEachEventAsItComes_untilTheServerGoes() throws Exception {
    var lines = new LinkedBlockingQueue<String>();
    var done = follow(lines, "event", "list", "--follow");

    assertThat(next(lines)).startsWith("NUMBER");
    var stream = events.followers.poll(60, TimeUnit.SECONDS);
    stream.onNext(event(41));
    assertThat(next(lines)).startsWith("41 ").contains("owner-created").contains("name=travel");
    stream.onNext(event(42));
    assertThat(next(lines)).startsWith("42 ");

    stream.onError(Status.UNAVAILABLE.withDescription("server stops").asRuntimeException());
    assertThat(done.get(60, TimeUnit.SECONDS)).isEqualTo(3);
  }

  @Test
  void follow_asJson_isOneEventOnEachLine() throws Exception {
    var lines = new LinkedBlockingQueue<String>();
    var done = follow(lines, "event", "list", "--follow", "-o", "json");

    var stream = events.followers.poll(60, TimeUnit.SECONDS);
    stream.onNext(event(7));
    var parsed = Event.newBuilder();
    JsonFormat.parser().merge(next(lines), parsed);
    assertThat(parsed.build()).isEqualTo(event(7));

    stream.onCompleted();
    assertThat(done.get(60, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void list_ofUnregistered_isAnInventory_newestFirst_withACommandToCopy() {
    var outcome =
        new Cli()
            .admin(daemon.socket())
            .run("event", "list", "--kind", "unregistered", "--since", "10m", "--node", "n1");

    assertThat(outcome.code()).isZero();
    var lines = outcome.out().lines().toList();
    assertThat(lines.get(0)).matches("NODE +USER +EXECUTABLE +COUNT +FIRST +LAST +SELECTORS");
    assertThat(lines.get(1)).contains(" and 40 others ");
    assertThat(lines.get(2)).contains("alice (1000)").contains(" 12 ").contains("unix:uid:1000");
    assertThat(lines.get(3)).isEmpty();
    assertThat(lines.getLast())
        .isEqualTo(
            "  credence agent create NAME --owner OWNER --node-selector node:id:n1"
                + " --selector 'unix:path:/opt/$(reboot) '\\''x' --selector unix:uid:1000");
    assertThat(events.listed)
        .extracting(ListUnregisteredRequest::getPageToken)
        .containsExactly("", "more");
    assertThat(events.listed)
        .allMatch(request -> request.getNode().equals("n1") && request.hasSince());
    assertThat(events.asked).isEmpty();
  }

  @Test
  void list_ofUnregistered_asJson_hasAllRows() throws Exception {
    var outcome =
        new Cli()
            .admin(daemon.socket())
            .run("event", "list", "--kind", "unregistered", "-o", "json");

    var parsed = ListUnregisteredResponse.newBuilder();
    JsonFormat.parser().merge(outcome.out(), parsed);
    assertThat(parsed.getRowsList()).extracting(Unregistered::getLastEvent).containsExactly(9L, 5L);
    assertThat(parsed.getRows(1).getSelectorsCount()).isEqualTo(2);
  }

  @Test
  void list_ofUnregistered_thatHasNoEnd_isCut_andSaysSo() throws Exception {
    var outcome =
        new Cli()
            .admin(daemon.socket())
            .run("event", "list", "--kind", "unregistered", "--node", "endless", "-o", "json");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).contains("there are more rows than are shown");
    var parsed = ListUnregisteredResponse.newBuilder();
    JsonFormat.parser().merge(outcome.out(), parsed);
    assertThat(parsed.getNextPageToken()).isEqualTo("more");
    assertThat(events.listed).hasSize(20);
  }

  @Test
  void list_ofUnregistered_each_isTheSingleEvents() {
    var outcome =
        new Cli()
            .admin(daemon.socket())
            .run("event", "list", "--kind", "unregistered", "--node", "n1", "--each");

    assertThat(outcome.out()).startsWith("NUMBER").hasLineCount(4);
    assertThat(events.asked).hasSize(3).allMatch(request -> request.getNode().equals("n1"));
    assertThat(events.listed).isEmpty();
  }

  private CompletableFuture<Integer> follow(BlockingQueue<String> lines, String... args)
      throws Exception {
    var reader = new PipedReader();
    var writer = new PrintWriter(new PipedWriter(reader));
    var environment = Map.of("CREDENCE_ADMIN_SOCKET", daemon.socket().toString());
    var terminal =
        new Terminal(
            writer,
            new PrintWriter(new java.io.StringWriter(), true),
            environment,
            Clock.fixed(Cli.NOW, ZoneOffset.UTC));
    var tree =
        new CommandTree(
            terminal,
            new Installation(
                Optional.empty(), Optional.empty(), Path.of("/"), java.time.Duration.ofSeconds(5)));
    Thread.ofVirtual().start(() -> new java.io.BufferedReader(reader).lines().forEach(lines::add));
    return CompletableFuture.supplyAsync(() -> {
      var code = tree.run(args);
      writer.close();
      return code;
    });
  }

  private static String next(BlockingQueue<String> lines) throws InterruptedException {
    var line = lines.poll(60, TimeUnit.SECONDS);
    assertThat(line).isNotNull();
    return line;
  }

  private static Event event(long number) {
    return Event.newBuilder()
        .setNumber(number)
        .setKind("owner-created")
        .setActor("uid:0")
        .putDetails("name", "travel")
        .build();
  }

  /// Three events, one on each page.
  private static final class FakeEvents extends EventsGrpc.EventsImplBase {
    private final List<ListEventsRequest> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<ListUnregisteredRequest> listed =
        Collections.synchronizedList(new ArrayList<>());
    private final BlockingQueue<StreamObserver<Event>> followers = new LinkedBlockingQueue<>();

    @Override
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> answer) {
      asked.add(request);
      var number = request.getAfter() + 1;
      answer.onNext(
          ListEventsResponse.newBuilder()
              .addEvents(event(number))
              .setNextAfter(number < 3 ? number : 0)
              .build());
      answer.onCompleted();
    }

    @Override
    public void listUnregistered(
        ListUnregisteredRequest request, StreamObserver<ListUnregisteredResponse> answer) {
      listed.add(request);
      var page = ListUnregisteredResponse.newBuilder();
      if (request.getNode().equals("endless")) {
        page.addRows(row(listed.size(), "/tmp/p" + listed.size())).setNextPageToken("more");
      } else if (request.getPageToken().isEmpty()) {
        page.addRows(
                row(5, "/opt/$(reboot) 'x")
                    .setUser("alice")
                    .addSelectors(selector("path", "/opt/$(reboot) 'x"))
                    .addSelectors(selector("uid", "1000")))
            .setNextPageToken("more");
      } else {
        page.addRows(row(9, "(others)").setDisplaced(40));
        // It came again between the pages.
        page.addRows(row(3, "/opt/$(reboot) 'x"));
      }
      answer.onNext(page.build());
      answer.onCompleted();
    }

    private static Unregistered.Builder row(long last, String executable) {
      return Unregistered.newBuilder()
          .setNodeId("n1")
          .setUid("1000")
          .setExecutable(executable)
          .setCount(12)
          .setLastEvent(last);
    }

    private static Selector selector(String name, String value) {
      return Selector.newBuilder().setType("unix").setName(name).setValue(value).build();
    }

    @Override
    public void followEvents(ListEventsRequest request, StreamObserver<Event> answer) {
      followers.add(answer);
    }
  }
}
