package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.cli.client.Pages;
import dev.credence.proto.admin.v1.ListMembersRequest;
import dev.credence.proto.admin.v1.ListMembersResponse;
import dev.credence.proto.admin.v1.SetMember;
import dev.credence.proto.admin.v1.SetsGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What belongs to which set, page by page.
final class SetListTest {
  @TempDir Path folder;
  private final FakeSets sets = new FakeSets();

  @Test
  void allPages_areFetched_alsoAfterAnEmptyOne() throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("a.sock"), sets)) {
      var outcome = new Cli().admin(daemon.socket()).run("set", "list", "--set", "prod");
      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(outcome.out()).contains("agent finance/one", "agent finance/two");
      assertThat(sets.asked)
          .extracting(ListMembersRequest::getPageToken)
          .containsExactly("", "second", "third");
      assertThat(sets.asked)
          .allSatisfy(it -> {
            assertThat(it.getSet()).isEqualTo("prod");
            assertThat(it.getPageSize()).isEqualTo(Pages.SIZE);
          });
    }
  }

  private static final class FakeSets extends SetsGrpc.SetsImplBase {
    private final Queue<ListMembersRequest> asked = new ConcurrentLinkedQueue<>();

    @Override
    public void listMembers(
        ListMembersRequest request, StreamObserver<ListMembersResponse> observer) {
      asked.add(request);
      observer.onNext(
          switch (request.getPageToken()) {
            case "" -> page("one", "second");
            case "second" -> ListMembersResponse.newBuilder().setNextPageToken("third").build();
            default -> page("two", "");
          });
      observer.onCompleted();
    }

    private static ListMembersResponse page(String agent, String next) {
      return ListMembersResponse.newBuilder()
          .addMembers(
              SetMember.newBuilder()
                  .setSet("prod")
                  .setThing("agent finance/" + agent)
                  .setState("active"))
          .setNextPageToken(next)
          .build();
    }
  }
}
