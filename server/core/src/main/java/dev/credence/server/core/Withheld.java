package dev.credence.server.core;

import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.SubjectState;

/// Why a registration leads to no identity although it is there. Nodes are told the word, so that
/// whoever asks there gets the answer; the server decides by the states themselves.
public enum Withheld {
  /// It isn't: who matches gets the identity.
  NOT(""),
  SUBJECT_DRAFT("subject-draft"),
  SUBJECT_SUSPENDED("subject-suspended"),
  SUBJECT_RETIRED("subject-retired"),
  OWNER_SUSPENDED("owner-suspended"),
  OWNER_RETIRED("owner-retired");

  private final String label;

  Withheld(String label) {
    this.label = label;
  }

  /// The word on the wire and in reasons of ends; empty for NOT.
  public String label() {
    return label;
  }

  /// What follows from the states; the agent's or service's own comes first.
  static Withheld of(SubjectState subject, OwnerState owner) {
    return switch (subject) {
      case DRAFT -> SUBJECT_DRAFT;
      case SUSPENDED -> SUBJECT_SUSPENDED;
      case RETIRED -> SUBJECT_RETIRED;
      case ACTIVE ->
          switch (owner) {
            case ACTIVE -> NOT;
            case SUSPENDED -> OWNER_SUSPENDED;
            case RETIRED -> OWNER_RETIRED;
          };
    };
  }
}
