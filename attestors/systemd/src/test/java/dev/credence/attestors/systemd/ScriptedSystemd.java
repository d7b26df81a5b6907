package dev.credence.attestors.systemd;

import dev.credence.attestors.systemd.MessageWriter.Argument;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Somebody who has systemd's name on a real bus, and says what the test tells it to say.
public final class ScriptedSystemd implements AutoCloseable {
  private static final String NAME = "org.freedesktop.systemd1";

  private final BusLink link;
  private final Map<Long, Unit> units = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Mood mood = Mood.HONEST;

  /// How it answers.
  enum Mood {
    HONEST,
    SILENT,
    /// Says other types than it should.
    CONFUSED,
    /// Answers everything with an error.
    FAILING,
    /// Lets a unit have gone between two questions.
    FORGETFUL
  }

  private ScriptedSystemd(BusLink link) {
    this.link = link;
  }

  /// Takes systemd's name there.
  public static ScriptedSystemd on(PrivateBus bus) throws IOException {
    return on(bus.socket());
  }

  static ScriptedSystemd on(Path socket) throws IOException {
    BusLink link = BusLink.make();
    link.connect(socket, 0);
    var systemd = new ScriptedSystemd(link);
    systemd.callBus("Hello", List.of());
    systemd.callBus("RequestName", List.of(Argument.text(NAME), Argument.number(4)));
    Thread.ofVirtual().start(systemd::serve);
    return systemd;
  }

  private void callBus(String member, List<Argument> arguments) throws IOException {
    long number =
        link.send(
            BusMessage.CALL,
            Map.of(
                BusMessage.PATH, "/org/freedesktop/DBus",
                BusMessage.INTERFACE, "org.freedesktop.DBus",
                BusMessage.MEMBER, member,
                BusMessage.DESTINATION, "org.freedesktop.DBus"),
            arguments);
    while (true) {
      BusMessage message = link.receive();
      if (message.answers(number)) {
        if (message.kind() == BusMessage.ERROR) {
          throw new IOException(member + ": " + message.text(BusMessage.ERROR_NAME));
        }
        return;
      }
    }
  }

  /// From now on it says so of a process.
  ///
  /// @param id full name of the unit
  /// @param file that the unit was read from
  /// @param controlGroup the unit's
  /// @param mainPid the unit's
  public void know(int pid, String id, Path file, String controlGroup, long mainPid) {
    know(pid, new Unit(id, Optional.of(file.toString()), controlGroup, mainPid));
  }

  void know(int pid, Unit unit) {
    units.put((long) pid, unit);
  }

  void become(Mood other) {
    mood = other;
  }

  int asked() {
    return asked.get();
  }

  private void serve() {
    try {
      while (true) {
        BusMessage message = link.receive();
        if (message.kind() == BusMessage.CALL) {
          asked.incrementAndGet();
          answer(message);
        }
      }
    } catch (IOException e) {
      // The test is over, or the bus.
    }
  }

  private void answer(BusMessage call) throws IOException {
    if (mood == Mood.SILENT) {
      return;
    }
    var reader = new MessageReader(call.body().bytes(), ByteOrder.LITTLE_ENDIAN);
    Optional<Argument> answer =
        call.text(BusMessage.MEMBER).equals("GetUnitByPID")
            ? path((Long) reader.value('u'))
            : property(
                call.text(BusMessage.PATH), (String) reader.value('s'), (String) reader.value('s'));
    if (answer.isEmpty()) {
      link.send(
          BusMessage.ERROR,
          Map.of(
              BusMessage.ERROR_NAME,
              mood == Mood.HONEST ? NAME + ".NoUnitForPID" : NAME + ".NoSuchUnit",
              BusMessage.REPLY_SERIAL,
              call.serial(),
              BusMessage.DESTINATION,
              call.text(BusMessage.SENDER)),
          List.of(Argument.text("no")));
    } else {
      link.send(
          BusMessage.REPLY,
          Map.of(
              BusMessage.REPLY_SERIAL,
              call.serial(),
              BusMessage.DESTINATION,
              call.text(BusMessage.SENDER)),
          List.of(answer.get()));
    }
  }

  private Optional<Argument> path(long pid) {
    return mood == Mood.FAILING || !units.containsKey(pid)
        ? Optional.empty()
        : Optional.of(new Argument("o", "/org/freedesktop/systemd1/unit/_" + pid));
  }

  private Optional<Argument> property(String path, String type, String name) {
    Unit unit = units.get(Long.parseLong(path.substring(path.indexOf('_') + 1)));
    if (unit == null || mood == Mood.FORGETFUL) {
      return Optional.empty();
    }
    if (mood == Mood.CONFUSED) {
      return Optional.of(new Argument("vu", 7L));
    }
    String suffix = unit.id().substring(unit.id().lastIndexOf('.') + 1);
    String own =
        NAME
            + "."
            + suffix.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
            + suffix.substring(1);
    return switch (name) {
      case "Id" -> Optional.of(new Argument("vs", unit.id()));
      case "FragmentPath" -> Optional.of(new Argument("vs", unit.fragmentPath().orElse("")));
      case "ControlGroup" ->
          type.equals(own)
              ? Optional.of(new Argument("vs", unit.controlGroup()))
              : Optional.empty();
      case "MainPID" ->
          type.equals(own) ? Optional.of(new Argument("vu", unit.mainPid())) : Optional.empty();
      default -> Optional.empty();
    };
  }

  @Override
  public void close() {
    link.close();
  }
}
