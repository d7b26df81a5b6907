package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.ExitCode;
import dev.credence.cli.local.Installation;
import dev.credence.cli.print.Output;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/// Every command, and what a command line leads to. Start at [#build()].
final class CommandTree {

  /// It prints all the others.
  private static final String COMPLETION = "completion";

  private final Terminal terminal;
  private final Installation installation;

  CommandTree(Terminal terminal, Installation installation) {
    this.terminal = terminal;
    this.installation = installation;
  }

  /// Runs one command; returns the exit code.
  int run(String... args) {
    return read(args).execute(args);
  }

  /// The root with as much as this command line needs: the command that it begins with, or all.
  CommandLine read(String... args) {
    var commands = commands();
    if (args.length > 0 && !args[0].equals(COMPLETION)) {
      var asked = commands.get(args[0]);
      if (asked != null) {
        // Reading all of them takes several times as long as running one.
        return build(Map.of(args[0], asked));
      }
    }
    return build(commands);
  }

  /// The root, with every command.
  CommandLine build() {
    return build(commands());
  }

  private Map<String, Supplier<CommandLine>> commands() {
    var commands = new LinkedHashMap<String, Supplier<CommandLine>>();
    commands.put("demo", () -> new CommandLine(new DemoCommand(terminal, installation)));
    commands.put("dev", () -> new CommandLine(new DevCommand(terminal, installation)));
    commands.put("server", this::server);
    commands.put("node", this::node);
    commands.put("owner", this::owner);
    commands.put("person", this::person);
    commands.put(
        "agent", () -> subject(SubjectWords.AGENT).addSubcommand(new CodeMeasure(terminal)));
    commands.put("service", () -> subject(SubjectWords.SERVICE));
    commands.put("apply", () -> new CommandLine(new Apply(terminal)));
    commands.put("export", () -> new CommandLine(new Export(terminal)));
    commands.put(
        "set",
        () ->
            group("Sets: what files of declarations answer for.")
                .addSubcommand(new SetList(terminal)));
    commands.put("execution", this::execution);
    commands.put(
        "event",
        () -> group("What happened, refusals too.").addSubcommand(new EventList(terminal)));
    commands.put(
        "bundle",
        () -> group("The trust domain's bundle.").addSubcommand(new BundleShow(terminal)));
    commands.put("authority", this::authority);
    commands.put("admin", this::admin);
    commands.put("svid", this::svid);
    commands.put("run", () -> new CommandLine(new Run(terminal)));
    commands.put("explain", () -> new CommandLine(new Explain(terminal)));
    commands.put("selectors", () -> new CommandLine(new Selectors(terminal)));
    commands.put(COMPLETION, () -> new CommandLine(new Completion(terminal)));
    commands.put("version", () -> new CommandLine(new VersionShow(terminal)));
    return commands;
  }

  private CommandLine build(Map<String, Supplier<CommandLine>> commands) {
    var root = new CommandLine(new Group()).setCommandName("credence");
    commands.forEach((name, command) -> root.addSubcommand(name, command.get()));
    about(
        root,
        "An identity plane for AI agents: who an agent is, who stands behind it, and what it was sent to do.");
    root.getCommandSpec()
        .usageMessage()
        .footer("", "Exit codes: 0 done, 1 refused or failed, 2 usage, 3 cannot reach the daemon.");
    return configured(root);
  }

  private CommandLine server() {
    return about(
            new CommandLine(new DaemonStart("server")),
            "Runs the server (with --config), or takes care of it.")
        .addSubcommand(new ServerStatusShow(terminal))
        .addSubcommand(new ServerBackup(terminal))
        .addSubcommand(new ServerRestore())
        .addSubcommand(new ServerAcceptClock(terminal));
  }

  private CommandLine owner() {
    return group("Owners: the accountable teams.")
        .addSubcommand(new OwnerCreate(terminal))
        .addSubcommand(new OwnerList(terminal))
        .addSubcommand(new OwnerShow(terminal))
        .addSubcommand(new OwnerUpdate(terminal))
        .addSubcommand(
            "suspend",
            owner(
                (stub, request) -> stub.suspendOwner(request),
                "Suspends an owner: none of its agents and services has an identity until it is resumed."))
        .addSubcommand(
            "resume",
            owner(
                (stub, request) -> stub.resumeOwner(request),
                "Lets the agents and services of a suspended owner have identities again."))
        .addSubcommand(
            "retire",
            owner(
                (stub, request) -> stub.retireOwner(request),
                "Retires an owner for good. Refused while it has agents or services that are not retired."))
        .addSubcommand(new OwnerTransfer(terminal));
  }

  private CommandLine owner(OwnerTransition.Call call, String about) {
    return about(new CommandLine(new OwnerTransition(call, terminal)), about);
  }

  private CommandLine person() {
    return group("Persons: the humans who answer for owners, approve, and administer.")
        .addSubcommand(new PersonCreate(terminal))
        .addSubcommand(new PersonList(terminal))
        .addSubcommand(new PersonShow(terminal))
        .addSubcommand(new PersonUpdate(terminal))
        .addSubcommand(new PersonRemove(terminal));
  }

  private CommandLine subject(SubjectWords words) {
    var noun = words.noun();
    return group(
            Text.of(
                "%ss: who they are, who answers for them, and what leads to them.", capital(noun)))
        .addSubcommand(
            about(
                new CommandLine(new SubjectCreate(words, terminal)),
                Text.of(
                    "Creates %s, with its governance record and its registration.",
                    words.meaning())))
        .addSubcommand(
            about(
                new CommandLine(new SubjectList(words, terminal)),
                Text.of("Lists the %ss, in order of creation.", noun)))
        .addSubcommand(
            about(
                new CommandLine(new SubjectShow(words, terminal)),
                Text.of(
                    "Shows one %s: who answers for it, which tools, which data, when, which approvals.",
                    noun)))
        .addSubcommand(
            about(
                new CommandLine(new SubjectUpdate(words, terminal)),
                Text.of("Changes values of one %s; open streams get new SVIDs at once.", noun)))
        .addSubcommand(
            "suspend",
            about(
                new CommandLine(
                    new SubjectTransition(
                        words, (stub, request) -> stub.suspendSubject(request), terminal)),
                Text.of(
                    "Suspends one %s: its executions end now, and it gets no identity until it is resumed.",
                    noun)))
        .addSubcommand(
            "resume",
            about(
                new CommandLine(
                    new SubjectTransition(
                        words, (stub, request) -> stub.resumeSubject(request), terminal)),
                Text.of("Lets a suspended %s have identities again.", noun)))
        .addSubcommand(
            "retire",
            about(
                new CommandLine(
                    new SubjectTransition(
                        words, (stub, request) -> stub.retireSubject(request), terminal)),
                Text.of(
                    "Retires one %s for good: its executions end now, and its name is never used again.",
                    noun)))
        .addSubcommand("selector", selectors(words));
  }

  private CommandLine selectors(SubjectWords words) {
    var noun = words.noun();
    return group(
            Text.of(
                "What leads to one %s: several sets of selectors, any of which is enough.", noun))
        .addSubcommand(
            about(
                new CommandLine(new SelectorAdd(words, terminal)),
                Text.of("Adds a set of selectors that leads to the %s too.", noun)))
        .addSubcommand(
            about(
                new CommandLine(new SelectorRemove(words, terminal)),
                Text.of(
                    "Removes a set; executions that no other set leads to end. The last one of an active %s stays.",
                    noun)));
  }

  private CommandLine node() {
    var node =
        about(
            new CommandLine(new DaemonStart("node")),
            "Runs a node (with --config), or administers nodes.");
    return node.addSubcommand(
            "token", group("Join tokens.").addSubcommand(new NodeTokenCreate(terminal)))
        .addSubcommand(new NodeList(terminal))
        .addSubcommand(new NodeShow(terminal))
        .addSubcommand(
            "suspend",
            decide(
                NodeDecide.Verb.SUSPEND,
                "Takes a node out of service until it is resumed: its executions end."))
        .addSubcommand(
            "resume", decide(NodeDecide.Verb.RESUME, "Takes a suspended node back into service."))
        .addSubcommand(
            "ban",
            decide(
                NodeDecide.Verb.BAN,
                "Takes a node out of service for good: its executions end, its key and SVIDs are never accepted again."))
        .addSubcommand(
            "evict",
            decide(
                NodeDecide.Verb.EVICT,
                "Takes a node out of service; its machine may join anew, with a new token, as another node."));
  }

  private CommandLine decide(NodeDecide.Verb verb, String about) {
    return about(new CommandLine(new NodeDecide(verb, terminal)), about);
  }

  private CommandLine execution() {
    return group("Executions: one run of one agent or service on one attested process.")
        .addSubcommand(new ExecutionList(terminal))
        .addSubcommand(new ExecutionShow(terminal))
        .addSubcommand(new ExecutionEnd(terminal))
        .addSubcommand(new ExecutionRevoke(terminal))
        .addSubcommand(new ExecutionUnbar(terminal));
  }

  private CommandLine authority() {
    return group("Authorities: what certificates hang on, and how one follows on another.")
        .addSubcommand(new AuthorityList(terminal))
        .addSubcommand(new AuthorityPrepare(terminal))
        .addSubcommand(new AuthorityActivate(terminal))
        .addSubcommand(new AuthorityTaint(terminal))
        .addSubcommand(new AuthorityRevoke(terminal));
  }

  private CommandLine admin() {
    return group("Administrators on other machines: who may do what over the network.")
        .addSubcommand(new AdminEnroll(terminal))
        .addSubcommand(new AdminToken(terminal))
        .addSubcommand(new AdminList(terminal))
        .addSubcommand(new AdminShow(terminal))
        .addSubcommand(new AdminUpdate(terminal))
        .addSubcommand(
            "suspend",
            administrator(
                (stub, request) -> stub.suspendAdministrator(request),
                "Suspends an administrator: none of its calls is accepted until it is resumed, on open connections too."))
        .addSubcommand(new AdminResume(terminal))
        .addSubcommand(
            "remove",
            administrator(
                (stub, request) -> stub.removeAdministrator(request),
                "Removes an administrator for good: its name is never used again."))
        .addSubcommand(new AdminLogin(terminal))
        .addSubcommand(new AdminRenew(terminal))
        .addSubcommand(new AdminWhoAmI(terminal));
  }

  private CommandLine administrator(AdminTransition.Call call, String about) {
    return about(new CommandLine(new AdminTransition(call, terminal)), about);
  }

  private CommandLine svid() {
    return group("SVIDs: the certificates by which processes prove who they are.")
        .addSubcommand(new SvidFetch(terminal))
        .addSubcommand(new SvidWrite(terminal))
        .addSubcommand(new SvidInspect(terminal));
  }

  private static CommandLine group(String about) {
    return about(new CommandLine(new Group()), about);
  }

  private static CommandLine about(CommandLine command, String about) {
    command.getCommandSpec().usageMessage().description(about);
    return command;
  }

  private CommandLine configured(CommandLine root) {
    eachWithHelp(root);
    return root.setOut(terminal.out())
        .setErr(terminal.err())
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setAbbreviatedOptionsAllowed(false)
        .setOverwrittenOptionsAllowed(false)
        .registerConverter(int.class, text -> Checked.whole(text, Integer::valueOf))
        .registerConverter(long.class, text -> Checked.whole(text, Long::valueOf))
        .registerConverter(Output.class, text -> word(Output.class, text))
        .registerConverter(BundleShow.Format.class, text -> word(BundleShow.Format.class, text))
        .registerConverter(SvidFetch.Format.class, text -> word(SvidFetch.Format.class, text))
        .setParameterExceptionHandler((failure, _) -> usage(failure))
        .setExecutionExceptionHandler((failure, _, _) -> failed(failure));
  }

  private static void eachWithHelp(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(false);
    command
        .getCommandSpec()
        .addOption(
            CommandLine.Model.OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this help.")
                .build());
    command.getSubcommands().values().forEach(CommandTree::eachWithHelp);
  }

  private static <E extends Enum<E>> E word(Class<E> type, String text) {
    for (var constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
        return constant;
      }
    }
    var words =
        java.util.Arrays.stream(type.getEnumConstants())
            .map(e -> e.name().toLowerCase(Locale.ROOT))
            .toList();
    throw new TypeConversionException(
        Text.of("\"%s\" (expected: %s)", Printable.line(text), String.join(" or ", words)));
  }

  private int usage(ParameterException failure) {
    var command = failure.getCommandLine().getCommandSpec().qualifiedName();
    var message = Printable.line(UsageProblem.of(failure));
    terminal.err().println(Text.of("credence: %s (see: %s --help)", message, command));
    return ExitCode.USAGE.number();
  }

  private int failed(Exception failure) {
    terminal.out().flush();
    if (failure instanceof CommandFailure known) {
      terminal.err().println("credence: " + known.getMessage());
      return known.exit().number();
    }
    terminal.err().println("credence: unexpected failure: " + Printable.line(failure.toString()));
    return ExitCode.FAILED.number();
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
