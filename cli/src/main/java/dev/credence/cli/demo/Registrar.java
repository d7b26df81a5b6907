package dev.credence.cli.demo;

import dev.credence.cli.client.DaemonConnection;
import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.Governance;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import dev.credence.proto.common.v1.Selector;
import dev.credence.proto.common.v1.SubjectKind;

/// What the administrator does in the story.
record Registrar(DaemonConnection server, int uid) {

  static final String OWNER = "travel-desk";
  static final String HUMAN = "ada";

  Owner owner() {
    var request =
        CreateOwnerRequest.newBuilder()
            .setName(OWNER)
            .setDisplayName("Travel desk")
            .setContact("travel@example.org")
            .setHuman(HUMAN);
    return server.change(
        OwnersGrpc::newBlockingStub,
        (stub, id) -> stub.createOwner(request.setRequestId(id).build()));
  }

  Subject agent(Role role) {
    return subject(
        request(SubjectKind.SUBJECT_KIND_AGENT, "trip-planner", role)
            .setGovernance(
                Governance.newBuilder()
                    .setPurpose("finds fares for trips")
                    .addTools("fare-finder")
                    .addDataClasses("itinerary")));
  }

  Subject service(Role role) {
    return subject(request(SubjectKind.SUBJECT_KIND_SERVICE, "fare-finder", role));
  }

  Execution execution(String id) {
    return server.ask(
        ExecutionsGrpc::newBlockingStub,
        stub -> stub.getExecution(GetRequest.newBuilder().setReference(id).build()));
  }

  private CreateSubjectRequest.Builder request(SubjectKind kind, String name, Role role) {
    return CreateSubjectRequest.newBuilder()
        .setKind(kind)
        .setOwner(OWNER)
        .setName(name)
        .setAnyNode(true)
        .addSelectors(
            Selector.newBuilder()
                .setType("unix")
                .setName("path")
                .setValue(role.executable().toString()))
        .addSelectors(
            Selector.newBuilder().setType("unix").setName("uid").setValue(Integer.toString(uid)));
  }

  private Subject subject(CreateSubjectRequest.Builder request) {
    return server.change(
        SubjectsGrpc::newBlockingStub,
        (stub, id) -> stub.createSubject(request.setRequestId(id).build()));
  }
}
