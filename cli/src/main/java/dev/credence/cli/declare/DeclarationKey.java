package dev.credence.cli.declare;

import java.util.List;

/// One key of a file of declarations. The reader knows these and no others;
/// docs/reference/apply-file.md is checked against them.
///
/// @param place what it stands in: "file", "person" ...
/// @param preset what holds where it is left out
public record DeclarationKey(String place, String name, String type, String preset) {
  static final String FILE = "file";
  static final String PERSON = "person";
  static final String OIDC = "oidc";
  static final String OWNER = "owner";
  static final String SUBJECT = "agent or service";
  static final String REGISTRATION = "registration";
  static final String STANDING = "standing authority";

  private static final String TEXT = "text";
  private static final String NAME = "name";
  private static final String TEXTS = "list of text";
  private static final String DURATION = "duration";
  private static final String TIME = "time";
  private static final String EMPTY = "empty";
  private static final String REQUIRED = "required";

  /// All of them, in the order in which they are documented.
  public static final List<DeclarationKey> ALL =
      List.of(
          new DeclarationKey(FILE, "set", NAME, "no set"),
          new DeclarationKey(FILE, "persons", "mapping of NAME to person", EMPTY),
          new DeclarationKey(FILE, "owners", "mapping of NAME to owner", EMPTY),
          new DeclarationKey(FILE, "agents", "mapping of OWNER/NAME to agent", EMPTY),
          new DeclarationKey(FILE, "services", "mapping of OWNER/NAME to service", EMPTY),
          new DeclarationKey(PERSON, "oidc", "mapping", "none"),
          new DeclarationKey(PERSON, "administrator", NAME, "none"),
          new DeclarationKey(PERSON, "uids", "list of whole numbers", EMPTY),
          new DeclarationKey(OIDC, "issuer", TEXT, REQUIRED),
          new DeclarationKey(OIDC, "subject", TEXT, REQUIRED),
          new DeclarationKey(OWNER, "human", NAME, REQUIRED),
          new DeclarationKey(OWNER, "display-name", TEXT, EMPTY),
          new DeclarationKey(OWNER, "contact", TEXT, EMPTY),
          new DeclarationKey(OWNER, "parent", NAME, "none"),
          new DeclarationKey(SUBJECT, "registrations", "list of registrations", REQUIRED),
          new DeclarationKey(SUBJECT, "ttl", DURATION, "the server's: agents 10m, services 1h"),
          new DeclarationKey(SUBJECT, "dns", TEXTS, EMPTY),
          new DeclarationKey(SUBJECT, "hint", TEXT, EMPTY),
          new DeclarationKey(SUBJECT, "jwt", "true or false", "agents false, services true"),
          new DeclarationKey(SUBJECT, "lifetime", "process or svid", "process"),
          new DeclarationKey(SUBJECT, "purpose", TEXT, EMPTY),
          new DeclarationKey(SUBJECT, "tools", TEXTS, EMPTY),
          new DeclarationKey(SUBJECT, "data-classes", TEXTS, EMPTY),
          new DeclarationKey(SUBJECT, "schedule", TEXT, EMPTY),
          new DeclarationKey(SUBJECT, "role-ceiling", TEXTS, EMPTY),
          new DeclarationKey(SUBJECT, "standing-roles", TEXTS, EMPTY),
          new DeclarationKey(SUBJECT, "standing-authority", "list of standing authorities", EMPTY),
          new DeclarationKey(SUBJECT, "approval-boundaries", TEXTS, EMPTY),
          new DeclarationKey(SUBJECT, "approvers", TEXTS, EMPTY),
          new DeclarationKey(SUBJECT, "min-code", "level of code", "none"),
          new DeclarationKey(SUBJECT, "min-isolation", "level of isolation", "shared-uid"),
          new DeclarationKey(SUBJECT, "max-lifetime", DURATION, "none"),
          new DeclarationKey(SUBJECT, "review-date", TIME, "none"),
          new DeclarationKey(SUBJECT, "expires", TIME, "none"),
          new DeclarationKey(SUBJECT, "transferred-from", NAME, "nobody"),
          new DeclarationKey(REGISTRATION, "selectors", "list of selectors", REQUIRED),
          new DeclarationKey(
              REGISTRATION,
              "nodes",
              "`any`, or list of node selectors",
              "required (any under `credence dev`)"),
          new DeclarationKey(REGISTRATION, "min-code", "level of code", "none"),
          new DeclarationKey(REGISTRATION, "min-isolation", "level of isolation", "shared-uid"),
          new DeclarationKey(STANDING, "task", TEXT, REQUIRED),
          new DeclarationKey(STANDING, "roles", TEXTS, REQUIRED),
          new DeclarationKey(STANDING, "duration", DURATION, "none"),
          new DeclarationKey(STANDING, "budget", TEXT, "none"));

  static List<String> of(String place) {
    return ALL.stream().filter(key -> key.place.equals(place)).map(DeclarationKey::name).toList();
  }
}
