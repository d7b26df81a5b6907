package dev.credence.e2e.kills;

import java.util.List;

/// One change as the one who asked for it knows it.
///
/// @param verb kind of the event that it leaves: "agent-suspended"
/// @param thing what it is about: "finance/a-3", a node's id, a token's label
/// @param request its request id, as events name it
/// @param outcome what is known of it
/// @param answers what was answered, each time that it was asked
record Asked(String verb, String thing, String request, Outcome outcome, List<String> answers) {

  enum Outcome {
    /// No answer came, or none that tells.
    UNKNOWN,
    /// It was done.
    ACKNOWLEDGED,
    /// It was not.
    REFUSED
  }

  Asked {
    answers = List.copyOf(answers);
  }

  boolean isAcknowledged() {
    return outcome == Outcome.ACKNOWLEDGED;
  }

  @Override
  public String toString() {
    return verb + " of " + thing + " (request " + request + ")";
  }
}
