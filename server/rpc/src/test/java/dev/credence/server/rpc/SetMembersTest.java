package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.credence.proto.admin.v1.ApplyOptions;
import dev.credence.proto.admin.v1.ApplyRequest;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.proto.admin.v1.Declared;
import dev.credence.proto.admin.v1.DeclaredPerson;
import dev.credence.proto.admin.v1.ListMembersRequest;
import dev.credence.proto.admin.v1.ListMembersResponse;
import dev.credence.proto.admin.v1.SetMember;
import dev.credence.proto.admin.v1.SetsGrpc;
import dev.credence.server.rig.RpcRig;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The members of sets, over the wire: in pages for who asks so, whole for command lines from
/// before the pages.
class SetMembersTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int AT_ONCE = 2_500;
  private static final int MOST = 10_000;

  private RpcRig rig;
  private Channel admin;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    rig = new RpcRig(folder);
    admin = rig.administrator();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  /// Persons p0, p1 … of the set `many`.
  private void declare(int from, int count) throws Exception {
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    var done = new CompletableFuture<ApplyResponse>();
    StreamObserver<ApplyRequest> requests =
        SetsGrpc.newStub(admin)
            .apply(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ApplyResponse part) {
                    boolean _ = part.hasSummary() && done.complete(part);
                  }

                  @Override
                  public void onError(Throwable problem) {
                    boolean _ = done.completeExceptionally(problem);
                  }

                  @Override
                  public void onCompleted() {}
                });
    List<Declared> persons =
        IntStream.range(from, from + count)
            .mapToObj(
                i -> Declared.newBuilder().setPerson(DeclaredPerson.newBuilder().setName("p" + i)))
            .map(Declared.Builder::build)
            .toList();
    requests.onNext(
        ApplyRequest.newBuilder()
            .setOptions(
                ApplyOptions.newBuilder().setRequestId(ByteString.copyFrom(id)).setSet("many"))
            .addAllObjects(persons)
            .build());
    requests.onCompleted();
    assertThat(done.get(60, TimeUnit.SECONDS).getSummary().getCreated()).isEqualTo(count);
  }

  private ListMembersResponse list(int size, String token) {
    return SetsGrpc.newBlockingStub(admin)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .listMembers(
            ListMembersRequest.newBuilder()
                .setSet("many")
                .setPageSize(size)
                .setPageToken(token)
                .build());
  }

  private static List<String> things(ListMembersResponse answer) {
    return answer.getMembersList().stream().map(SetMember::getThing).toList();
  }

  private static List<String> persons(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "person p" + i).toList();
  }

  @Test
  void whoNamesNoSize_hasAllOfThem_upToWhatOneAnswerHolds() throws Exception {
    for (int from = 0; from < MOST; from += AT_ONCE) {
      declare(from, AT_ONCE);
    }
    var whole = list(0, "");
    assertThat(things(whole)).isEqualTo(persons(0, MOST));
    assertThat(whole.getNextPageToken()).isEmpty();

    declare(MOST, 7);
    var first = list(0, "");
    assertThat(things(first)).isEqualTo(persons(0, MOST));
    assertThat(first.getNextPageToken()).isNotEmpty();
    var rest = list(0, first.getNextPageToken());
    assertThat(things(rest)).isEqualTo(persons(MOST, MOST + 7));
    assertThat(rest.getNextPageToken()).isEmpty();
  }

  @Test
  void whoNamesASize_hasPagesOfIt() throws Exception {
    declare(0, 5);
    var first = list(3, "");
    assertThat(things(first)).isEqualTo(persons(0, 3));
    assertThat(things(list(3, first.getNextPageToken()))).isEqualTo(persons(3, 5));
  }
}
