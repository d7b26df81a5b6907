package dev.credence.attestors.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.systemd.MessageReader.Shape;
import dev.credence.attestors.systemd.MessageWriter.Argument;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageReaderTest {
  private static byte[] reply(String value) {
    ByteBuffer message =
        MessageWriter.message(
            BusMessage.REPLY,
            9,
            Map.of(BusMessage.REPLY_SERIAL, 7L, BusMessage.SENDER, ":1.2"),
            List.of(new Argument("vs", value)));
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    return bytes;
  }

  private static BusMessage read(byte[] bytes) throws MalformedMessageException {
    Shape shape = MessageReader.shape(Arrays.copyOf(bytes, MessageReader.FIXED));
    int body = MessageReader.FIXED + shape.padded();
    Map<Integer, Object> header =
        MessageReader.header(Arrays.copyOfRange(bytes, MessageReader.FIXED, body), shape);
    return new BusMessage(
        shape.kind(),
        shape.serial(),
        header,
        new MessageBody(Arrays.copyOfRange(bytes, body, body + shape.body()), shape.order()));
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    BusMessage message = read(reply("bot.service"));

    assertThat(message.answers(7)).isTrue();
    assertThat(message.answers(8)).isFalse();
    assertThat(message.text(BusMessage.SENDER)).isEqualTo(":1.2");
    assertThat(message.body().only("vs")).isEqualTo("bot.service");
    assertThatThrownBy(() -> message.body().only("vu"))
        .isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(() -> message.body().only("s"))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void aLongMessageIsNotReadAtAll() {
    byte[] bytes = reply("x");
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 1 << 20);
    assertThatThrownBy(() -> read(bytes)).hasMessageContaining("longer than any expected");
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, -1);
    assertThatThrownBy(() -> read(bytes)).hasMessageContaining("longer than any expected");
  }

  @Test
  void aTextThatIsLongerThanItsMessage() throws Exception {
    byte[] body = {(byte) 1, 's', 0, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 'a', 0};

    assertThatThrownBy(() -> new MessageBody(body, ByteOrder.LITTLE_ENDIAN).only("vs"))
        .isInstanceOf(MalformedMessageException.class);
  }

  /// Whatever comes, it is read or refused; nothing else happens.
  @Test
  void noiseIsRefusedOrRead() {
    var random = new Random(20_260_101);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = reply("bot.service");
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        Object value = read(bytes).body().only("vs");
        assertThat(value).isInstanceOf(String.class);
      } catch (MalformedMessageException e) {
        assertThat(e).hasMessageNotContaining("\0");
      }
    }
  }
}
