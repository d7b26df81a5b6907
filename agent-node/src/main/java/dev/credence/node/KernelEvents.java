package dev.credence.node;

import dev.credence.platform.linux.ProcessEvents;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a served process looked at again as soon as the kernel says that something happened to it.
/// Where the kernel does not say so, the interval alone counts. Thread-safe.
final class KernelEvents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KernelEvents.class);

  private final Optional<KernelNews.Listening> events;

  private KernelEvents(Optional<KernelNews.Listening> events) {
    this.events = events;
  }

  static KernelEvents start(KernelNews news, ProcessTable processes, Newcomers newcomers) {
    try {
      return new KernelEvents(Optional.of(news.listen(new Listener(processes, newcomers))));
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("the kernel does not tell this node of exec: processes are looked at in intervals");
      return new KernelEvents(Optional.empty());
    }
  }

  private record Listener(ProcessTable processes, Newcomers newcomers)
      implements ProcessEvents.Listener {
    @Override
    public void changed(int pid) {
      processes.happened(pid);
    }

    @Override
    public void joined(int uid) {
      newcomers.joined(uid);
    }

    @Override
    public void missed() {
      // Among what was missed may be whoever became one of these users.
      processes.uids().forEach(newcomers::joined);
      processes.anythingHappened();
    }
  }

  /// True if the kernel tells.
  boolean isTold() {
    return events.isPresent();
  }

  @Override
  public void close() {
    events.ifPresent(KernelNews.Listening::close);
  }
}
