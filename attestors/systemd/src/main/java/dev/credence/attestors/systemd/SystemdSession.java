package dev.credence.attestors.systemd;

import dev.credence.attestors.systemd.BusLink.Deadline;
import dev.credence.attestors.systemd.MessageWriter.Argument;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A connection to the bus on which systemd was found, and made sure of. For one thread at a time.
///
/// What makes sure: the bus counts processes as this daemon does; the name of systemd belongs to a
/// connection of root; and every later question goes to that very connection, whose unique name is
/// never used again.
final class SystemdSession implements AutoCloseable {
  private static final String BUS = "org.freedesktop.DBus";
  private static final String SYSTEMD = "org.freedesktop.systemd1";
  private static final String MANAGER_PATH = "/org/freedesktop/systemd1";
  private static final String NO_UNIT = SYSTEMD + ".NoUnitForPID";
  private static final String DENIED = "org.freedesktop.DBus.Error.AccessDenied";
  private static final Map<String, String> WITH_PROCESSES =
      Map.of(
          "service", "Service",
          "scope", "Scope",
          "slice", "Slice",
          "socket", "Socket",
          "mount", "Mount",
          "swap", "Swap");
  private static final int MOST_OTHERS = 64;

  private final BusLink link;
  private String systemd = "";
  private boolean over;

  private SystemdSession(BusLink link) {
    this.link = link;
  }

  static SystemdSession make() throws IOException {
    return new SystemdSession(BusLink.make());
  }

  Deadline within(Duration time) {
    return link.within(time);
  }

  boolean isLate() {
    return link.isLate();
  }

  /// Closed, by whoever.
  boolean isOver() {
    return over || link.isLate();
  }

  void open(Path socket, SystemdUnits.Self self) throws IOException {
    link.connect(socket, self.uid());
    String own = (String) ofBus("Hello", List.of()).only("s");
    long pid = (Long) ofBus("GetConnectionUnixProcessID", List.of(Argument.text(own))).only("u");
    if (pid != self.pid()) {
      throw new MalformedMessageException(
          "the bus knows this node as process "
              + pid
              + " (expected: "
              + self.pid()
              + "; run the node in the pid namespace of the bus)");
    }
    String owner = (String) ofBus("GetNameOwner", List.of(Argument.text(SYSTEMD))).only("s");
    long uid = (Long) ofBus("GetConnectionUnixUser", List.of(Argument.text(owner))).only("u");
    if (!owner.startsWith(":") || uid != 0) {
      throw new MalformedMessageException(
          SYSTEMD + " on this bus belongs to uid " + uid + " (expected: root)");
    }
    systemd = owner;
  }

  Optional<Unit> unitOf(int pid) throws IOException {
    BusMessage found =
        ask(systemd, MANAGER_PATH, SYSTEMD + ".Manager", "GetUnitByPID", Argument.number(pid));
    if (found.kind() == BusMessage.ERROR && found.text(BusMessage.ERROR_NAME).equals(NO_UNIT)) {
      return Optional.empty();
    }
    String path = (String) good(found).only("o");
    String id = (String) property(path, "Unit", "Id", "vs");
    String fragment = (String) property(path, "Unit", "FragmentPath", "vs");
    String type = WITH_PROCESSES.get(id.substring(id.lastIndexOf('.') + 1));
    if (type == null) {
      throw new MalformedMessageException("a unit that cannot have processes");
    }
    String group = (String) property(path, type, "ControlGroup", "vs");
    long main = type.equals("Service") ? (Long) property(path, type, "MainPID", "vu") : 0;
    return Optional.of(
        new Unit(id, Optional.of(fragment).filter(text -> !text.isEmpty()), group, main));
  }

  private Object property(String path, String type, String name, String expected)
      throws IOException {
    return good(ask(
            systemd,
            path,
            "org.freedesktop.DBus.Properties",
            "Get",
            Argument.text(SYSTEMD + "." + type),
            Argument.text(name)))
        .only(expected);
  }

  private MessageBody ofBus(String method, List<Argument> arguments) throws IOException {
    return good(ask(BUS, "/org/freedesktop/DBus", BUS, method, arguments.toArray(Argument[]::new)));
  }

  /// An error is an answer too, but none that says anything about the process: the unit may have
  /// gone meanwhile, systemd may be starting again.
  private static MessageBody good(BusMessage answer) throws IOException {
    if (answer.kind() == BusMessage.ERROR) {
      String name = answer.text(BusMessage.ERROR_NAME);
      if (name.equals(DENIED)) {
        throw new MalformedMessageException(
            "the bus does not let this node ask systemd (" + DENIED + ")");
      }
      throw new IOException(
          name.matches("[A-Za-z0-9_.]{1,255}") ? name : "an error without a name");
    }
    return answer.body();
  }

  private BusMessage ask(String who, String path, String type, String method, Argument... arguments)
      throws IOException {
    long number =
        link.send(
            BusMessage.CALL,
            Map.of(
                BusMessage.PATH, path,
                BusMessage.INTERFACE, type,
                BusMessage.MEMBER, method,
                BusMessage.DESTINATION, who),
            List.of(arguments));
    for (int i = 0; i < MOST_OTHERS; i++) {
      BusMessage message = link.receive();
      // The bus writes the sender: nobody answers in another's name. An error may be the bus's.
      String sender = message.text(BusMessage.SENDER);
      boolean fromWhom =
          sender.equals(who) || (message.kind() == BusMessage.ERROR && sender.equals(BUS));
      if (message.answers(number) && fromWhom) {
        return message;
      }
    }
    throw new MalformedMessageException("many messages, and no answer among them");
  }

  /// Idempotent.
  @Override
  public void close() {
    over = true;
    link.close();
  }
}
