package dev.credence.server.core;

import dev.credence.attestors.Selector;
import dev.credence.attestors.SelectorTypes;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SvidProfile;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// What an agent or service may look like: everything that can be said without the database.
/// Immutable.
final class SubjectRules {
  private static final int MOST_SELECTORS = 32;
  private static final int MOST_DNS_NAMES = 16;
  private static final int LONGEST_DNS_NAME = 253;
  private static final int LONGEST_HINT = 1024;
  private static final Duration SHORTEST_TTL = Duration.ofSeconds(60);
  private static final Duration LONGEST_TTL = Duration.ofHours(24);
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern DNS_NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  private static final Pattern NUMBERS = Pattern.compile("([0-9]+\\.)*[0-9]+");

  private static final Selector ROOT_ON_TCP = new Selector("tcp", "uid", "0");

  private final CoreSettings settings;
  private final GovernanceRules governanceRules = new GovernanceRules();

  SubjectRules(CoreSettings settings) {
    this.settings = settings;
  }

  /// A request that is right in itself.
  record Checked(
      SubjectKind kind,
      String owner,
      Name name,
      Set<Selector> selectors,
      NodeSelection nodes,
      SvidProfile svid,
      Governance governance,
      Governance.Assurance setMinimum) {}

  Checked check(NewSubject asked) throws ServerException {
    var problems = new Problems();
    if (asked.owner().isEmpty()) {
      problems.add("owner: none (expected: the owner's name)");
    }
    Optional<Name> name = problems.name(asked.kind().label(), asked.name());
    Set<Selector> selectors = workloadSelectors(asked.match(), problems);
    Optional<NodeSelection> nodes = nodes(asked.match(), problems);
    SvidProfile svid = profile(asked.kind(), asked.svid(), problems);
    governanceRules.check(asked.governance(), problems);
    checkMinimum(
        svid.lifetime(), asked.governance().minimum().and(asked.match().minimum()), problems);
    problems.throwIfAny();
    return new Checked(
        asked.kind(),
        asked.owner(),
        name.orElseThrow(),
        selectors,
        nodes.orElseThrow(),
        svid,
        asked.governance(),
        asked.match().minimum());
  }

  /// Selectors that are right in themselves.
  record Sets(Set<Selector> selectors, NodeSelection nodes, Governance.Assurance minimum) {}

  /// @param lifetime of what they lead to
  Sets sets(Match match, Lifetime lifetime) throws ServerException {
    var problems = new Problems();
    Set<Selector> selectors = workloadSelectors(match, problems);
    Optional<NodeSelection> nodes = nodes(match, problems);
    checkMinimum(lifetime, match.minimum(), problems);
    problems.throwIfAny();
    return new Sets(selectors, nodes.orElseThrow(), match.minimum());
  }

  /// The agent or service with new values, if they are right.
  ///
  /// @param sets what each set of selectors that leads to it will demand
  Subject patched(Subject before, UpdateSubject.Patch patch, Collection<Governance.Assurance> sets)
      throws ServerException {
    var problems = new Problems();
    var over = new SubjectPatch(before, patch);
    SvidProfile svid = profile(before.handle().kind(), over.profile(), problems);
    Governance governance = over.governance();
    governanceRules.check(governance, problems);
    Governance.Assurance most =
        sets.stream().reduce(governance.minimum(), Governance.Assurance::and);
    checkMinimum(svid.lifetime(), most, problems);
    problems.throwIfAny();
    return before.saying(svid, governance);
  }

  private Set<Selector> workloadSelectors(Match match, Problems problems) {
    if (match.selectors().isEmpty()) {
      problems.add("selectors: none (expected: at least one TYPE:NAME:VALUE)");
    }
    Set<Selector> selectors =
        selectors("selectors", match.selectors(), problems, SelectorTypes.known()::requireWorkload);
    checkTcp(selectors, problems);
    return selectors;
  }

  /// Of a caller on TCP only its user is known: whatever else is named would never match.
  private void checkTcp(Set<Selector> selectors, Problems problems) {
    long ofTcp = selectors.stream().filter(one -> one.type().equals("tcp")).count();
    if (ofTcp > 0 && ofTcp < selectors.size()) {
      problems.add(
          "selectors: tcp: together with others (expected: tcp:uid:UID alone; of a caller on TCP"
              + " nothing else is attested)");
    }
    if (!settings.dev() && selectors.contains(ROOT_ON_TCP)) {
      problems.add(
          "selector tcp:uid:0: root's (expected: another user's, since programs that forward"
              + " connections for others run as root)");
    }
  }

  private Optional<NodeSelection> nodes(Match match, Problems problems) {
    if (match.anyNode() && !match.nodeSelectors().isEmpty()) {
      problems.add("node selectors: given together with any node (expected: one of the two)");
      return Optional.empty();
    }
    if (match.anyNode() || (settings.dev() && match.nodeSelectors().isEmpty())) {
      return Optional.of(new NodeSelection.AnyNode());
    }
    if (match.nodeSelectors().isEmpty()) {
      problems.add(
          "node selectors: none (expected: at least one node:label:KEY:VALUE or node:id:ID, or any"
              + " node)");
      return Optional.empty();
    }
    Set<Selector> nodes =
        selectors(
            "node selectors", match.nodeSelectors(), problems, SelectorTypes.known()::requireNode);
    return nodes.isEmpty() ? Optional.empty() : Optional.of(new NodeSelection.Having(nodes));
  }

  private static Set<Selector> selectors(
      String what, List<RawSelector> raw, Problems problems, UnaryOperator<Selector> require) {
    Set<Selector> selectors = new LinkedHashSet<>();
    if (raw.size() > MOST_SELECTORS) {
      problems.add(Texts.format("%s: %d (expected: at most %d)", what, raw.size(), MOST_SELECTORS));
      return selectors;
    }
    for (RawSelector one : raw) {
      try {
        Selector selector = require.apply(new Selector(one.type(), one.name(), one.value()));
        if (!selectors.add(selector)) {
          problems.add(
              Texts.format(
                  "selector %s: given twice (expected: each once)",
                  Printable.quoted(selector.toString())));
        }
      } catch (IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return selectors;
  }

  private SvidProfile profile(SubjectKind kind, Profile asked, Problems problems) {
    Duration standard =
        kind == SubjectKind.AGENT ? settings.lifetimes().agent() : settings.lifetimes().service();
    Duration ttl = asked.ttl().orElse(standard);
    if (ttl.compareTo(SHORTEST_TTL) < 0
        || ttl.compareTo(LONGEST_TTL) > 0
        || !Durations.isWhole(ttl)) {
      problems.add(
          Texts.format("ttl: %s (expected: whole seconds, 60s to 24h)", Durations.text(ttl)));
    }
    checkDnsNames(asked.dnsNames(), problems);
    problems.text("hint", asked.hint(), LONGEST_HINT);
    // A bearer token is whoever's who holds it: agents have none unless somebody says so.
    boolean jwt = asked.jwt().orElse(kind == SubjectKind.SERVICE);
    Lifetime lifetime = asked.lifetime().orElse(Lifetime.PROCESS);
    return new SvidProfile(ttl, asked.dnsNames(), asked.hint(), jwt, lifetime);
  }

  /// Nothing could ever satisfy it.
  private static void checkMinimum(
      Lifetime lifetime, Governance.Assurance demanded, Problems problems) {
    CodeAssurance minimum = demanded.code();
    if (lifetime == Lifetime.SVID && minimum.compareTo(Admission.MOST_BY_SVID) > 0) {
      problems.add(
          Texts.format(
              "minimum code %s: with lifetime svid (expected: none or claimed, since nothing ties an"
                  + " SVID in a file to the code that fetched it)",
              minimum.label()));
    }
  }

  private static void checkDnsNames(List<String> names, Problems problems) {
    if (names.size() > MOST_DNS_NAMES) {
      problems.add(
          Texts.format("DNS names: %d (expected: at most %d)", names.size(), MOST_DNS_NAMES));
      return;
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!isDnsName(name)) {
        problems.add(
            Texts.format(
                "DNS name %s (expected: lower-case labels of [a-z0-9-] with dots, no wildcard, no"
                    + " address)",
                Printable.quoted(name)));
      } else if (!seen.add(name)) {
        problems.add(Texts.format("DNS name %s: given twice (expected: each once)", name));
      }
    }
  }

  private static boolean isDnsName(String name) {
    return name.length() <= LONGEST_DNS_NAME
        && DNS_NAME.matcher(name).matches()
        && !NUMBERS.matcher(name).matches();
  }
}
