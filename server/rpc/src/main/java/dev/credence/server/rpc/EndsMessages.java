package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.Bar;
import dev.credence.proto.admin.v1.NodeDecisionResponse;
import dev.credence.proto.admin.v1.RevokeExecutionResponse;
import dev.credence.proto.node.v1.BarsUpdate;
import dev.credence.proto.node.v1.NodeBar;
import dev.credence.proto.node.v1.SyncResponse;
import dev.credence.server.core.BarView;
import dev.credence.server.core.Changed;
import dev.credence.server.core.DecidedNode;
import dev.credence.server.core.NodeView;
import dev.credence.server.core.Push;
import dev.credence.server.core.RevokedExecution;

/// Forced ends and bars → wire.
final class EndsMessages {
  private EndsMessages() {}

  static Bar of(BarView view) {
    var bar = view.bar();
    var handle = view.subject().handle();
    Bar.Builder message =
        Bar.newBuilder()
            .setId(bar.id().toString())
            .setSubjectKind(CommonMessages.of(handle.kind()))
            .setSubjectId(view.subject().id().toString())
            .setOwner(handle.owner().value())
            .setAgent(handle.name().value())
            .setSpiffeId(view.spiffeId().toString())
            .setNodeId(bar.scope().nodeId().toString())
            .setExecutionId(bar.scope().executionId().toString())
            .setSetAt(Fields.timestamp(bar.set().at()))
            .setSetBy(bar.set().by())
            .setReason(bar.set().reason());
    bar.lifted()
        .ifPresent(lifted ->
            message
                .setLiftedAt(Fields.timestamp(lifted.at()))
                .setLiftedBy(lifted.by())
                .setLiftedReason(lifted.reason()));
    return message.build();
  }

  static RevokeExecutionResponse of(RevokedExecution revoked) {
    return RevokeExecutionResponse.newBuilder()
        .setExecution(AdminMessages.of(revoked.execution()))
        .setBar(of(revoked.bar()))
        .setOthers(revoked.others())
        .build();
  }

  static NodeDecisionResponse of(DecidedNode decided) {
    var message =
        NodeDecisionResponse.newBuilder()
            .setNode(AdminMessages.of(decided.node()))
            .setEnded(decided.ended())
            .setUnchanged(decided.already().isPresent());
    decided
        .already()
        .flatMap(DecidedNode.Already::since)
        .map(Fields::timestamp)
        .ifPresent(message::setAlreadySince);
    return message.build();
  }

  static NodeDecisionResponse tried(Changed<NodeView> tried) {
    return NodeDecisionResponse.newBuilder()
        .setNode(AdminMessages.of(tried.now()))
        .setChange(LifeMessages.of(tried.report()))
        .build();
  }

  static NodeBar node(dev.credence.server.core.model.Bar bar) {
    return NodeBar.newBuilder()
        .setSubjectId(bar.scope().subjectId().toString())
        .setExecutionId(bar.scope().executionId().toString())
        .build();
  }

  static SyncResponse of(Push.BarsPush push) {
    return SyncResponse.newBuilder()
        .setBars(
            BarsUpdate.newBuilder()
                .addAllBars(push.bars().stream().map(EndsMessages::node).toList()))
        .build();
  }
}
