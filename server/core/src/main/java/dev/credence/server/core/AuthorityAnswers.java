package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.AuthorityChange.Effects;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.port.View;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// How changes of authorities are remembered: which one, and its state before. Asked again, what
/// hung on it then is not told any more.
record AuthorityAnswers(AuthorityParts parts) implements AnswerFormat<AuthorityChange> {

  @Override
  public byte[] encode(AuthorityChange answer) {
    byte[] before =
        answer.before().map(AuthorityState::label).orElse("").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(16 + before.length)
        .put(answer.authority().record().id().bytes())
        .put(before)
        .array();
  }

  @Override
  public AuthorityChange decode(View view, byte[] bytes) throws ServerException {
    AuthorityRecord record = parts.find(view, Id.fromBytes(Arrays.copyOf(bytes, 16)));
    String before = new String(bytes, 16, bytes.length - 16, StandardCharsets.US_ASCII);
    return new AuthorityChange(
        parts.shown(view, record),
        Arrays.stream(AuthorityState.values())
            .filter(state -> state.label().equals(before))
            .findFirst(),
        Effects.none(),
        false);
  }
}
