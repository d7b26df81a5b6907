package dev.credence.server.rpc;

import dev.credence.certs.Certificates;
import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.certs.X509Bundle;
import dev.credence.proto.admin.v1.Administrator;
import dev.credence.proto.admin.v1.AdministratorChange;
import dev.credence.proto.admin.v1.AdministratorSvid;
import dev.credence.proto.admin.v1.EnrollAdministratorRequest;
import dev.credence.proto.admin.v1.EnrollAdministratorResponse;
import dev.credence.proto.admin.v1.UpdateAdministratorRequest;
import dev.credence.server.core.AdministratorView;
import dev.credence.server.core.ChangeAdministrators.Field;
import dev.credence.server.core.ChangeAdministrators.Patch;
import dev.credence.server.core.Changed;
import dev.credence.server.core.EnrollAdministrator.NewAdministrator;
import dev.credence.server.core.EnrollAdministrator.Ttls;
import dev.credence.server.core.EnrolledAdministrator;
import dev.credence.server.core.ServerException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `credence.admin.v1`'s administrators ↔ domain.
final class AdministratorMessages {
  private static final int MOST_OWNERS = 64;

  private AdministratorMessages() {}

  // ---- from the wire

  static NewAdministrator asked(EnrollAdministratorRequest request) throws ServerException {
    return new NewAdministrator(
        request.getName(),
        request.getRole(),
        owners(request.getOwnersList()),
        Fields.maybeReference("person", request.getPerson()),
        new Ttls(
            Fields.duration("token_ttl", request.hasTokenTtl(), request.getTokenTtl()),
            Fields.duration("svid_ttl", request.hasSvidTtl(), request.getSvidTtl())));
  }

  private static List<String> owners(List<String> references) throws ServerException {
    if (references.size() > MOST_OWNERS) {
      throw Fields.invalid(
          "owners: " + references.size() + " (expected: at most " + MOST_OWNERS + ")");
    }
    for (String reference : references) {
      String _ = Fields.reference("owners", reference);
    }
    return references;
  }

  static Patch patch(UpdateAdministratorRequest request) throws ServerException {
    LifeMessages.requireSome(request.getFieldsList());
    Set<Field> fields = EnumSet.noneOf(Field.class);
    for (String word : request.getFieldsList()) {
      fields.add(field(word));
    }
    return new Patch(
        fields,
        request.getRole(),
        owners(request.getOwnersList()),
        Fields.maybeReference("person", request.getPerson()),
        Fields.duration("svid_ttl", request.hasSvidTtl(), request.getSvidTtl()));
  }

  private static Field field(String word) throws ServerException {
    for (Field field : Field.values()) {
      if (field.name().toLowerCase(Locale.ROOT).equals(word)) {
        return field;
      }
    }
    throw LifeMessages.unknownField(Printable.quoted(word), "role, owners, person, svid_ttl");
  }

  // ---- to the wire

  static EnrollAdministratorResponse of(EnrolledAdministrator enrolled) {
    return EnrollAdministratorResponse.newBuilder()
        .setToken(enrolled.token().reveal())
        .setExpiresAt(Fields.timestamp(enrolled.expiresAt()))
        .setAdministrator(of(enrolled.administrator()))
        .build();
  }

  static Administrator of(AdministratorView view) {
    var record = view.administrator();
    Administrator.Builder message =
        Administrator.newBuilder()
            .setId(record.id().toString())
            .setName(record.name().value())
            .setSpiffeId(view.spiffeId().toString())
            .setRole(record.scope().role().label())
            .addAllOwners(view.owners().stream().map(Name::value).toList())
            .setPerson(view.person().map(Name::value).orElse(""))
            .setState(record.state().name().toLowerCase(Locale.ROOT))
            .setSvidTtl(Fields.duration(record.scope().svidTtl()))
            .setCreatedAt(Fields.timestamp(record.createdAt()))
            .setRevision(record.revision());
    record
        .key()
        .ifPresent(key ->
            message
                .setKey(key.digest().toString())
                .setSvidExpiresAt(Fields.timestamp(key.svidNotAfter())));
    record
        .token()
        .filter(token -> token.redeemedBy().isEmpty())
        .ifPresent(token -> message.setTokenExpiresAt(Fields.timestamp(token.expiresAt())));
    return message.build();
  }

  static AdministratorChange change(Changed<AdministratorView> changed) {
    return AdministratorChange.newBuilder()
        .setAdministrator(of(changed.now()))
        .setChange(LifeMessages.of(changed.report()))
        .build();
  }

  static AdministratorSvid of(dev.credence.server.core.AdministratorSvid svid, X509Bundle bundle) {
    AdministratorSvid.Builder message =
        AdministratorSvid.newBuilder().setSpiffeId(svid.spiffeId().toString());
    svid.chain()
        .forEach(certificate -> message.addChain(Fields.bytes(Certificates.toDer(certificate))));
    bundle
        .authorities()
        .forEach(authority -> message.addBundle(Fields.bytes(Certificates.toDer(authority))));
    return message.build();
  }
}
