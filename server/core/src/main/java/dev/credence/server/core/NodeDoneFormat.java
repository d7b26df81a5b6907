package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.DecidedNode.Already;
import dev.credence.server.core.port.View;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/// An id, how many ended, and then, if it was so already, since when: answers that were remembered
/// before there was such a time end before it. Immutable.
final class NodeDoneFormat implements AnswerFormat<NodeDone> {
  private static final int ID = 16;
  // No time: since it joined.
  private static final long NEVER = Long.MIN_VALUE;

  @Override
  public byte[] encode(NodeDone answer) {
    int more = answer.already().isPresent() ? Long.BYTES + Integer.BYTES : 0;
    var out =
        ByteBuffer.allocate(ID + Integer.BYTES + more)
            .put(answer.node().bytes())
            .putInt(answer.ended());
    answer
        .already()
        .ifPresent(it ->
            out.putLong(it.since().map(Instant::getEpochSecond).orElse(NEVER))
                .putInt(it.since().map(Instant::getNano).orElse(0)));
    return out.array();
  }

  @Override
  public NodeDone decode(View view, byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    byte[] id = new byte[ID];
    in.get(id);
    return new NodeDone(Id.fromBytes(id), in.getInt(), already(in));
  }

  private static Optional<Already> already(ByteBuffer in) {
    if (!in.hasRemaining()) {
      return Optional.empty();
    }
    long second = in.getLong();
    int nano = in.getInt();
    return Optional.of(
        new Already(
            second == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochSecond(second, nano))));
  }
}
