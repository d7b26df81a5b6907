package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.platform.linux.LocalListener;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("messages on the launch socket, as the node reads them")
class FramesTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private LocalListener listener;
  private LocalSocket client;
  private LocalSocket node;

  @BeforeEach
  void connect() throws IOException {
    listener = LocalListener.bind(folder.resolve("s"));
    client = LocalSocket.connect(folder.resolve("s"));
    node = listener.accept().orElseThrow();
  }

  @AfterEach
  void close() {
    node.close();
    client.close();
    listener.close();
  }

  private static byte[] head(int length) {
    return ByteBuffer.allocate(4).putInt(length).array();
  }

  private static boolean isFolder(OpenFile file) {
    try {
      return file.isFolder();
    } catch (IOException e) {
      return false;
    }
  }

  private LaunchRequest read() throws IOException {
    return read(new ArrayList<>());
  }

  private LaunchRequest read(List<OpenFile> files) throws IOException {
    return Frames.read(node, LaunchRequest.parser(), files, System.nanoTime() + SOON.toNanos());
  }

  @Test
  @DisplayName("a message that comes byte by byte is one")
  void pieces() throws Exception {
    var request = LaunchRequest.newBuilder().setAgent("a").build();
    client.send(head(request.getSerializedSize()), List.of(), SOON);
    for (byte one : request.toByteArray()) {
      client.send(new byte[] {one}, List.of(), SOON);
    }
    assertThat(read()).isEqualTo(request);
    client.send(head(0), List.of(), SOON);
    assertThat(read()).isEqualTo(LaunchRequest.getDefaultInstance());
  }

  @ParameterizedTest
  @ValueSource(ints = {256 * 1024 + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  @DisplayName("a length beyond the limit is refused before anything is kept for it")
  void tooLong(int length) throws Exception {
    client.send(head(length), List.of(), SOON);
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(Integer.toUnsignedString(length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0007", "\n\u007f", "\u0012\u0001", "\u000b"})
  @DisplayName("what is no message is refused")
  void malformed(String text) throws Exception {
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    client.send(head(bytes.length), List.of(), SOON);
    client.send(bytes, List.of(), SOON);
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("malformed");
  }

  @Test
  @DisplayName("whoever goes away in the middle, or says nothing, is not waited for")
  void silent() throws Exception {
    client.send(head(100), List.of(), SOON);
    long passed = System.nanoTime() - 1;
    assertThatThrownBy(() -> Frames.read(node, LaunchRequest.parser(), new ArrayList<>(), passed))
        .isInstanceOf(SocketTimeoutException.class);
    client.send(head(100), List.of(), SOON);
    client.close();
    assertThatThrownBy(this::read).isInstanceOf(EOFException.class);
  }

  @Test
  @DisplayName("open files that come with it are handed over, also if it is refused")
  void files() throws Exception {
    var received = new ArrayList<OpenFile>();
    try (var file = OpenFile.folder("/")) {
      client.send(head(-1), List.of(file, file), SOON);
      assertThatThrownBy(() -> read(received)).isInstanceOf(IOException.class);
      assertThat(received).hasSize(2).allMatch(FramesTest::isFolder);
    } finally {
      received.forEach(OpenFile::close);
    }
  }

  @Test
  @DisplayName("more files than a request has are refused, in however many pieces they come")
  void tooManyFiles() throws Exception {
    var received = new ArrayList<OpenFile>();
    try (var file = OpenFile.folder("/")) {
      List<OpenFile> most = Collections.nCopies(LocalSocket.MOST_FILES, file);
      client.send(new byte[] {0}, most, SOON);
      client.send(new byte[] {0}, List.of(file), SOON);
      client.send(new byte[] {0, 0}, List.of(), SOON);
      assertThatThrownBy(() -> read(received))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("open files");
      assertThatThrownBy(() -> LaunchPlan.Files.of(most))
          .isInstanceOf(LaunchRefusedException.class)
          .hasMessageContaining("expected: 5");
    } finally {
      received.forEach(OpenFile::close);
    }
  }
}
