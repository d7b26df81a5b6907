package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.View;

/// Looks on behalf of somebody: what they may see is decided on the same view that is looked at;
/// that they may not is an event. Thread-safe.
final class Looking {
  private static final String OPERATION = "look";

  private final Database database;
  private final RefusalLog refusals;
  private final Actor actor;

  Looking(Database database, RefusalLog refusals, Actor actor) {
    this.database = database;
    this.refusals = refusals;
    this.actor = actor;
  }

  Looking as(Actor other) {
    return new Looking(database, refusals, other);
  }

  /// What is looked at.
  @FunctionalInterface
  interface Query<T> {
    T in(View view, Reach reach) throws ServerException;
  }

  /// Without an event: whoever asks records it.
  <T> T unrecorded(Store.Query<T, ServerException> query) throws ServerException {
    return database.read(query);
  }

  <T> T read(Right right, Query<T> query) throws ServerException {
    return refusals.watchLook(
        actor,
        OPERATION,
        () -> database.read(view -> query.in(view, Reach.of(view, actor, right))));
  }

  /// Pages are checked by the store.
  <T> T paged(Right right, Query<T> query) throws ServerException {
    try {
      return read(right, query);
    } catch (IllegalArgumentException e) {
      throw new ServerException(Kind.INVALID, String.valueOf(e.getMessage()), e);
    }
  }
}
