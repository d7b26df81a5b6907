package dev.credence.server.core;

import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.SubjectKind;
import java.util.List;

/// One thing as somebody wants it to be, not yet checked. What is not said is empty, or its
/// default.
public sealed interface Declared {
  /// Where it stands, for messages: "agents.yaml:12".
  String position();

  /// "agent finance/invoice-bot"
  String thing();

  /// A human.
  record Person(String position, String name, Accounts accounts) implements Declared {
    @Override
    public String thing() {
      return "person " + name;
    }
  }

  /// A team.
  ///
  /// @param human name of the accountable person, declared too or known already
  /// @param parent name of the owner above; empty: none
  record Owner(
      String position, String name, String displayName, String contact, String human, String parent)
      implements Declared {
    @Override
    public String thing() {
      return "owner " + name;
    }
  }

  /// An agent or service.
  ///
  /// @param registrations any of them leads to it
  record Subject(
      String position,
      Handle handle,
      List<Match> registrations,
      Profile svid,
      Governance governance)
      implements Declared {
    public Subject {
      registrations = List.copyOf(registrations);
    }

    /// Which one.
    ///
    /// @param owner its owner's name
    /// @param transferredFrom name of the owner that hands it over, if it has not done so already;
    ///   empty: nobody does
    public record Handle(SubjectKind kind, String owner, String name, String transferredFrom) {}

    @Override
    public String thing() {
      return handle.kind.label() + " " + handle.owner + "/" + handle.name;
    }
  }
}
