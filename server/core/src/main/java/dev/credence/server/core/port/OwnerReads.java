package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.OidcSubject;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Person;
import java.util.List;
import java.util.Optional;

/// The part of [Owners] that only looks.
public interface OwnerReads {
  Optional<Owner> find(Id id);

  Optional<Owner> find(Name name);

  Page<Owner> list(Page.Request page);

  List<Owner> all();

  Optional<Person> person(Id id);

  Optional<Person> person(Name name);

  /// In order of creation.
  Page<Person> persons(Page.Request page);

  /// The person with that account at an OpenID provider.
  Optional<Person> personOf(OidcSubject account);

  /// The person with that administrator's name.
  Optional<Person> personOfAdministrator(Name name);

  /// The person that a local uid stands for.
  Optional<Person> personOfUid(int uid);
}
