package dev.credence.cli.demo;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.Daemon;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.local.Installation;
import dev.credence.cli.local.LocalPlane;
import dev.credence.cli.print.Labels;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The story, step by step. Start at [#tell()]. What it starts is in `cast`, which the caller
/// closes.
final class DemoStory {

  private static final String QUESTION = "fares from Bern to Oslo";
  private static final long PATIENCE_SECONDS = 20;

  private final Narrator narrator;
  private final LocalPlane plane;
  private final Cast cast;
  private final Path folder;
  private final Installation installation;

  DemoStory(
      Narrator narrator, LocalPlane plane, Cast cast, Path folder, Installation installation) {
    this.narrator = narrator;
    this.plane = plane;
    this.cast = cast;
    this.folder = folder;
    this.installation = installation;
  }

  /// What is known of the agent, its tool and the agent's first process.
  private record Scene(Subject agent, Subject service, RoleProcess tool, String address) {}

  /// One process of the agent and what it says of itself.
  private record Player(RoleProcess process, Introduction who) {}

  /// Tells everything.
  ///
  /// @throws CommandFailure at the first step that is not as it says
  void tell() throws IOException {
    start();
    try (var server = cast.add(DaemonConnection.open(Daemon.SERVER, plane.adminSocket()))) {
      var events = new EventWatch(server);
      var registrar = new Registrar(server, uid());
      var role = Role.install("agent", folder, installation);
      var scene = prepare(registrar, role);
      var first = agentCalls(scene, role);
      var second = secondProcess(scene, role, first);
      stranger(events);
      exit(events, registrar, first, second);
      proof(second.who(), registrar.execution(second.who().execution()));
    }
  }

  private void start() {
    narrator.step("A server and a node start, on embedded storage, as two processes.");
    var started = System.nanoTime();
    plane.start();
    narrator.say(Text.of("The Workload API answers after %d ms.", millisSince(started)));
  }

  private Scene prepare(Registrar registrar, Role role) {
    narrator.step("An owner, its agent and its tool service are registered.");
    var toolRole = Role.install("tool", folder, installation);
    var owner = registrar.owner();
    narrator.say(
        Text.of(
            "owner    %s; the human who answers for it: %s",
            owner.getName(), owner.getAccountable().getName()));
    var agent = register("agent", registrar.agent(role));
    var service = register("service", registrar.service(toolRole));

    narrator.step(
        "The tool service starts: java-spiffe fetches its SVID from the node, by no secret of its own.");
    var tool = cast.add(toolRole.start(plane.workloadSocket(), "DemoTool", agent.getSpiffeId()));
    var who = Introduction.read(() -> said("tool", tool));
    narrator.check(
        who.id().equals(service.getSpiffeId()),
        Text.of("the tool got %s (expected: %s)", who.id(), service.getSpiffeId()));
    var address = said("tool", tool).replaceFirst("^listening ", "");
    return new Scene(agent, service, tool, address);
  }

  private Subject register(String noun, Subject subject) {
    narrator.say(Text.of("%-8s %s", noun, subject.getSpiffeId()));
    subject
        .getRegistrations(0)
        .getSelectorsList()
        .forEach(selector -> narrator.say("         if " + Labels.of(selector)));
    return subject;
  }

  private Player agentCalls(Scene scene, Role role) {
    narrator.step(
        "The agent starts, gets its SVID in the same way, and calls the tool over mutual TLS.");
    var player = enter(scene, role, "agent");
    call(scene, player, "agent");
    return player;
  }

  private Player secondProcess(Scene scene, Role role, Player first) {
    narrator.step(
        "A second process of the same agent is an execution of its own: another key, another certificate.");
    var second = enter(scene, role, "agent 2");
    narrator.check(
        !second.who().key().equals(first.who().key()),
        "both processes have the key " + first.who().key());
    narrator.check(
        !second.who().serial().equals(first.who().serial()),
        "both have the serial " + first.who().serial());
    narrator.check(
        !second.who().execution().equals(first.who().execution()),
        "both are execution " + first.who().execution());
    call(scene, second, "agent 2");
    return second;
  }

  private Player enter(Scene scene, Role role, String name) {
    var process =
        cast.add(
            role.start(
                plane.workloadSocket(),
                "DemoAgent",
                scene.address(),
                scene.service().getSpiffeId()));
    var who = Introduction.read(() -> said(name, process));
    narrator.check(
        who.id().equals(scene.agent().getSpiffeId()),
        Text.of("it got %s (expected: %s)", who.id(), scene.agent().getSpiffeId()));
    return new Player(process, who);
  }

  private void call(Scene scene, Player player, String name) {
    player.process().tell(QUESTION);
    var call = said("tool", scene.tool());
    said(name, player.process());
    var agent =
        Text.of("agent \"%s\" of owner \"%s\"", scene.agent().getName(), scene.agent().getOwner());
    narrator.check(
        call.contains(agent) && call.contains("execution " + player.who().execution()),
        Text.of(
            "the tool said \"%s\" (expected: %s, in execution %s)",
            call, agent, player.who().execution()));
  }

  private void stranger(EventWatch events) {
    narrator.step(
        "A stranger, of the same user but not registered, asks for an SVID and is refused.");
    var role = Role.install("stranger", folder, installation);
    var process = cast.add(role.start(plane.workloadSocket(), "DemoStranger"));
    var answer = said("stranger", process);
    narrator.check(
        answer.startsWith("refused: PERMISSION_DENIED"), "the stranger said \"" + answer + "\"");
    narrator.check(exitCode(process) == 1, "the stranger's exit code says it got an SVID");
    var event =
        events
            .await(
                "of the stranger's refusal",
                e -> e.getDetailsMap().containsValue(role.executable().toString()))
            .event();
    narrator.say(
        Text.of(
            "The server's event %d, %s: %s",
            event.getNumber(), event.getKind(), Labels.of(event.getDetailsMap())));
  }

  private void exit(EventWatch events, Registrar registrar, Player first, Player second) {
    narrator.step("The agent's first process ends, and its execution with it; the second goes on.");
    var id = first.who().execution();
    first.process().endInput();
    narrator.check(exitCode(first.process()) == 0, "the agent did not end in order");
    var gone = System.nanoTime();
    var event =
        events.await(
            "of the end of execution " + id,
            e -> e.getKind().equals("execution-ended") && e.getExecutionId().equals(id));
    var millis = Math.max(0, TimeUnit.NANOSECONDS.toMillis(event.atNanos() - gone));
    narrator.say(
        Text.of(
            "The server's event %d, execution-ended, came %d ms after the process was gone.",
            event.event().getNumber(), millis));
    var ended = registrar.execution(id);
    narrator.check(ended.hasEndedAt(), Text.of("execution %s is still running", id));
    narrator.say(Text.of("execution %s: ended, %s", id, ended.getEndReason()));
    narrator.check(
        !registrar.execution(second.who().execution()).hasEndedAt(),
        "the second process's execution ended too");
    narrator.say(Text.of("execution %s: running", second.who().execution()));
  }

  private void proof(Introduction who, Execution execution) {
    narrator.step("What this proves, and what not.");
    var code = Labels.of(execution.getCode());
    var isolation = Labels.of(execution.getIsolation());
    narrator.say(Text.of("The agent's certificate says how far to trust it: %s.", who.assurance()));
    narrator.check(
        who.assurance().equals(Text.of("code %s, isolation %s", code, isolation)),
        Text.of("the server has code %s, isolation %s", code, isolation));
    narrator.check(
        who.assurance().equals("code claimed, isolation shared-uid"),
        "expected: code claimed, isolation shared-uid");
    narrator.say(
        "unix:path and unix:uid prove, by the kernel's word, which executable runs under which user. Here that is a copy of");
    narrator.say(
        "`java`, an interpreter: which program it runs is its own claim, and that user could replace the copy. Other programs");
    narrator.say(
        "of the same user could trace it. An agent that is to be believed more has a user of its own, and is known by its code.");
  }

  private String said(String who, RoleProcess process) {
    var line = process.next();
    narrator.quote(who, line);
    return line;
  }

  private static int exitCode(RoleProcess process) {
    CompletableFuture<Integer> exited = process.exited();
    try {
      return exited.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw CommandFailure.failed(Text.of("process %d does not end", process.pid()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private static int uid() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
