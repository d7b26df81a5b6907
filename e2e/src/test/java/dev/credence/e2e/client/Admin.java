package dev.credence.e2e.client;

import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.Authority;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.EndExecutionRequest;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.GetBundleRequest;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.GetServerInfoRequest;
import dev.credence.proto.admin.v1.ListEventsRequest;
import dev.credence.proto.admin.v1.ListExecutionsRequest;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.ListSubjectsRequest;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import dev.credence.proto.admin.v1.ServerInfo;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.admin.v1.SubjectChange;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectLifeRequest;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import dev.credence.proto.admin.v1.TrustGrpc;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.stub.AbstractStub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// The administrator's socket. Calls fail with `StatusRuntimeException`, untranslated. Thread-safe.
public final class Admin implements AutoCloseable {

  private static final int PAGE = 1000;

  private final ManagedChannel channel;

  private Admin(ManagedChannel channel) {
    this.channel = channel;
  }

  /// Connects at the first call.
  public static Admin at(Path socket) {
    return new Admin(UnixSocketChannels.open(socket));
  }

  /// The channel, for calls that are not here.
  public Channel channel() {
    return channel;
  }

  /// A stub whose calls have a deadline.
  public <S extends AbstractStub<S>> S call(Function<Channel, S> stub) {
    return stub.apply(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  /// Makes an owner.
  public Owner owner(String name) {
    var request =
        CreateOwnerRequest.newBuilder()
            .setRequestId(RequestIds.next())
            .setName(name)
            .setHuman("ada");
    return call(OwnersGrpc::newBlockingStub).createOwner(request.build());
  }

  /// Every owner.
  public List<Owner> owners() {
    return call(OwnersGrpc::newBlockingStub)
        .listOwners(ListRequest.newBuilder().setPageSize(PAGE).build())
        .getOwnersList();
  }

  /// A request for an agent on any node, to be changed and sent.
  public static CreateSubjectRequest.Builder agent(String owner, String name, String... selectors) {
    return subject(SubjectKind.SUBJECT_KIND_AGENT, owner, name, selectors);
  }

  /// A request for an agent or a service on any node.
  public static CreateSubjectRequest.Builder subject(
      SubjectKind kind, String owner, String name, String... selectors) {
    return CreateSubjectRequest.newBuilder()
        .setRequestId(RequestIds.next())
        .setKind(kind)
        .setOwner(owner)
        .setName(name)
        .addAllSelectors(Selectors.of(selectors))
        .setAnyNode(true);
  }

  /// Makes an agent or a service.
  public Subject create(CreateSubjectRequest.Builder request) {
    return call(SubjectsGrpc::newBlockingStub).createSubject(request.build());
  }

  /// Every agent or service, page by page.
  public List<Subject> subjects(SubjectKind kind) {
    var all = new ArrayList<Subject>();
    var token = "";
    do {
      var request =
          ListSubjectsRequest.newBuilder().setKind(kind).setPageSize(PAGE).setPageToken(token);
      var page = call(SubjectsGrpc::newBlockingStub).listSubjects(request.build());
      all.addAll(page.getSubjectsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  /// A join token, in clear.
  public String joinToken() {
    var request = CreateJoinTokenRequest.newBuilder().setRequestId(RequestIds.next()).build();
    return call(NodesGrpc::newBlockingStub).createJoinToken(request).getToken();
  }

  /// Every node.
  public List<Node> nodes() {
    return call(NodesGrpc::newBlockingStub)
        .listNodes(ListRequest.newBuilder().setPageSize(PAGE).build())
        .getNodesList();
  }

  /// Executions in order of their beginning, page by page; with `all` the ended ones too.
  public List<Execution> executions(boolean all) {
    var found = new ArrayList<Execution>();
    var token = "";
    do {
      var request =
          ListExecutionsRequest.newBuilder().setAll(all).setPageSize(PAGE).setPageToken(token);
      var page = call(ExecutionsGrpc::newBlockingStub).listExecutions(request.build());
      found.addAll(page.getExecutionsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return found;
  }

  /// One execution.
  public Execution execution(String id) {
    return call(ExecutionsGrpc::newBlockingStub)
        .getExecution(GetRequest.newBuilder().setReference(id).build());
  }

  /// Ends one.
  public Execution end(String id, String reason) {
    var request =
        EndExecutionRequest.newBuilder()
            .setRequestId(RequestIds.next())
            .setExecutionId(id)
            .setReason(reason)
            .build();
    return call(ExecutionsGrpc::newBlockingStub).endExecution(request);
  }

  /// Suspends an agent.
  public SubjectChange suspend(String agent) {
    return call(SubjectLifeGrpc::newBlockingStub).suspendSubject(changing(agent));
  }

  /// Lets it have identities again.
  public SubjectChange resume(String agent) {
    return call(SubjectLifeGrpc::newBlockingStub).resumeSubject(changing(agent));
  }

  /// Retires it, for good.
  public SubjectChange retire(String agent) {
    return call(SubjectLifeGrpc::newBlockingStub).retireSubject(changing(agent));
  }

  /// A new X.509 authority, which does not sign yet.
  public Authority prepareAuthority() {
    var request =
        PrepareAuthorityRequest.newBuilder().setRequestId(RequestIds.next()).setKind("x509");
    return call(AuthoritiesGrpc::newBlockingStub).prepareAuthority(request.build()).getAuthority();
  }

  private static SubjectLifeRequest changing(String agent) {
    return SubjectLifeRequest.newBuilder()
        .setOptions(ChangeOptions.newBuilder().setRequestId(RequestIds.next()))
        .setKind(SubjectKind.SUBJECT_KIND_AGENT)
        .setReference(agent)
        .build();
  }

  /// Every event so far, in order.
  public List<Event> events() {
    var all = new ArrayList<Event>();
    long after = 0;
    do {
      var request = ListEventsRequest.newBuilder().setAfter(after).setPageSize(PAGE).build();
      var page = call(EventsGrpc::newBlockingStub).listEvents(request);
      all.addAll(page.getEventsList());
      after = page.getNextAfter();
    } while (after != 0);
    return all;
  }

  /// Events from now on (and those after number `after`), as they are committed.
  public Listening<Event> follow(long after) {
    var request = ListEventsRequest.newBuilder().setAfter(after).build();
    return Listening.to("events", request, EventsGrpc.newStub(channel)::followEvents);
  }

  /// DER certificates of the trust domain's authorities.
  public List<byte[]> authorities() {
    return call(TrustGrpc::newBlockingStub)
        .getBundle(GetBundleRequest.getDefaultInstance())
        .getX509AuthoritiesList()
        .stream()
        .map(com.google.protobuf.ByteString::toByteArray)
        .toList();
  }

  /// What the server says of itself.
  public ServerInfo server() {
    return call(TrustGrpc::newBlockingStub)
        .getServerInfo(GetServerInfoRequest.getDefaultInstance());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
