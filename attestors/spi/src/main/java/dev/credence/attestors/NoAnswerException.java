package dev.credence.attestors;

/// Somebody else on this host, who was asked about a process and who may hang (a bus, a container
/// engine), gave no answer that can be used. The message is a clause for people.
public final class NoAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  /// What follows.
  public enum Kind {
    /// No answer in time: whoever asks next would wait in vain as well.
    SILENCE,
    /// It may answer if it is asked again; this says nothing about the process.
    NOT_NOW,
    /// It answers, and what it says is no good.
    USELESS
  }

  private final Kind kind;

  private NoAnswerException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// See [Kind#SILENCE].
  public static NoAnswerException silence(String message, Throwable cause) {
    return new NoAnswerException(Kind.SILENCE, message, cause);
  }

  /// See [Kind#NOT_NOW].
  public static NoAnswerException notNow(String message, Throwable cause) {
    return new NoAnswerException(Kind.NOT_NOW, message, cause);
  }

  /// See [Kind#USELESS].
  public static NoAnswerException useless(String message, Throwable cause) {
    return new NoAnswerException(Kind.USELESS, message, cause);
  }

  /// What follows.
  public Kind kind() {
    return kind;
  }

  /// True if it says nothing about the process, and asking again may help.
  public boolean isPassing() {
    return kind != Kind.USELESS;
  }
}
