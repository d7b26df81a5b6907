package dev.credence.server.core;

import dev.credence.certs.Id;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// Holds the newest [RegistrySnapshot] and passes committed changes on to the streams of the nodes
/// that they concern. Changes come in commit order, one at a time. Thread-safe.
final class Registry {
  private static final int LOGGED_CHANGES = 10_000;

  /// Streams that nothing concerned are told the number this often, so that their cursors stay
  /// within the log.
  static final int WATERMARK_EVERY = 1_000;

  private final StreamIndex streams;
  private final CoreMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private final ChangeLog log;
  private final Optional<Runnable> catchUp;
  private volatile RegistrySnapshot current;

  Registry(RegistrySnapshot loaded, StreamIndex streams, CoreMetrics metrics) {
    this(loaded, streams, metrics, Optional.empty());
  }

  /// @param catchUp present if other servers change the same registry: called when one of their
  ///   changes is missing here, and then [#catchUp] brings it
  Registry(
      RegistrySnapshot loaded,
      StreamIndex streams,
      CoreMetrics metrics,
      Optional<Runnable> catchUp) {
    this.catchUp = catchUp;
    this.current = loaded;
    this.log = new ChangeLog(LOGGED_CHANGES, loaded.number());
    this.streams = streams;
    this.metrics = metrics;
    streams.publishedUpTo(loaded.number());
    metrics.registryNumber(loaded.number());
  }

  RegistrySnapshot current() {
    return current;
  }

  /// A change was committed.
  void publish(RegistryChange change) {
    publish(List.of(change));
  }

  /// The changes of one commit, in rising order: no node ever sees some of them without the others.
  void publish(List<RegistryChange> changes) {
    Collection<NodeStream> concerned;
    long number;
    lock.lock();
    try {
      long known = current.number();
      List<RegistryChange> newer =
          changes.stream().filter(change -> change.number() > known).toList();
      if (newer.isEmpty()) {
        return; // loaded with a newer state already
      }
      if (catchUp.isPresent() && newer.getFirst().number() > known + 1) {
        catchUp.get().run(); // another server's change comes first
        return;
      }
      number = newer.getLast().number();
      concerned = apply(newer);
      streams.publishedUpTo(number);
      if (number / WATERMARK_EVERY > known / WATERMARK_EVERY) {
        concerned = streams.all();
      }
    } finally {
      lock.unlock();
    }
    metrics.registryNumber(number);
    concerned.forEach(NodeStream::signal);
  }

  /// What was committed up to that number, by whomever: changes in rising order; what is known
  /// already is left out.
  void catchUp(long number, List<RegistryChange> changes) {
    Set<NodeStream> concerned = new HashSet<>();
    lock.lock();
    try {
      long known = current.number();
      if (number <= known) {
        return;
      }
      concerned.addAll(apply(changes.stream().filter(it -> it.number() > known).toList()));
      current = current.at(number);
      streams.publishedUpTo(number);
      if (number / WATERMARK_EVERY > known / WATERMARK_EVERY) {
        concerned.addAll(streams.all());
      }
    } finally {
      lock.unlock();
    }
    metrics.registryNumber(number);
    concerned.forEach(NodeStream::signal);
  }

  private Collection<NodeStream> apply(List<RegistryChange> changes) {
    Map<NodeStream, Set<Id>> news = new LinkedHashMap<>();
    RegistrySnapshot next = current;
    for (RegistryChange change : changes) {
      var applied = RegistryChange.Applied.of(change, next.of(change.subject()));
      next = next.with(change);
      log.add(applied);
      for (NodeStream stream : streams.concerned(applied)) {
        news.computeIfAbsent(stream, _ -> new HashSet<>())
            .addAll(applied.concerning(stream.selectors()));
      }
    }
    current = next;
    RegistrySnapshot asOf = next;
    news.forEach((stream, ids) -> stream.enqueue(ids, asOf));
    return news.keySet();
  }

  /// Everything was loaded again. All streams begin anew.
  ///
  /// @return false if what was loaded is older than what was published meanwhile: load again
  boolean replace(RegistrySnapshot loaded) {
    lock.lock();
    try {
      boolean older = loaded.epoch().equals(current.epoch()) && loaded.number() < current.number();
      if (older) {
        return false;
      }
      current = loaded;
      log.restartAfter(loaded.number());
      streams.publishedUpTo(loaded.number());
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// What a stream that begins now must be told first.
  ///
  /// @param full everything; else only what changed
  /// @param number as of which change
  /// @param changed registrations that changed, without `full`
  /// @param replaced the node's earlier stream, which is over now
  /// @param registry as it was at that number
  record Start(
      boolean full,
      long number,
      Set<Id> changed,
      Optional<NodeStream> replaced,
      RegistrySnapshot registry) {}

  /// Adds the stream, so that it hears of all changes after the number of the start.
  Start attach(NodeStream stream, Optional<Cursor> cursor) {
    lock.lock();
    try {
      Optional<NodeStream> replaced = streams.add(stream);
      long number = current.number();
      return cursor
          .filter(from -> from.epoch().equals(current.epoch()) && from.number() <= number)
          .flatMap(from -> log.after(from.number()))
          .map(changes -> new Start(false, number, concerning(stream, changes), replaced, current))
          .orElseGet(() -> new Start(true, number, Set.of(), replaced, current));
    } finally {
      lock.unlock();
    }
  }

  private static Set<Id> concerning(NodeStream stream, List<RegistryChange.Applied> changes) {
    Set<Id> ids = new HashSet<>();
    changes.forEach(change -> ids.addAll(change.concerning(stream.selectors())));
    return ids;
  }
}
