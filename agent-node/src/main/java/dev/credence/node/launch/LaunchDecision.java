package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.CallerSurroundings;
import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.PinnedProcess;
import dev.credence.platform.linux.UnattestableException;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Decides whether a program is started for a caller, as whom, and from which copy of the code.
/// Starts nothing. For one request.
final class LaunchDecision {
  private final LaunchShop shop;
  private final LaunchWish wish;

  /// @param wish is told how far it has come
  LaunchDecision(LaunchShop shop, LaunchWish wish) {
    this.shop = shop;
    this.wish = wish;
  }

  /// Who asks.
  ///
  /// @param process the same one all the while
  /// @param rights that it had when it connected
  record Caller(PinnedProcess process, FileCredentials rights) {}

  /// Decides; the caller closes what comes of it.
  ///
  /// @throws LaunchRefusedException with the line for the caller
  /// @throws UnattestableException if the caller is not who it was
  /// @throws IOException if the kernel refuses something that it should not
  LaunchParts decide(LaunchRequest request, LaunchPlan.Files files, Caller caller)
      throws IOException, UnattestableException, LaunchRefusedException {
    wish.at(LaunchStep.NODE);
    requireNow();
    wish.at(LaunchStep.AGENT);
    String agent = agent(request);
    wish.at(LaunchStep.CALLER);
    CallerSurroundings surroundings = surroundings(caller.process());
    wish.at(LaunchStep.USER);
    var callers = new CallerAccount(Accounts.ofHost(), caller.rights());
    caller.process().requireSame();
    Account account = callers.runsAs(request.getUser());
    wish.at(LaunchStep.COMMAND);
    LaunchPlan plan = LaunchPlan.of(request, files, account, known(agent));
    wish.at(LaunchStep.CODE);
    CodeCopies.Copy copy = admit(plan, callers.reader());
    try {
      requireProgram(plan, copy);
      List<Evidence> evidence =
          shop.way()
              .evidence(
                  LaunchEvidence.of(
                      new LaunchEvidence.For(agent, account, surroundings.filtersSeen()),
                      plan,
                      copy.evidence(account.uid())));
      wish.at(LaunchStep.REGISTRATION);
      requireRegistered(agent, before(plan, account, evidence));
      wish.at(LaunchStep.COMMAND);
      JavaMainClass.require(plan, copy.folder());
      caller.process().requireSame();
      wish.at(LaunchStep.START);
      return new LaunchParts(
          plan, files, account, surroundings, copy, evidence, notices(agent, plan, evidence));
    } catch (IOException
        | UnattestableException
        | LaunchRefusedException
        | RuntimeException
        | Error e) {
      copy.close();
      throw e;
    }
  }

  /// As OWNER/NAME if there is one: who it is launched for is decided once.
  private String agent(LaunchRequest request) throws LaunchRefusedException {
    String given = request.getAgent();
    if (!given.matches("([a-z0-9-]{1,63}/)?[a-z0-9-]{1,63}")) {
      throw LaunchRefusedException.of(
          "--agent " + Said.quoted(given) + " (expected: NAME or OWNER/NAME of an agent)");
    }
    List<String> meant = shop.rules().agents(given);
    if (meant.size() > 1) {
      throw LaunchRefusedException.of(
          "--agent " + given + " may be " + String.join(" or ", meant) + " (expected: OWNER/NAME)");
    }
    return meant.isEmpty() ? given : meant.getFirst();
  }

  private List<String> notices(String agent, LaunchPlan plan, List<Evidence> evidence) {
    return Stream.of(
            plan.looseBecause().map(why -> "the code counts as file, not launcher: " + why),
            shop.rules().notice(agent, evidence),
            plan.environment().notice())
        .flatMap(Optional::stream)
        .toList();
  }

  private void requireNow() throws LaunchRefusedException {
    Optional<String> notNow = shop.rules().notNow();
    if (notNow.isPresent()) {
      throw LaunchRefusedException.of(notNow.get());
    }
  }

  private static CallerSurroundings surroundings(PinnedProcess caller)
      throws UnattestableException, LaunchRefusedException {
    CallerSurroundings surroundings = CallerSurroundings.of(caller.peer().pid());
    if (surroundings.confinement().isPresent()) {
      throw LaunchRefusedException.notByTheNode(
          "the node does not start programs for this process: " + surroundings.confinement().get());
    }
    return surroundings;
  }

  private LaunchPlan.Surroundings known(String agent) {
    return new LaunchPlan.Surroundings(
        shop.settings().untouchable(),
        "unix://" + shop.settings().api(),
        shop.rules().variables(agent));
  }

  private CodeCopies.Copy admit(LaunchPlan plan, CodeCopies.Reader reader)
      throws LaunchRefusedException {
    try {
      return shop.copies().admit(new CodeCopies.Request(plan.code().path(), plan.entry(), reader));
    } catch (IOException e) {
      throw LaunchRefusedException.of("the code cannot be measured: " + e.getMessage());
    }
  }

  /// A copy of an interpreter under another name would run whatever its arguments say.
  private static void requireProgram(LaunchPlan plan, CodeCopies.Copy copy)
      throws IOException, LaunchRefusedException {
    if (plan.runtime() == CodeRuntime.NATIVE) {
      NativeProgram.require(copy.folder().resolve(plan.files().getFirst()));
    }
  }

  private BeforeStart before(LaunchPlan plan, Account account, List<Evidence> evidence) {
    return new BeforeStart(
        evidence,
        plan.looseBecause().or(shop.way()::fileBecause),
        () -> shop.way().sharedBecause(account, plan.runtime()));
  }

  private void requireRegistered(String agent, BeforeStart known) throws LaunchRefusedException {
    Optional<String> mismatch = shop.rules().mismatch(agent, known);
    if (mismatch.isPresent()) {
      throw LaunchRefusedException.of(mismatch.get());
    }
  }
}
