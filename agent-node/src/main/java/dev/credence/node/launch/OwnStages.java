package dev.credence.node.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The programs that run one after another in the process of a launch by a node that is not root,
/// each in place of the one before. None of them has more rights on anything outside of the
/// program's own namespaces than the node and its caller, who are one user. Pure.
///
/// With a view: a user namespace in which the user is root, so that mounts can be made there; the
/// copy over the folder of the code, nothing over the node's own folder; a second user namespace
/// within, in which the user is itself again and from which these mounts cannot be undone. Then,
/// and without a view too: held at the gate; down to no rights at all; the program's environment;
/// the program.
///
/// @param host whose uid and gid count
record OwnStages(OwnHost host) {
  /// Where the gate is in the held stage.
  static final int GATE = 3;

  /// A mount whose file system forbids to execute files keeps doing so, or nothing is mounted.
  private static final String COVER =
      "/bin/mount -n --bind \"$0\" \"$1\""
          + " && { /bin/mount -n -o remount,bind,ro,nosuid,nodev \"$1\" 2>/dev/null"
          + " || /bin/mount -n -o remount,bind,ro,nosuid,nodev,noexec \"$1\"; }"
          + " && /bin/mount -n -t tmpfs -o ro,nosuid,nodev,noexec,size=4k,mode=555 none \"$2\""
          + " && cd \"$3\" && shift 3 && exec \"$@\"";

  private static final String WORK = "cd \"$0\" && exec \"$@\"";

  /// A line comes from the node; if that is gone, the end of the file, and read fails. Another
  /// process of this uid could open the pipe through /proc/PID/fd and write one: then the program
  /// begins before the node has looked, and is found not to wait, or is looked at as it runs.
  private static final String HOLD =
      "umask \"$0\" && read -r go <&" + GATE + " && exec " + GATE + "<&- && exec \"$@\"";

  /// What must be made for a program.
  ///
  /// @param copy folder of the copy
  /// @param code the folder that it covers, where there is a view
  /// @param work folder to work in
  record Folders(Path copy, Path code, Path work) {}

  /// All words.
  ///
  /// @param held as [#held] makes it
  List<String> all(Folders folders, List<String> held) {
    var words = new ArrayList<String>();
    if (host.views()) {
      words.addAll(outer());
      words.addAll(
          List.of(
              "/bin/sh",
              "-c",
              COVER,
              folders.copy().toString(),
              folders.code().toString(),
              host.hidden().toString(),
              folders.work().toString()));
      words.addAll(inner());
    } else {
      words.addAll(List.of("/bin/sh", "-c", WORK, folders.work().toString()));
    }
    words.addAll(held);
    return List.copyOf(words);
  }

  /// The stage that waits at the gate, with everything that comes after it: as the kernel shows the
  /// arguments of the process while it waits.
  ///
  /// @param umask file mode mask of the program
  /// @param program its environment and itself, as [ProgramCommand] has them
  List<String> held(int umask, List<String> program) {
    var words = new ArrayList<>(List.of("/bin/sh", "-c", HOLD, Integer.toOctalString(umask)));
    words.addAll(withoutRights());
    words.addAll(program);
    return List.copyOf(words);
  }

  /// Does all that a view needs, and ends with 0 if it could.
  List<String> trial() {
    var words = new ArrayList<>(outer());
    words.addAll(
        List.of(
            "/bin/sh",
            "-c",
            "/bin/mount -n -t tmpfs -o ro,size=4k none \"$0\" && exec \"$@\"",
            host.hidden().toString()));
    words.addAll(inner());
    words.addAll(withoutRights());
    words.add("/bin/true");
    return List.copyOf(words);
  }

  private static List<String> outer() {
    return List.of(
        "/usr/bin/unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "--propagation",
        "private",
        "--");
  }

  /// The capabilities within are kept for one purpose: to give up the bounding set.
  private List<String> inner() {
    return List.of(
        "/usr/bin/unshare",
        "--user",
        "--map-user=" + Integer.toUnsignedString(host.own().uid()),
        "--map-group=" + Integer.toUnsignedString(host.own().gid()),
        "--keep-caps",
        "--");
  }

  private List<String> withoutRights() {
    var words =
        new ArrayList<>(List.of("/usr/bin/setpriv", "--inh-caps=-all", "--ambient-caps=-all"));
    if (host.views()) {
      words.add("--bounding-set=-all");
    }
    words.addAll(List.of("--no-new-privs", "--pdeathsig=KILL", "--"));
    return words;
  }
}
