package dev.credence.server.core;

import dev.credence.certs.Sha256;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreCopy;
import dev.credence.server.core.port.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.Semaphore;

/// Makes a consistent copy of the database while it is in use, for a backup. It has no private key
/// in it: those are files in the data folder. That it was taken is an event before a byte of it is
/// given out. One at a time. Thread-safe.
public final class TakeBackup {
  private static final String OPERATION = "take-backup";
  private static final int LONGEST_REASON = 1024;

  private final Plumbing plumbing;
  private final Store store;
  private final Semaphore one = new Semaphore(1);

  TakeBackup(Plumbing plumbing, Store store) {
    this.plumbing = plumbing;
    this.store = store;
  }

  /// A copy that is ready to be given out. The caller closes it.
  public final class Taken implements AutoCloseable {
    private final BackupHead head;
    private final StoreCopy copy;
    private boolean closed;

    Taken(BackupHead head, StoreCopy copy) {
      this.head = head;
      this.copy = copy;
    }

    public BackupHead head() {
      return head;
    }

    public InputStream open() throws IOException {
      return copy.open();
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        copy.close();
        one.release();
      }
    }
  }

  /// Errors: INVALID (reason), BLOCKED (a database with tools of its own), EXHAUSTED (another one
  /// is being taken), UNAVAILABLE.
  public Taken run(Actor actor, String reason) throws ServerException {
    return plumbing.refusals().watch(actor, OPERATION, About.nothing(), () -> take(actor, reason));
  }

  private Taken take(Actor actor, String reason) throws ServerException {
    var problems = new Problems();
    problems.text("reason", reason, LONGEST_REASON);
    problems.throwIfAny();
    if (!one.tryAcquire()) {
      throw new ServerException(
          Kind.EXHAUSTED, "another backup is being taken (limit: 1 at a time)");
    }
    boolean taken = false;
    try {
      Taken result = copy(actor, reason);
      taken = true;
      return result;
    } catch (StoreException | IOException e) {
      throw new ServerException(Kind.UNAVAILABLE, "the database cannot be copied", e);
    } finally {
      if (!taken) {
        one.release();
      }
    }
  }

  private Taken copy(Actor actor, String reason) throws ServerException, IOException {
    StoreCopy copy =
        store
            .copy()
            .orElseThrow(() ->
                new ServerException(
                    Kind.BLOCKED,
                    "the database is PostgreSQL (expected: a backup by its own tools, such as"
                        + " pg_dump; docs/howto/backup.md says how to restore one)"));
    boolean recorded = false;
    try {
      var head = new BackupHead(copy.facts(), plumbing.database().now(), digest(copy));
      record(actor, reason, head);
      recorded = true;
      return new Taken(head, copy);
    } finally {
      if (!recorded) {
        copy.close();
      }
    }
  }

  private static Sha256 digest(StoreCopy copy) throws IOException {
    try (var in = new DigestInputStream(copy.open(), MessageDigest.getInstance("SHA-256"))) {
      long _ = in.transferTo(OutputStream.nullOutputStream());
      return Sha256.fromBytes(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, but not this one", e);
    }
  }

  private void record(Actor actor, String reason, BackupHead head) throws ServerException {
    boolean _ =
        plumbing
            .database()
            .write(tx -> {
              plumbing
                  .journal()
                  .append(
                      tx,
                      Details.of("reason", reason)
                          .and("sha256", head.sha256())
                          .and("size", head.facts().size())
                          .and("last-event", head.facts().lastEvent())
                          .and("epoch", head.facts().epoch())
                          .event(EventKind.BACKUP_TAKEN, actor, About.nothing()),
                      plumbing.database().now());
              return true;
            });
  }
}
