package dev.credence.server.rpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.credence.proto.admin.v1.BackupManifest;
import dev.credence.proto.admin.v1.BackupPart;
import dev.credence.server.core.BackupHead;
import dev.credence.server.core.TakeBackup;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Sends one backup: the manifest, then the content in parts, as fast as the caller reads. Its
/// callbacks come one at a time.
final class BackupSession {
  private static final int PART = 256 * 1024;

  private final CallScope scope;
  private final TakeBackup.Taken taken;
  private final ServerCallStreamObserver<BackupPart> out;
  private @Nullable InputStream content;
  private boolean over;

  BackupSession(CallScope scope, TakeBackup.Taken taken, ServerCallStreamObserver<BackupPart> out) {
    this.scope = scope;
    this.taken = taken;
    this.out = out;
  }

  void begin() {
    out.setOnCancelHandler(this::close);
    out.setOnReadyHandler(this::sendWhatFits);
    out.onNext(BackupPart.newBuilder().setManifest(manifest(taken.head())).build());
    sendWhatFits();
  }

  private static BackupManifest manifest(BackupHead head) {
    return BackupManifest.newBuilder()
        .setHead(Fields.bytes(head.bytes()))
        .setSize(head.facts().size())
        .setSha256(Fields.bytes(head.sha256().bytes()))
        .setTakenAt(Fields.timestamp(head.takenAt()))
        .setLastEvent(head.facts().lastEvent())
        .setTrustDomain(head.facts().trustDomain())
        .build();
  }

  private synchronized void sendWhatFits() {
    try {
      while (!over && out.isReady()) {
        byte[] part = open().readNBytes(PART);
        if (part.length == 0) {
          close();
          out.onCompleted();
        } else {
          out.onNext(
              BackupPart.newBuilder().setContent(UnsafeByteOperations.unsafeWrap(part)).build());
        }
      }
    } catch (IOException e) {
      close();
      out.onError(
          Errors.toStatus(
              Status.UNAVAILABLE
                  .withDescription("the copy of the database cannot be read")
                  .withCause(e)
                  .asRuntimeException(),
              scope));
    }
  }

  private InputStream open() throws IOException {
    InputStream open = content;
    if (open == null) {
      open = taken.open();
      content = open;
    }
    return open;
  }

  private synchronized void close() {
    if (over) {
      return;
    }
    over = true;
    try (InputStream _ = content;
        TakeBackup.Taken _ = taken) {
      content = null;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("a backup's copy", e);
    }
  }
}
