package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.Finished;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.ListExecutionsResponse;
import dev.credence.proto.admin.v1.ListNodesResponse;
import dev.credence.proto.admin.v1.ListSubjectsResponse;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.proto.workload.X509SVIDResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("the command line, against a running dev")
class CommandLineTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Dev dev;
  private static Admin admin;

  @BeforeAll
  static void start() throws Exception {
    dev = Dev.start(folder.resolve("dev"));
    admin = dev.admin();
    admin.owner("platform");
    admin.owner("research");
    admin.create(Admin.agent("platform", "twin", "unix:uid:4000000"));
    admin.create(Admin.agent("research", "twin", "unix:uid:4000001"));
  }

  @AfterAll
  static void stop() throws Exception {
    admin.close();
    dev.close();
  }

  @Test
  @DisplayName("owners, agents and services are made, listed and shown, for people and as JSON")
  void registry() throws Exception {
    try (var story = Story.of("the registry on the command line")) {
      story.step(
          "an owner",
          () -> {
            var made =
                dev.credence(
                    "owner",
                    "create",
                    "finance",
                    "--display",
                    "Finance",
                    "--contact",
                    "fin@example.org",
                    "--human",
                    "ada",
                    "--parent",
                    "platform",
                    "-o",
                    "json");
            var owner = json(made.done(), Owner.newBuilder());
            assertThat(owner.getName()).isEqualTo("finance");
            assertThat(owner.getAccountable().getName()).isEqualTo("ada");
            assertThat(owner.getId()).matches("[a-z2-7]{26}");
          });
      story.step(
          "owners listed and shown",
          () -> {
            assertThat(dev.credence("owner", "list").done().out()).contains("finance", "platform");
            assertThat(dev.credence("owner", "show", "finance").done().out())
                .contains("Finance", "fin@example.org", "ada");
          });
      story.step(
          "a service with everything",
          () -> {
            var made =
                dev.credence(
                    "service",
                    "create",
                    "ledger",
                    "--owner",
                    "finance",
                    "--selector",
                    "unix:uid:4000002",
                    "--selector",
                    "unix:path:/opt/ledger",
                    "--any-node",
                    "--purpose",
                    "keeps the books",
                    "--ttl",
                    "30m",
                    "--dns",
                    "ledger.example.org",
                    "--hint",
                    "books",
                    "-o",
                    "json");
            var subject = json(made.done(), Subject.newBuilder());
            assertThat(subject.getSpiffeId()).endsWith("/service/finance/ledger");
            assertThat(subject.getSvidTtl().getSeconds()).isEqualTo(1800);
            assertThat(subject.getDnsNamesList()).containsExactly("ledger.example.org");
            assertThat(subject.getRegistrations(0).getSelectorsCount()).isEqualTo(2);
          });
      story.step(
          "services listed and shown",
          () -> {
            var list =
                json(
                    dev.credence("service", "list", "-o", "json").done(),
                    ListSubjectsResponse.newBuilder());
            assertThat(list.getSubjectsList())
                .extracting(Subject::getName)
                .containsExactly("ledger");
            assertThat(dev.credence("service", "show", "finance/ledger").done().out())
                .contains("keeps the books", "ledger.example.org", "books");
            assertThat(dev.credence("service", "show", "ledger").done().out())
                .contains("finance/ledger");
          });
    }
  }

  @Test
  @DisplayName(
      "a process's identity: svid fetch and inspect, executions, events, explain, nodes, bundle")
  void identities() throws Exception {
    try (var story = Story.of("an identity on the command line")) {
      var java = story.ask("a program", () -> JavaCopy.in(folder.resolve("shown")));
      story.step(
          "it is registered",
          () -> admin.create(Admin.agent("platform", "shown", java.selector())));
      var process = story.opens("a process of it", () -> Workload.start(java, dev.socket()));
      var seen = story.ask("it fetches", () -> process.fetch().getFirst());
      story.step(
          "execution list and show",
          () -> {
            var list =
                json(
                    dev.credence("execution", "list", "--agent", "platform/shown", "-o", "json")
                        .done(),
                    ListExecutionsResponse.newBuilder());
            assertThat(list.getExecutionsList())
                .extracting(Execution::getId)
                .containsExactly(seen.execution());
            var shown =
                json(
                    dev.credence("execution", "show", seen.execution(), "-o", "json").done(),
                    Execution.newBuilder());
            assertThat(shown.getSerial()).isEqualTo(seen.serial());
            assertThat(shown.getProcess().getMark().getPid()).isEqualTo(process.process().pid());
            assertThat(shown.getAttestation().getPropertiesList()).isNotEmpty();
          });
      story.step(
          "explain shows the match",
          () -> {
            var explained =
                dev.credence(
                    "explain", "--pid", Integer.toString(process.process().pid()), "-o", "json");
            var explanation = json(explained.done(), Explanation.newBuilder());
            assertThat(explanation.getMatchesList())
                .anyMatch(match -> match.getExecutionId().equals(seen.execution()));
          });
      story.step(
          "event list by kind and agent",
          () -> {
            var lines =
                dev.credence(
                        "event", "list", "--kind", "execution-began", "--agent", "platform/shown")
                    .done()
                    .lines();
            assertThat(lines).anyMatch(line -> line.contains(seen.execution()));
            assertThat(dev.credence("event", "list", "--since", "10m").done().out())
                .contains("agent-created");
          });
      story.step("event list --follow prints what comes", () -> follow());
      story.step(
          "node list and show",
          () -> {
            var nodes =
                json(
                    dev.credence("node", "list", "-o", "json").done(),
                    ListNodesResponse.newBuilder());
            assertThat(nodes.getNodesList()).hasSize(1).allMatch(Node::getConnected);
            assertThat(dev.credence("node", "show", nodes.getNodes(0).getId()).done().out())
                .contains(nodes.getNodes(0).getSpiffeId());
          });
      story.step(
          "bundle show -o pem is a certificate",
          () -> {
            var pem =
                Files.writeString(
                    folder.resolve("bundle.pem"), dev.credence("bundle", "show").done().out());
            assertThat(dev.credence("svid", "inspect", pem.toString()).done().out())
                .contains("spiffe://");
          });
    }
  }

  @Test
  @DisplayName("svid fetch gives the program's own process an identity, and inspect shows it")
  void fetch() throws Exception {
    try (var story = Story.of("svid fetch")) {
      story.step(
          "nobody registered it",
          () -> dev.credence("svid", "fetch").refused(1, "no identity issued"));
      var executable =
          story.ask(
              "its executable",
              () -> Path.of(ProcessHandle.current().info().command().orElseThrow()).toRealPath());
      story.step(
          "it is registered",
          () -> admin.create(Admin.agent("platform", "shell", "unix:path:" + executable)));
      story.step(
          "as JSON",
          () -> {
            var message =
                json(
                    dev.credence("svid", "fetch", "-o", "json").done(),
                    X509SVIDResponse.newBuilder());
            assertThat(message.getSvids(0).getSpiffeId()).endsWith("/agent/platform/shell");
          });
      var pem =
          story.ask(
              "as PEM",
              () ->
                  Files.writeString(
                      folder.resolve("svid.pem"), dev.credence("svid", "fetch").done().out()));
      story.step(
          "openssl understands it, and finds our name",
          () -> assertThat(openssl(pem)).contains("spiffe://").contains("/agent/platform/shell"));
      story.step(
          "inspect shows who and which execution",
          () ->
              assertThat(dev.credence("svid", "inspect", pem.toString()).done().out())
                  .contains("/agent/platform/shell")
                  .containsPattern("[a-z2-7]{26}"));
    }
  }

  static Stream<Arguments> refusals() {
    var selector = List.of("--selector", "unix:uid:4000009");
    return Stream.of(
        row(
            "a bad name",
            2,
            List.of("agent", "create", "Invoice_Bot", "--owner", "platform"),
            selector,
            "Invoice_Bot",
            "lower-case"),
        row(
            "an unknown selector type, with the nearest",
            2,
            List.of("agent", "create", "bot", "--owner", "platform", "--selector", "unx:uid:1"),
            List.of(),
            "unx",
            "unix"),
        row(
            "an unknown selector name",
            2,
            List.of("agent", "create", "bot", "--owner", "platform", "--selector", "unix:uuid:1"),
            List.of(),
            "uuid",
            "uid"),
        row(
            "a selector that is none",
            2,
            List.of("agent", "create", "bot", "--owner", "platform", "--selector", "uid"),
            List.of(),
            "uid"),
        row(
            "an owner that is not there",
            1,
            List.of("agent", "create", "bot", "--owner", "nobody"),
            selector,
            "nobody"),
        row("no owner", 2, List.of("agent", "create", "bot"), selector, "--owner"),
        row(
            "no selector",
            2,
            List.of("agent", "create", "bot", "--owner", "platform"),
            List.of(),
            "--selector"),
        row(
            "a duplicate",
            1,
            List.of("agent", "create", "twin", "--owner", "platform"),
            selector,
            "twin",
            "platform"),
        row(
            "a bad lifetime",
            2,
            List.of("agent", "create", "bot", "--owner", "platform", "--ttl", "soon"),
            selector,
            "--ttl",
            "soon"),
        row(
            "a hint that is too long",
            1,
            List.of("agent", "create", "bot", "--owner", "platform", "--hint", "h".repeat(1025)),
            selector,
            "hint",
            "1024"),
        row(
            "a bad DNS name",
            1,
            List.of("agent", "create", "bot", "--owner", "platform", "--dns", "no dns name"),
            selector,
            "no dns name"),
        row(
            "a duplicate owner",
            1,
            List.of("owner", "create", "platform", "--human", "ada"),
            List.of(),
            "platform"),
        row(
            "an owner with a bad name",
            2,
            List.of("owner", "create", "x--", "--human", "ada"),
            List.of(),
            "x--"),
        row(
            "an ambiguous short name",
            1,
            List.of("agent", "show", "twin"),
            List.of(),
            "platform/twin",
            "research/twin"),
        row(
            "a name that is not there",
            1,
            List.of("agent", "show", "platform/nothing"),
            List.of(),
            "nothing"),
        row(
            "an execution that is not there",
            1,
            List.of("execution", "show", "a".repeat(26)),
            List.of(),
            "a".repeat(26)),
        row("an unknown command", 2, List.of("agnet"), List.of(), "agnet"),
        row("an unknown option", 2, List.of("agent", "list", "--lnog"), List.of(), "--lnog"),
        row(
            "a process that is not there",
            1,
            List.of("explain", "--pid", "4194303"),
            List.of(),
            "4194303"),
        row(
            "a file that is not there",
            1,
            List.of("svid", "inspect", "/nowhere.pem"),
            List.of(),
            "/nowhere.pem"));
  }

  private static Arguments row(
      String what, int exit, List<String> command, List<String> more, String... parts) {
    return Arguments.of(
        what, exit, Stream.concat(command.stream(), more.stream()).toList(), List.of(parts));
  }

  @ParameterizedTest(name = "{0}: exit {1}")
  @MethodSource("refusals")
  @DisplayName("bad input: one clear line, and nothing half-written")
  void refused(String what, int exit, List<String> command, List<String> parts) throws Exception {
    var before = state();
    dev.credence(command.toArray(String[]::new)).refused(exit, parts.toArray(String[]::new));
    assertThat(state()).as("owners, agents and services after: " + what).isEqualTo(before);
  }

  private static List<String> state() {
    var names = new java.util.ArrayList<String>();
    admin.owners().forEach(owner -> names.add(owner.getName()));
    for (var kind : List.of(SubjectKind.SUBJECT_KIND_AGENT, SubjectKind.SUBJECT_KIND_SERVICE)) {
      admin.subjects(kind).forEach(subject -> names.add(subject.getSpiffeId()));
    }
    return names;
  }

  @Test
  @DisplayName("exit 3 where the daemon cannot be reached, 2 for usage, 0 for help and version")
  void exits() throws Exception {
    var program = Program.credence();
    program.run("agent", "list").refused(3, "CREDENCE_ADMIN_SOCKET");
    program
        .with("CREDENCE_ADMIN_SOCKET", folder.resolve("none.sock").toString())
        .run("agent", "list")
        .refused(3, "none.sock");
    program
        .with("SPIFFE_ENDPOINT_SOCKET", "unix://" + folder.resolve("none.sock"))
        .run("svid", "fetch")
        .refused(3, "none.sock");
    program
        .run("agent", "list", "--socket", folder.resolve("s".repeat(120)).toString())
        .refused(3, "no such file");
    program.run().expect(2);
    assertThat(program.run("version").done().out()).contains("credence");
    assertThat(program.run("agent", "create", "--help").done().out())
        .contains("--selector", "--owner", "--node-selector", "--ttl");
  }

  private static void follow() throws Exception {
    try (var following =
        Program.credence()
            .with(dev.environment())
            .start("event", "list", "--follow", "-o", "json")) {
      following.out().first("an event", line -> line.contains("\"kind\""), SOON);
      admin.owner("followed");
      var line =
          following
              .out()
              .first(
                  "the new event",
                  it -> it.contains("owner-created") && it.contains("followed"),
                  SOON);
      assertThat(parse(line, Event.newBuilder()).getKind()).isEqualTo("owner-created");
    }
  }

  private static String openssl(Path pem) throws Exception {
    var process =
        new ProcessBuilder("openssl", "x509", "-in", pem.toString(), "-noout", "-text")
            .redirectErrorStream(true)
            .start();
    return new String(
        process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static <B extends Message.Builder> B json(Finished finished, B builder) throws Exception {
    return parse(finished.out(), builder);
  }

  private static <B extends Message.Builder> B parse(String json, B builder) throws Exception {
    JsonFormat.parser().merge(json, builder);
    return builder;
  }
}
