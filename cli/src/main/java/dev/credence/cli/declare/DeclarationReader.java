package dev.credence.cli.declare;

import dev.credence.certs.Name;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.YamlFile;
import dev.credence.platform.config.YamlNode;
import dev.credence.proto.admin.v1.Declared;
import dev.credence.proto.admin.v1.DeclaredOwner;
import dev.credence.proto.admin.v1.DeclaredPerson;
import dev.credence.proto.common.v1.SubjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Reads one file of declarations: one document, or several. Confined to one thread.
final class DeclarationReader {
  private static final YamlFile.Bounds BOUNDS =
      new YamlFile.Bounds(4 << 20, 8, Declarations.MOST_OBJECTS, 400_000);
  private static final String NAMES = "lower-case letters, digits and inner hyphens, at most 63";

  private final Findings findings;
  private final List<Declared> objects = new ArrayList<>();
  private final List<NamedSet> sets = new ArrayList<>();

  /// The set that a document names, and where.
  record NamedSet(String name, String position) {}

  /// @param sets each that was named
  record One(List<NamedSet> sets, List<Declared> objects, Findings findings) {}

  private DeclarationReader(String file) {
    this.findings = new Findings(file);
  }

  /// Never throws, whatever the text is.
  static One read(String file, String text) {
    var reader = new DeclarationReader(file);
    YamlFile.Read read = YamlFile.read(file, text, BOUNDS);
    reader.findings.addAll(read.problems());
    read.documents().forEach(reader::document);
    return new One(reader.sets, reader.objects, reader.findings);
  }

  private void document(YamlNode document) {
    var section = Section.of(findings, "", DeclarationKey.FILE, document);
    section
        .parsed("set", NAMES, text -> new Name(text).value())
        .ifPresent(set -> sets.add(new NamedSet(set, findings.position(section.line()))));
    each(section, "persons", "person", DeclarationReader::simpleName, this::person);
    each(section, "owners", "owner", DeclarationReader::simpleName, this::owner);
    var subjects = new SubjectReader(findings);
    each(
        section,
        "agents",
        "agent",
        DeclarationReader::fullName,
        (name, field) -> subjects.read(SubjectKind.SUBJECT_KIND_AGENT, name, field));
    each(
        section,
        "services",
        "service",
        DeclarationReader::fullName,
        (name, field) -> subjects.read(SubjectKind.SUBJECT_KIND_SERVICE, name, field));
  }

  /// @param nameCheck what is wrong with a name
  private void each(
      Section section,
      String key,
      String kind,
      java.util.function.Function<String, Optional<String>> nameCheck,
      BiFunction<String, YamlNode.Field, Declared.Builder> reader) {
    Optional<YamlNode.Field> field = section.get(key);
    if (field.isEmpty()) {
      return;
    }
    if (!(field.get().value() instanceof YamlNode.Mapping mapping)) {
      findings.add(
          field.get().line(),
          key,
          Text.of("expected: a mapping of names to values, one for each %s", kind));
      return;
    }
    for (YamlNode.Field one : mapping.fields()) {
      Optional<String> wrong = nameCheck.apply(one.key());
      if (wrong.isPresent()) {
        findings.add(
            one.line(),
            "",
            Text.of("%s %s (expected: %s)", kind, Findings.quoted(one.key()), wrong.get()));
      } else {
        objects.add(
            reader.apply(one.key(), one).setPosition(findings.position(one.line())).build());
      }
    }
  }

  private static Optional<String> simpleName(String text) {
    return isName(text) ? Optional.empty() : Optional.of(NAMES);
  }

  private static Optional<String> fullName(String text) {
    int slash = text.indexOf('/');
    boolean right =
        slash > 0 && isName(text.substring(0, slash)) && isName(text.substring(slash + 1));
    return right ? Optional.empty() : Optional.of("OWNER/NAME, each of " + NAMES);
  }

  static boolean isName(String text) {
    try {
      return new Name(text).value().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private Declared.Builder person(String name, YamlNode.Field field) {
    var section = Section.of(findings, "person " + name, DeclarationKey.PERSON, field.value());
    var person = DeclaredPerson.newBuilder().setName(name);
    section
        .get("oidc")
        .ifPresent(account -> {
          var oidc =
              Section.of(findings, section.what() + ": oidc", DeclarationKey.OIDC, account.value());
          oidc.require("issuer");
          oidc.require("subject");
          person.setOidcIssuer(oidc.text("issuer")).setOidcSubject(oidc.text("subject"));
        });
    section
        .parsed("administrator", NAMES, text -> new Name(text).value())
        .ifPresent(person::setAdministrator);
    section
        .list("uids", "a list of whole numbers from 0 to 4294967294", DeclarationReader::uid)
        .forEach(person::addLocalUids);
    return Declared.newBuilder().setPerson(person);
  }

  private static Integer uid(String text) {
    if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > 0xFFFF_FFFEL) {
      throw new IllegalArgumentException(text);
    }
    return (int) Long.parseLong(text);
  }

  private Declared.Builder owner(String name, YamlNode.Field field) {
    var section = Section.of(findings, "owner " + name, DeclarationKey.OWNER, field.value());
    section.require("human");
    var owner =
        DeclaredOwner.newBuilder()
            .setName(name)
            .setDisplayName(section.text("display-name"))
            .setContact(section.text("contact"));
    section.parsed("human", NAMES, text -> new Name(text).value()).ifPresent(owner::setHuman);
    section.parsed("parent", NAMES, text -> new Name(text).value()).ifPresent(owner::setParent);
    return Declared.newBuilder().setOwner(owner);
  }
}
