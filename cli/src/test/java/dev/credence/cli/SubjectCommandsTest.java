package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.GetSubjectRequest;
import dev.credence.proto.admin.v1.Governance;
import dev.credence.proto.admin.v1.ListSubjectsRequest;
import dev.credence.proto.admin.v1.ListSubjectsResponse;
import dev.credence.proto.admin.v1.Registration;
import dev.credence.proto.admin.v1.StandingAuthority;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.Isolation;
import dev.credence.proto.common.v1.Selector;
import dev.credence.proto.common.v1.SubjectKind;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SubjectCommandsTest {

  private static final String[] EVERYTHING = {
    "agent",
    "create",
    "planner",
    "--owner",
    "travel",
    "--selector",
    "unix:uid:1000",
    "--selector",
    "unix:path:/a:b",
    "--node-selector",
    "node:label:role:gpu",
    "--ttl",
    "5m",
    "--dns",
    "a.example",
    "--dns",
    "b.example",
    "--hint",
    "main",
    "--purpose",
    "plans trips",
    "--tool",
    "fares",
    "--tool",
    "maps",
    "--data-class",
    "itinerary",
    "--schedule",
    "office hours",
    "--role-ceiling",
    "reader",
    "--standing-role",
    "looker",
    "--standing-authority",
    "cleanup=janitor,reader;15m;10 EUR",
    "--approval-boundary",
    "payment above 100",
    "--approver",
    "ada",
    "--min-code",
    "file",
    "--min-isolation",
    "own-uid",
    "--max-lifetime",
    "1d",
    "--review-date",
    "2026-06-30",
    "--expires",
    "2027-01-01T00:00:00Z"
  };

  @TempDir Path folder;
  private final FakeSubjects subjects = new FakeSubjects();
  private FakeDaemon daemon;

  @BeforeEach
  void serve() throws Exception {
    daemon = new FakeDaemon(folder.resolve("a.sock"), subjects);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void create_sendsRegistrationAndGovernanceRecord() {
    var outcome = run(EVERYTHING);

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    var sent = subjects.created.getFirst();
    assertThat(sent.getRequestId().size()).isEqualTo(16);
    assertThat(sent.toBuilder().clearRequestId().clearGovernance().build())
        .isEqualTo(
            CreateSubjectRequest.newBuilder()
                .setKind(SubjectKind.SUBJECT_KIND_AGENT)
                .setOwner("travel")
                .setName("planner")
                .addSelectors(selector("unix", "uid", "1000"))
                .addSelectors(selector("unix", "path", "/a:b"))
                .addNodeSelectors(selector("node", "label", "role:gpu"))
                .setSvidTtl(Duration.newBuilder().setSeconds(300))
                .addDnsNames("a.example")
                .addDnsNames("b.example")
                .setHint("main")
                .build());
    assertThat(sent.getGovernance()).isEqualTo(record());
  }

  @Test
  void show_saysWhoAnswersForIt_whichTools_whichData_when_whichApprovals() {
    run(EVERYTHING);

    var outcome = run("agent", "show", "planner");

    assertThat(subjects.asked.getLast().getReference()).isEqualTo("planner");
    assertThat(subjects.asked.getLast().getKind()).isEqualTo(SubjectKind.SUBJECT_KIND_AGENT);
    assertThat(outcome.out().replaceAll(" +", " "))
        .contains("Agent travel/planner\n")
        .contains("\nGovernance record\n")
        .contains(" Accountable owner travel (")
        .contains(" Tools fares\n maps\n")
        .contains(" Data classes itinerary\n")
        .contains(" Schedule office hours\n")
        .contains(" Standing authority cleanup as janitor, reader, at most 15m, budget 10 EUR\n")
        .contains(" Approval needed for payment above 100\n")
        .contains(" Approvers ada\n")
        .contains(" Minimum code file\n")
        .contains(" Minimum isolation own-uid\n")
        .contains(" Review on 2026-06-30T00:00:00+01:00\n")
        .contains(" Expires 2027-01-01T01:00:00+01:00\n")
        .contains(" Nodes node:label:role:gpu\n");
  }

  @Test
  void list_isATableOfFullNames() {
    run(
        "service",
        "create",
        "fares",
        "--owner",
        "travel",
        "--selector",
        "unix:uid:7",
        "--any-node");

    var outcome = run("service", "list");

    assertThat(outcome.out()).contains("travel/fares  active  unix:uid:7  any node");
    assertThat(subjects.created.getFirst().getKind()).isEqualTo(SubjectKind.SUBJECT_KIND_SERVICE);
    assertThat(subjects.created.getFirst().getAnyNode()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --selector unix:uidd:1                                   | --selector: selector name after unix: "uidd"
          --selector unix                                          | --selector:
          --selector unix:uid:1 --node-selector unix:uid:1         | --node-selector:
          --selector unix:uid:1 --any-node --node-selector node:label:a:b | --any-node and --node-selector exclude each other
          --selector unix:uid:1 --ttl soon                         | --ttl: "soon" (expected: a duration
          --selector unix:uid:1 --min-code great                   | --min-code: "great" (expected: one of none, claimed, file, orchestrator, launcher)
          --selector unix:uid:1 --min-isolation far                | --min-isolation: "far" (expected: one of shared-uid, own-uid, sandboxed)
          --selector unix:uid:1 --expires tomorrow                 | --expires: "tomorrow" (expected: 2026-01-31
          --selector unix:uid:1 --standing-authority x             | --standing-authority: "x" (expected: TASK=ROLE
          --purpose nothing                                        | --selector TYPE:NAME:VALUE is missing
          --selector unix:uid:1 --colour red                       | unknown option --colour
          """)
  void create_withABadValue_sendsNothing_andSaysWhatIsExpected(String flags, String message) {
    var args = new ArrayList<>(List.of("agent", "create", "planner", "--owner", "travel"));
    args.addAll(List.of(flags.split(" ", -1)));

    var outcome = run(args.toArray(String[]::new));

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("credence: " + message).hasLineCount(1);
    assertThat(subjects.created).isEmpty();
  }

  @Test
  void create_withoutAnOwner_isAUsageError() {
    var outcome = run("agent", "create", "planner", "--selector", "unix:uid:1");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("--owner").hasLineCount(1);
  }

  private Cli.Outcome run(String... args) {
    return new Cli().admin(daemon.socket()).run(args);
  }

  private static Selector selector(String type, String name, String value) {
    return Selector.newBuilder().setType(type).setName(name).setValue(value).build();
  }

  private static Governance record() {
    return Governance.newBuilder()
        .setPurpose("plans trips")
        .addTools("fares")
        .addTools("maps")
        .addDataClasses("itinerary")
        .setSchedule("office hours")
        .addRoleCeiling("reader")
        .addStandingRoles("looker")
        .addStandingAuthority(
            StandingAuthority.newBuilder()
                .setTaskType("cleanup")
                .addRoles("janitor")
                .addRoles("reader")
                .setDuration(Duration.newBuilder().setSeconds(900))
                .setBudget("10 EUR"))
        .addApprovalBoundaries("payment above 100")
        .addApprovers("ada")
        .setMinimumCode(CodeAssurance.CODE_ASSURANCE_FILE)
        .setMinimumIsolation(Isolation.ISOLATION_OWN_UID)
        .setMaximumLifetime(Duration.newBuilder().setSeconds(86400))
        .setReviewAt(at("2026-06-29T23:00:00Z"))
        .setExpiresAt(at("2027-01-01T00:00:00Z"))
        .build();
  }

  private static Timestamp at(String instant) {
    return Timestamp.newBuilder().setSeconds(Instant.parse(instant).getEpochSecond()).build();
  }

  /// Answers with what was created.
  private static final class FakeSubjects extends SubjectsGrpc.SubjectsImplBase {
    private final List<CreateSubjectRequest> created =
        Collections.synchronizedList(new ArrayList<>());
    private final List<GetSubjectRequest> asked = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void createSubject(CreateSubjectRequest request, StreamObserver<Subject> answer) {
      created.add(request);
      answer.onNext(subject(request));
      answer.onCompleted();
    }

    @Override
    public void getSubject(GetSubjectRequest request, StreamObserver<Subject> answer) {
      asked.add(request);
      answer.onNext(subject(created.getLast()));
      answer.onCompleted();
    }

    @Override
    public void listSubjects(
        ListSubjectsRequest request, StreamObserver<ListSubjectsResponse> answer) {
      answer.onNext(
          ListSubjectsResponse.newBuilder()
              .addAllSubjects(created.stream().map(FakeSubjects::subject).toList())
              .build());
      answer.onCompleted();
    }

    private static Subject subject(CreateSubjectRequest request) {
      return Subject.newBuilder()
          .setKind(request.getKind())
          .setOwner(request.getOwner())
          .setOwnerId("oooooooooooooooooooooooooo")
          .setName(request.getName())
          .setState("active")
          .setGovernance(request.getGovernance())
          .addRegistrations(
              Registration.newBuilder()
                  .setId("rrrrrrrrrrrrrrrrrrrrrrrrrr")
                  .addAllSelectors(request.getSelectorsList())
                  .addAllNodeSelectors(request.getNodeSelectorsList())
                  .setAnyNode(request.getAnyNode()))
          .build();
    }
  }
}
