package dev.credence.node;

/// Why the server does not accept this node: the state that the server's words name, which decides
/// what can be done about it.
enum ShutOut {
  /// An administrator is to decide.
  SUSPENDED(
      "it is suspended until an administrator decides",
      ": an administrator looks into it (credence event list --kind node-suspended) and takes it back"
          + " with credence node resume, or not"),
  /// For good.
  BANNED("it is banned", ": that is for good (credence event list --kind node-banned says why)"),
  /// The machine may join anew, as another node.
  EVICTED("it was evicted, and needs a new join token", ShutOut.NEW_TOKEN),
  /// The server has no such node: it was set up anew, perhaps.
  UNKNOWN("the server does not know it, so it needs a new join token", ShutOut.NEW_TOKEN),
  /// Something else.
  OTHER("", "");

  private static final String NEW_TOKEN =
      ": put a new token (credence node token create) into join_token_file, and the node joins anew by"
          + " itself";

  private final String told;
  private final String todo;

  ShutOut(String told, String todo) {
    this.told = told;
    this.todo = todo;
  }

  /// @param words the server's: `node ID: STATE (expected: active)`, perhaps quoted
  static ShutOut of(String words) {
    if (words.contains(": suspended (expected: active")) {
      return SUSPENDED;
    }
    if (words.contains(": banned (expected: active")) {
      return BANNED;
    }
    if (words.contains(": evicted (expected: active")) {
      return EVICTED;
    }
    return words.contains(": not known here") ? UNKNOWN : OTHER;
  }

  /// True: a new token makes this machine a node again, another one.
  boolean mayJoinAnew() {
    return this == EVICTED || this == UNKNOWN;
  }

  /// For the processes on this node.
  String told() {
    return told.isEmpty() ? Evaluation.SHUT_OUT : Evaluation.SHUT_OUT + ": " + told;
  }

  /// For people, after the server's words; empty: nothing that the node knows of.
  String todo() {
    return todo;
  }
}
