package dev.credence.e2e.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.attestors.container.ContainerParsers;
import dev.credence.attestors.systemd.SystemdParsers;
import dev.credence.platform.linux.ControlGroups;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/// What says which container a process is in.
final class AttachTargets {
  private static final String ID = "0123456789abcdef".repeat(4);
  private static final String CONTAINER =
      """
      {"Id":"%s","State":{"Status":"running","Running":true,"Paused":false,"Pid":4242,\
      "StartedAt":"2026-11-22T10:00:00.123456789Z"},"Image":"sha256:%s","Config":{"Image":"acme/bot:1",\
      "Labels":{"com.example.team":"billing"},"Env":["PATH=/bin","MODE=a"]}}\
      """
          .formatted(ID, ID);

  private AttachTargets() {}

  static List<Target> all() {
    return List.of(
        new Target(
            "control-groups",
            "ControlGroups.parse",
            "whoever makes cgroups, /proc",
            List.of(
                "0::/user.slice/a.scope\n".getBytes(UTF_8),
                ("12:cpu,cpuacct:/docker/" + ID + "\n1:name=systemd:/a\n0::/\n").getBytes(UTF_8)),
            Set.of(IOException.class),
            input -> ControlGroups.parse(new String(input, UTF_8))),
        new Target(
            "container",
            "ContainerJson.read",
            "a container engine, and who made the container",
            List.of(CONTAINER.getBytes(UTF_8)),
            Set.of(IOException.class),
            ContainerParsers::container),
        new Target(
            "bus-message",
            "MessageReader",
            "whoever is on the system bus",
            SystemdParsers.messages(),
            Set.of(IOException.class),
            SystemdParsers::message));
  }
}
