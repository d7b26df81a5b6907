package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A node whose bus takes connections and never says a word. Only registrations that name what it
/// would have to be asked for wait for it.
class SilentBusTest {
  private static final String UNIT = "systemd:id:bot.service";

  private final NodeRig rig = new NodeRig();
  private ServerSocketChannel bus;

  @BeforeEach
  void hang() throws IOException {
    Path socket = rig.folder.resolve("bus.sock");
    bus = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    bus.bind(UnixDomainSocketAddress.of(socket));
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    rig.asking(new AttachConfig(List.of(), List.of(), Optional.of(socket)));
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
    bus.close();
  }

  @Test
  void whoNeedsItIsToldWhyAndToAskAgain() {
    rig.server.register("a", UNIT, NodeRig.OWN_UID);
    rig.startAndWait();
    Status end = rig.fetch().end();
    assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(end.getDescription()).contains("systemd:id (no answer on ", "within 800 ms");
    assertThat(rig.fetchBundles().end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(rig.server.refusals).isEmpty();
  }

  @Test
  void whatNeedsNothingOfItIsServed() {
    rig.server.register("a", UNIT, NodeRig.OWN_UID);
    rig.server.register("b", NodeRig.OWN_UID);
    rig.startAndWait();
    assertThat(rig.fetch().message().getSvidsList())
        .singleElement()
        .satisfies(svid -> assertThat(svid.getSpiffeId()).endsWith("/b"));
  }

  @Test
  void whoeverItWouldNotHelpIsRefused() {
    rig.server.register("a", UNIT, "unix:uid:4242");
    rig.startAndWait();
    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }
}
