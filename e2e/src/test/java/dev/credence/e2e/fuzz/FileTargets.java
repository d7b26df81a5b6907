package dev.credence.e2e.fuzz;

import static dev.credence.e2e.fuzz.Inputs.DOMAIN;
import static dev.credence.e2e.fuzz.Inputs.ILLEGAL;
import static dev.credence.e2e.fuzz.Inputs.NOW;
import static dev.credence.e2e.fuzz.Inputs.same;
import static dev.credence.e2e.fuzz.Inputs.text;
import static dev.credence.e2e.fuzz.Inputs.utf8;

import dev.credence.attestors.code.CodeParsers;
import dev.credence.attestors.linux.AccountParsers;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.cli.declare.DeclarationFiles;
import dev.credence.node.NodeParsers;
import dev.credence.platform.config.ConfigException;
import dev.credence.platform.config.ConfigReader;
import dev.credence.platform.linux.ProcParsers;
import dev.credence.platform.linux.TcpOwner;
import dev.credence.server.app.ServerKeys;
import dev.credence.server.core.BackupHead;
import dev.credence.server.core.port.StoreCopy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// Files: those of the kernel, of the machine, of its people.
final class FileTargets {

  // As the kernel writes them.
  private static final String STAT =
      "9103 (java) S 9100 9100 24765 0 -1 4194304 29017 0 3 0 167 22 0 0 20 0 23 0 2662377 8900624384 35029"
          + " 18446744073709551615 94613288648704 94613288649709 140727226290928 0 0 0 0 0 16800975 0 0 0 17 0 0 0 0 0 0"
          + " 94613288660288 94613288661008 94613491363664 140727226299866 140727226301057 140727226301057"
          + " 140727226302413 0\n";

  private static final String STATUS =
      """
      Name:\tjava
      Umask:\t0022
      State:\tS (sleeping)
      Tgid:\t9103
      Pid:\t9103
      PPid:\t9100
      TracerPid:\t0
      Uid:\t0\t0\t0\t0
      Gid:\t0\t0\t0\t0
      Groups:\t0 4 27\s
      CapPrm:\t000001ffffffffff
      NoNewPrivs:\t0
      Seccomp:\t0
      """;

  private static final String MOUNTS =
      """
      22 27 0:21 / /proc rw,relatime - proc proc rw
      25 24 0:23 / /dev/shm rw,relatime shared:1 - tmpfs tmpfs rw
      27 1 254:0 / / rw,relatime - ext4 /dev/a\\040b rw,data=ordered
      """;

  private static final String DECLARATIONS =
      """
      set: payments
      persons:
        ada:
          oidc: {issuer: https://login.example.org, subject: "248289761001"}
          uids: [4100001]
      owners:
        finance:
          human: ada
          contact: finance@example.org
      agents:
        finance/bot:
          purpose: Books the invoices.
          registrations:
            - selectors: [unix:uid:4100011, unix:path:/opt/bot]
              nodes: any
          ttl: 5m
          jwt: true
          review-at: 2031-01-31T00:00:00Z
      """;

  private static final InetSocketAddress TCP_CALLER =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0xd10a);
  private static final InetSocketAddress TCP_HERE =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0xdd5f);

  // Of a connection between those two.
  private static final byte[] SOCK_DIAG =
      HexFormat.of()
          .parseHex(
              "5800000014000000010000002a57000002010000d10add5f7f000001000000000000000000000000"
                  + "7f0000010000000000000000000000000000000001000000000000000000000000000000000000"
                  + "00e8030000dd053000");

  private static final String MAPS =
      """
      55d0c0a00000-55d0c0a02000 r-xp 00001000 fe:00 1057  /usr/bin/a b
      7f0000000000-7f0000001000 rw-p 00000000 00:00 0\s
      7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0  [stack]
      """;

  // An exec of process 4711.
  private static final byte[] PROCESS_EVENT =
      HexFormat.of()
          .parseHex(
              "4c0000000300000000000000000000000100000001000000070000000000000028000000"
                  + "02000000000000000100000000000000671200006712000000000000000000000000000000000000");

  private FileTargets() {}

  static List<Target> all() {
    Set<Class<? extends Exception>> io = Set.of(IOException.class);
    Set<Class<? extends Exception>> config = Set.of(ConfigException.class);
    var head =
        new BackupHead(
            new StoreCopy.Facts(9, DOMAIN.name(), new Id(0, 3), 4, 5, 6),
            NOW,
            Sha256.of(new byte[1]));
    return List.of(
        new Target(
            "proc-stat",
            "ProcStat.parse",
            "a process's name, /proc",
            utf8(STAT),
            io,
            ProcParsers::stat),
        new Target(
            "proc-status",
            "ProcStatus.parse",
            "a process's name, /proc",
            utf8(STATUS),
            io,
            input -> ProcParsers.status(text(input))),
        new Target(
            "mounts",
            "MountTable.parse",
            "whoever mounts, /proc",
            utf8(MOUNTS),
            io,
            input -> ProcParsers.mounts(text(input))),
        new Target(
            "cgroup",
            "Cgroup.parse",
            "whoever makes cgroups, /proc",
            utf8("0::/user.slice/a.scope\n", "12:cpu:/a\n0::/\n"),
            io,
            input -> ProcParsers.cgroup(text(input))),
        new Target(
            "maps",
            "MemoryMap.parse",
            "whoever maps, /proc",
            utf8(MAPS),
            io,
            input -> ProcParsers.maps(text(input))),
        new Target(
            "command-line",
            "CommandLine.parse",
            "the process, /proc",
            utf8("python3\0-u\0/opt/agent.py\0", "a"),
            io,
            ProcParsers::commandLine),
        new Target(
            "security-label",
            "SecurityLabel.parse",
            "whoever writes policies, /proc",
            utf8("unconfined\n", "system_u:system_r:init_t:s0\0"),
            io,
            ProcParsers::securityLabel),
        new Target(
            "process-event",
            "ProcessEvent.parse",
            "the kernel",
            List.of(PROCESS_EVENT),
            Set.of(),
            ProcParsers::processEvent),
        new Target(
            "sock-diag",
            "TcpOwner.parse",
            "a local caller on TCP, the kernel",
            List.of(SOCK_DIAG),
            io,
            input -> TcpOwner.parse(input, TCP_CALLER, TCP_HERE)),
        new Target(
            "accounts",
            "AccountNames.parse",
            "/etc/passwd, /etc/group",
            utf8("root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n"),
            Set.of(),
            input -> AccountParsers.accounts(text(input))),
        new Target(
            "ignore-file",
            "IgnoreRules.parse",
            "folders of code that callers name",
            utf8("# no code\n.venv/\n*.log\n/data\na/b?/*.c\n", "!x\n", "**\n"),
            CodeParsers.REFUSALS,
            CodeParsers::ignore),
        new Target(
            "server-config",
            "ConfigReader.parse",
            "files",
            utf8(
                "trust_domain: td.example\ndata_dir: /x\nadmin:\n  uids: [0, 1]\nsvid:\n  agent_ttl: 1h30m\n",
                "trust_domain: a\ndata_dir: b\n"),
            config,
            input ->
                ConfigReader.parse("server.yaml", Path.of("/"), text(input), ServerKeys.all())),
        new Target(
            "node-config",
            "ConfigReader.parse",
            "files",
            utf8(
                "data_dir: /x\nsocket: /y\nserver: a.example:1\ntrust_domain: td\njoin_token_file: /z\n"),
            config,
            input -> NodeParsers.config(text(input))),
        new Target(
            "declarations",
            "DeclarationFiles.read",
            "files of whoever asks an administrator to apply them",
            utf8(DECLARATIONS, "set: a\n"),
            ILLEGAL,
            FileTargets::declarations),
        new Target(
            "backup-head",
            "BackupHead.parse",
            "files that are restored",
            List.of(head.bytes()),
            ILLEGAL,
            input -> {
              var read = BackupHead.parse(input);
              same(BackupHead.parse(read.bytes()), read);
            }));
  }

  /// All its problems are told, each in a line.
  private static void declarations(byte[] input) {
    var problems = DeclarationFiles.read(List.of("-"), new ByteArrayInputStream(input)).problems();
    for (var problem : problems) {
      if (problem.text().chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("a problem with control characters: " + problem.text());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(problems.getFirst().text());
    }
  }
}
