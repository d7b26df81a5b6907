package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.ListOwnersResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.proto.admin.v1.Person;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnerCommandsTest {

  @TempDir Path folder;
  private final FakeOwners owners = new FakeOwners();
  private FakeDaemon daemon;

  @BeforeEach
  void serve() throws Exception {
    daemon = new FakeDaemon(folder.resolve("a.sock"), owners);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void create_sendsEveryField_andShowsTheAnswer() {
    var outcome =
        cli()
            .run(
                "owner",
                "create",
                "travel",
                "--display",
                "Travel",
                "--contact",
                "t@example.org",
                "--human",
                "ada",
                "--parent",
                "ops");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    var sent = owners.created.getFirst();
    assertThat(sent.getRequestId().size()).isEqualTo(16);
    assertThat(sent.toBuilder().clearRequestId().build())
        .isEqualTo(
            CreateOwnerRequest.newBuilder()
                .setName("travel")
                .setDisplayName("Travel")
                .setContact("t@example.org")
                .setHuman("ada")
                .setParent("ops")
                .build());
    assertThat(outcome.out())
        .contains("Owner         travel\n")
        .contains("Accountable   ada\n")
        .contains("Created       2026-01-31T10:30:00+01:00\n");
  }

  @Test
  void create_whoseAnswerIsLost_isAskedAgainUnderTheSameRequestId() {
    daemon.failNext(Status.UNAVAILABLE);

    var outcome = cli().run("owner", "create", "travel");

    assertThat(outcome.code()).isZero();
    assertThat(owners.created).hasSize(2);
    assertThat(owners.created.get(0).getRequestId())
        .isEqualTo(owners.created.get(1).getRequestId());
  }

  @Test
  void create_thatIsAnsweredUnavailableTwice_saysWhatTheServerSaid() {
    daemon.failNext(Status.UNAVAILABLE.withDescription("shutting down"));
    daemon.failNext(Status.UNAVAILABLE.withDescription("shutting down"));

    var outcome = cli().run("owner", "create", "travel");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err())
        .isEqualTo(
            "credence: the server at %s has no answer now: shutting down\n"
                .formatted(daemon.socket()));
    assertThat(owners.created).hasSize(2);
  }

  @Test
  void create_thatIsRefused_exitsWith1_andOneLine() {
    daemon.failNext(Status.ALREADY_EXISTS.withDescription("owner \"travel\" exists\nreally"));

    var outcome = cli().run("owner", "create", "travel");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).isEqualTo("credence: owner \"travel\" exists\\u000areally\n");
    assertThat(outcome.out()).isEmpty();
    assertThat(owners.created).hasSize(1);
  }

  @Test
  void create_withABadName_sendsNothing() {
    var outcome = cli().run("owner", "create", "Travel_Desk");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("credence: NAME: \"Travel_Desk\" (expected: ");
    assertThat(owners.created).isEmpty();
  }

  @Test
  void list_readsAllPages() {
    owners.kept.addAll(List.of(owner("a"), owner("b"), owner("c")));

    var outcome = cli().run("owner", "list");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().lines().map(line -> line.split(" ", 2)[0]))
        .containsExactly("NAME", "a", "b", "c");
    assertThat(owners.pages).hasValue(3);
  }

  @Test
  void list_asJson_isOneObjectWithAnArray() throws Exception {
    owners.kept.addAll(List.of(owner("a"), owner("b")));

    var outcome = cli().run("owner", "list", "-o", "json");

    var parsed = ListOwnersResponse.newBuilder();
    JsonFormat.parser().merge(outcome.out(), parsed);
    assertThat(parsed.getOwnersList()).extracting(Owner::getName).containsExactly("a", "b");
    // A field without a value is there all the same: scripts need not ask whether it is.
    assertThat(outcome.out()).contains("\"displayName\": \"\"");
  }

  @Test
  void list_thatIsEmpty_hasAHeaderAndAnArray() {
    assertThat(cli().run("owner", "list").out()).startsWith("NAME ").hasLineCount(1);
    assertThat(cli().run("owner", "list", "-o", "json").out()).contains("\"owners\": []");
  }

  @Test
  void show_asksByNameOrId() {
    owners.kept.add(owner("travel"));

    var outcome = cli().run("owner", "show", "travel", "--socket", daemon.socket().toString());

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("Owner         travel\n");
  }

  @Test
  void show_ofNobody_exitsWith1() {
    var outcome = cli().run("owner", "show", "nobody");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).isEqualTo("credence: owner \"nobody\" does not exist\n");
  }

  private Cli cli() {
    return new Cli().admin(daemon.socket());
  }

  private static Owner owner(String name) {
    return Owner.newBuilder()
        .setId("aaaaaaaaaaaaaaaaaaaaaaaaaa")
        .setName(name)
        .setAccountable(Person.newBuilder().setName("ada"))
        .setState("active")
        .setCreatedAt(
            Timestamps.fromMillis(java.time.Instant.parse("2026-01-31T09:30:00Z").toEpochMilli()))
        .build();
  }

  /// One entry on each page.
  private static final class FakeOwners extends OwnersGrpc.OwnersImplBase {
    private final List<CreateOwnerRequest> created =
        Collections.synchronizedList(new ArrayList<>());
    private final List<Owner> kept = Collections.synchronizedList(new ArrayList<>());
    private final java.util.concurrent.atomic.AtomicInteger pages =
        new java.util.concurrent.atomic.AtomicInteger();

    @Override
    public void createOwner(CreateOwnerRequest request, StreamObserver<Owner> answer) {
      created.add(request);
      answer.onNext(owner(request.getName()));
      answer.onCompleted();
    }

    @Override
    public void getOwner(GetRequest request, StreamObserver<Owner> answer) {
      kept.stream()
          .filter(owner -> owner.getName().equals(request.getReference()))
          .findFirst()
          .ifPresentOrElse(
              owner -> {
                answer.onNext(owner);
                answer.onCompleted();
              },
              () ->
                  answer.onError(
                      Status.NOT_FOUND
                          .withDescription(
                              "owner \"%s\" does not exist".formatted(request.getReference()))
                          .asRuntimeException()));
    }

    @Override
    public void listOwners(ListRequest request, StreamObserver<ListOwnersResponse> answer) {
      pages.incrementAndGet();
      var index = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
      var page = ListOwnersResponse.newBuilder();
      if (index < kept.size()) {
        page.addOwners(kept.get(index));
      }
      if (index + 1 < kept.size()) {
        page.setNextPageToken(Integer.toString(index + 1));
      }
      answer.onNext(page.build());
      answer.onCompleted();
    }
  }
}
