package dev.credence.server.core;

/// An expected refusal of the server: what was wrong, with which value, what was expected. Mapped
/// to the wire once, in server/rpc; docs/reference/errors.md lists the kinds.
public final class ServerException extends Exception {
  private static final long serialVersionUID = 1L;

  /// The error vocabulary.
  public enum Kind {
    /// The request itself is wrong.
    INVALID,
    NOT_FOUND,
    /// A short name that several things have.
    AMBIGUOUS,
    ALREADY_EXISTS,
    /// The caller may not.
    REFUSED,
    /// Evidence of a node or process does not hold. Towards the caller no reason is given.
    NOT_ATTESTED,
    /// The caller is behind: it must catch up and try again.
    STALE,
    /// Something else stands in the way: the message names it, and what to do.
    BLOCKED,
    /// A key that was certified before.
    KEY_REUSED,
    /// The same request id with another question.
    REQUEST_REUSED,
    /// A limit is reached.
    EXHAUSTED,
    /// Not now: starting, stopping, or the database cannot be reached.
    UNAVAILABLE
  }

  private final Kind kind;
  private final String detail;

  public ServerException(Kind kind, String message) {
    super(message);
    this.kind = kind;
    this.detail = message;
  }

  public ServerException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.detail = message;
  }

  private ServerException(Kind kind, String message, String detail) {
    super(message);
    this.kind = kind;
    this.detail = detail;
  }

  /// A refusal whose exact reason is for events and logs only.
  ///
  /// @param message what the caller is told
  /// @param detail the exact reason
  static ServerException hiding(Kind kind, String message, String detail) {
    return new ServerException(kind, message, detail);
  }

  public Kind kind() {
    return kind;
  }

  /// The exact reason, for events and logs. Never sent to the caller: that is [#getMessage()].
  public String detail() {
    return detail;
  }
}
