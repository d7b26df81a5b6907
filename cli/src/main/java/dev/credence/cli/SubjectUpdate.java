package dev.credence.cli;

import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.UpdateSubjectRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "update")
final class SubjectUpdate implements Runnable {

  /// Options of `create` by the names that their values have on the wire.
  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("ttl", "svid_ttl"),
          Map.entry("dns", "dns_names"),
          Map.entry("hint", "hint"),
          Map.entry("jwt", "jwt"),
          Map.entry("lifetime", "lifetime"),
          Map.entry("purpose", "purpose"),
          Map.entry("tool", "tools"),
          Map.entry("data-class", "data_classes"),
          Map.entry("schedule", "schedule"),
          Map.entry("role-ceiling", "role_ceiling"),
          Map.entry("standing-role", "standing_roles"),
          Map.entry("standing-authority", "standing_authority"),
          Map.entry("approval-boundary", "approval_boundaries"),
          Map.entry("approver", "approvers"),
          Map.entry("min-code", "minimum_code"),
          Map.entry("min-isolation", "minimum_isolation"),
          Map.entry("max-lifetime", "maximum_lifetime"),
          Map.entry("review-date", "review_at"),
          Map.entry("expires", "expires_at"));

  @Parameters(paramLabel = "NAME", description = "OWNER/NAME, NAME where it is unique, or its id.")
  private String reference = "";

  @Option(names = "--ttl", paramLabel = "DURATION", description = "Lifetime of its SVIDs.")
  private String ttl = "";

  @Option(
      names = "--dns",
      paramLabel = "NAME",
      description = "A DNS name in its SVIDs. May be repeated; those given replace all before.")
  private List<String> dns = new ArrayList<>();

  @Option(
      names = "--hint",
      paramLabel = "HINT",
      description = "The word by which a workload with several SVIDs finds this one.")
  private String hint = "";

  @ArgGroup(exclusive = true)
  private JwtOption jwt = new JwtOption();

  @ArgGroup(exclusive = true)
  private LifetimeOption lifetime = new LifetimeOption();

  @Option(
      names = "--clear",
      paramLabel = "OPTION",
      description =
          "Empties the value of one of these options, or brings back its default: --clear dns. May be repeated.")
  private List<String> cleared = new ArrayList<>();

  @ArgGroup(
      exclusive = false,
      heading = "%nThe governance record (a list that is given replaces the one before)%n")
  private GovernanceOptions governance = new GovernanceOptions();

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final SubjectWords words;
  private final Terminal terminal;

  SubjectUpdate(SubjectWords words, Terminal terminal) {
    this.words = words;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = request();
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              SubjectLifeGrpc::newBlockingStub,
              (stub, id) -> stub.updateSubject(request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }

  private UpdateSubjectRequest.Builder request() {
    var request =
        UpdateSubjectRequest.newBuilder()
            .setKind(words.kind())
            .setReference(reference)
            .addAllDnsNames(dns)
            .setHint(hint)
            .setGovernance(governance.toMessage(terminal.clock().getZone()));
    jwt.choice().ifPresent(request::setJwt);
    request.setLifetime(lifetime.choice());
    if (!ttl.isEmpty()) {
      request.setSvidTtl(Wire.of(Checked.duration("--ttl", ttl)));
    }
    return request.addAllFields(new UpdatedFields(FIELDS).with(given(request), cleared));
  }

  private static List<String> given(UpdateSubjectRequest.Builder request) {
    var names = Set.copyOf(FIELDS.values());
    return Stream.concat(
            UpdatedFields.of(request).filter(names::contains),
            UpdatedFields.of(request.getGovernance()))
        .toList();
  }
}
