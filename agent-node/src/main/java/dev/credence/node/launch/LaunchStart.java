package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.CallerSurroundings;
import dev.credence.platform.linux.ControlGroup;
import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.LaunchedProcess;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.PrivateView;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.platform.linux.SpawnedProcess;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// Starts one program: a view of the file system, the program held in its group, looked at,
/// registered, let go, seen to run. Only what must be is done by the thread with the program's view
/// ([ProgramThread]); all else by the caller's, a platform thread, in the node's own view.
final class LaunchStart {
  private static final Duration HELD_WITHIN = Duration.ofSeconds(10);
  private static final Duration RUNS_WITHIN = Duration.ofSeconds(20);
  private static final Duration LOOK_EACH = Duration.ofMillis(1);
  private static final int LONGEST_ARGUMENTS = 1 << 20;

  /// The group is frozen, so this shell stops inside its own writing, and goes on as root no
  /// further than to setpriv.
  private static final String ENTER = "echo $$ > \"$0/cgroup.procs\" && exec \"$@\"";

  private final Parts parts;

  LaunchStart(Parts parts) {
    this.parts = parts;
  }

  /// What it is made of.
  ///
  /// @param files what came with the request
  /// @param copy of the code
  /// @param group empty and frozen
  /// @param terminal the program's own; empty: it gets the files
  record Parts(
      LaunchPlan plan,
      LaunchPlan.Files files,
      Account account,
      CallerSurroundings caller,
      CodeCopies.Copy copy,
      ControlGroup group,
      Optional<PseudoTerminal> terminal) {}

  /// A program that runs, or has ended already.
  ///
  /// @param launched removed from the table by whoever collects the process
  /// @param thread closed by whoever collects the process, afterwards
  record Running(SpawnedProcess process, Launched launched, ProgramThread thread) {}

  /// Starts it.
  ///
  /// @throws LaunchRefusedException with the line for the caller
  /// @throws IOException if the kernel refuses something that it should not
  Running start(LaunchTable table, List<Evidence> evidence)
      throws LaunchRefusedException, IOException {
    var thread = new ProgramThread(this::spawn);
    try {
      return start(thread, table, evidence);
    } catch (IOException | LaunchRefusedException | RuntimeException e) {
      thread.close();
      throw e;
    }
  }

  private Running start(ProgramThread thread, LaunchTable table, List<Evidence> evidence)
      throws LaunchRefusedException, IOException {
    ProgramThread.Spawned spawned = thread.spawn();
    SpawnedProcess process = spawned.process();
    try {
      hold(spawned);
      var launched =
          new Launched(
              process.pid(),
              parts.group().path(),
              spawned.view(),
              evidence,
              new CompletableFuture<>());
      table.add(launched);
      try {
        parts.group().thaw();
        confirm(process, launched, spawned.executable());
        return new Running(process, launched, thread);
      } catch (IOException | LaunchRefusedException | RuntimeException e) {
        table.remove(launched);
        throw e;
      }
    } catch (IOException | LaunchRefusedException | RuntimeException e) {
      end(process);
      throw e;
    }
  }

  /// In the program's thread.
  private ProgramThread.Spawned spawn() throws IOException, LaunchRefusedException {
    FileStat executable = enterView();
    long view = PrivateView.namespace();
    SpawnedProcess process =
        SpawnedProcess.start(
            new SpawnedProcess.Program(
                chain(),
                List.of(),
                parts.files().standard(),
                parts.terminal().map(PseudoTerminal::path)));
    return new ProgramThread.Spawned(process, view, executable);
  }

  /// From here on this thread sees the copy where the code is.
  private FileStat enterView() throws IOException, LaunchRefusedException {
    LaunchPlan plan = parts.plan();
    Path code = plan.code().path();
    try {
      PrivateView.enter();
    } catch (IOException e) {
      throw LaunchRefusedException.notByTheNode(
          "the node cannot give a program a view of the file system of its own: " + e.getMessage());
    }
    PrivateView.cover(code.toString(), plan.code().file(), parts.copy().folder().toString());
    var seen = new ArrayList<FileStat>();
    for (String file : plan.files()) {
      seen.add(requireCopied(code.resolve(file), parts.copy().folder().resolve(file)));
    }
    workIn(plan.workingFolder(), code);
    PrivateView.maskModes(parts.caller().umask());
    return plan.executable(seen);
  }

  private static FileStat requireCopied(Path place, Path copy)
      throws IOException, LaunchRefusedException {
    try (OpenFile seen = OpenFile.withoutLinks(place.toString());
        OpenFile kept = OpenFile.withoutLinks(copy.toString())) {
      if (!seen.isSame(kept)) {
        throw new IOException(place + " does not show the copy");
      }
      return seen.stat();
    } catch (IOException e) {
      throw LaunchRefusedException.of(
          place
              + " is not in the measured copy, or is a link (expected: a plain file there that is not ignored)");
    }
  }

  private void workIn(Path folder, Path code) throws IOException, LaunchRefusedException {
    try (OpenFile opened = OpenFile.withoutLinks(folder.toString())) {
      if (!folder.startsWith(code) && !opened.isSame(parts.files().workingFolder())) {
        throw LaunchRefusedException.of(
            "the working folder, " + folder + ", is another one by now");
      }
      PrivateView.workIn(opened);
    } catch (IOException e) {
      throw LaunchRefusedException.of(
          "the working folder, "
              + folder
              + ", is not in the measured copy (expected: a folder with code in it, or one outside the code's)");
    }
  }

  private List<String> chain() {
    Account account = parts.account();
    var chain = new ArrayList<>(List.of("/bin/sh", "-c", ENTER, parts.group().folder().toString()));
    chain.addAll(
        List.of(
            "/usr/bin/setpriv",
            "--reuid=" + Integer.toUnsignedString(account.uid()),
            "--regid=" + Integer.toUnsignedString(account.gid()),
            account.groups().isEmpty()
                ? "--clear-groups"
                : "--groups="
                    + account.groups().stream()
                        .map(Integer::toUnsignedString)
                        .collect(Collectors.joining(",")),
            "--inh-caps=-all",
            "--ambient-caps=-all",
            "--bounding-set=-all",
            "--no-new-privs",
            "--pdeathsig=KILL",
            "--"));
    // Only now, without rights: among these may be variables that say which code to load.
    chain.addAll(List.of("/usr/bin/env", "-i"));
    chain.addAll(parts.plan().environment().list());
    chain.addAll(parts.plan().command());
    return chain;
  }

  private void hold(ProgramThread.Spawned spawned) throws IOException, LaunchRefusedException {
    SpawnedProcess process = spawned.process();
    if (!parts.group().awaitHeld(HELD_WITHIN, process)) {
      throw LaunchRefusedException.of(
          "the program could not be put into its control group (expected: /bin/sh and a writable cgroup2 hierarchy)");
    }
    try {
      if (LaunchedProcess.mountNamespace(process.pid()) != spawned.view()
          || !LaunchedProcess.group(process.pid()).equals(parts.group().path())) {
        throw new IOException("process " + process.pid() + " is not where it was put");
      }
    } catch (UnattestableException e) {
      throw new IOException(
          "process " + process.pid() + " cannot be looked at: " + e.getMessage(), e);
    }
    parts.caller().applyTo(process);
  }

  /// A program that has ended before it was seen is no failure: its code or signal tells.
  private void confirm(SpawnedProcess process, Launched launched, FileStat executable)
      throws LaunchRefusedException, IOException {
    long until = System.nanoTime() + RUNS_WITHIN.toNanos();
    while (!process.awaitEnd(LOOK_EACH)) {
      try {
        if (LaunchedProcess.runs(process.pid(), executable, parts.account().uid())) {
          settle(launched, executable);
          return;
        }
      } catch (UnattestableException e) {
        // In the midst of an exec the kernel shows no memory layout: a moment later it does.
        if (System.nanoTime() > until) {
          throw new IOException(
              "process " + process.pid() + " cannot be looked at: " + e.getMessage(), e);
        }
      }
      if (System.nanoTime() > until) {
        throw LaunchRefusedException.of(
            "the program was not seen to run within "
                + RUNS_WITHIN.toSeconds()
                + " seconds (expected: a program that the kernel executes directly; a script is given to its interpreter)");
      }
    }
  }

  /// The mark counts if before and after it the process runs the program with the arguments that it
  /// was given, and without capabilities.
  private void settle(Launched launched, FileStat executable) throws UnattestableException {
    ProcessMark mark = ProcessMark.read(launched.pid());
    boolean sure =
        LaunchedProcess.runs(launched.pid(), executable, parts.account().uid())
            && LaunchedProcess.hasNoCapabilities(launched.pid())
            && hasItsArguments(launched.pid())
            && mark.equals(ProcessMark.read(launched.pid()));
    if (sure) {
      launched.mark().complete(mark);
    } else {
      launched.mark().cancel(false);
    }
  }

  private boolean hasItsArguments(int pid) throws UnattestableException {
    String expected = String.join("\0", parts.plan().command()) + "\0";
    byte[] seen = LaunchedProcess.arguments(pid, LONGEST_ARGUMENTS);
    return java.util.Arrays.equals(
        seen, expected.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private void end(SpawnedProcess process) {
    try {
      parts.group().kill();
      // It may not have come into the group.
      var _ = process.signal(9);
      var _ = process.collect();
    } catch (IOException e) {
      var _ = process.signal(9);
    } finally {
      process.close();
    }
  }
}
