package dev.credence.attestors.container;

import dev.credence.attestors.NoAnswerException;
import dev.credence.certs.JsonValue;
import dev.credence.certs.JsonValue.Elements;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Nothing;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JsonValue.Truth;
import dev.credence.certs.JwtException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the answer to `GET /containers/ID/json` of the Docker Engine API, which Podman gives too.
/// Strict in what is used of it; what else an engine says is left alone.
final class ContainerJson {
  private static final int MOST = 1024;
  private static final Pattern DIGEST = Pattern.compile("(sha256:)?[0-9a-f]{64}");
  private static final Pattern PID = Pattern.compile("0|[1-9][0-9]{0,8}");
  private static final Set<String> BEFORE_RUNNING =
      Set.of("created", "initialized", "configured", "starting", "restarting");

  private ContainerJson() {}

  /// @param id the one that was asked for
  /// @throws NoAnswerException if it is malformed, or of another container
  static Container read(ContainerId id, byte[] body) throws NoAnswerException {
    try {
      Members answer = Members.parse(body);
      if (!text(answer, "Id").equals(id.hex())) {
        throw new Malformed("another container's id");
      }
      Members state = members(answer, "State");
      Members config = members(answer, "Config");
      boolean running = truth(state, "Running");
      return new Container(
          running ? pid(state) : 0,
          !running && BEFORE_RUNNING.contains(text(state, "Status")),
          text(config, "Image"),
          digest(text(answer, "Image")),
          labels(config),
          environment(config));
    } catch (JwtException e) {
      throw NoAnswerException.useless(
          "the engine's answer about " + id + " is no JSON: " + e.getMessage(), e);
    } catch (Malformed e) {
      throw NoAnswerException.useless(
          "the engine's answer about " + id + " has " + e.getMessage(), e);
    }
  }

  private static int pid(Members state) throws Malformed {
    if (!(state.get("Pid").orElse(null) instanceof Numeral(String digits))
        || !PID.matcher(digits).matches()
        || digits.equals("0")) {
      throw new Malformed("no State.Pid above 0");
    }
    return Integer.parseInt(digits);
  }

  private static String digest(String value) throws Malformed {
    if (!DIGEST.matcher(value).matches()) {
      throw new Malformed("an Image that is no SHA-256");
    }
    return value.startsWith("sha256:") ? value : "sha256:" + value;
  }

  private static Map<String, String> labels(Members config) throws Malformed {
    JsonValue labels = config.get("Labels").orElse(new Nothing());
    if (labels instanceof Nothing) {
      return Map.of();
    }
    if (!(labels instanceof Members(var values)) || values.size() > MOST) {
      throw new Malformed("Config.Labels that are no object of at most " + MOST + " members");
    }
    Map<String, String> read = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> label : values.entrySet()) {
      read.put(label.getKey(), text(label.getValue(), "Config.Labels"));
    }
    return read;
  }

  private static List<String> environment(Members config) throws Malformed {
    JsonValue environment = config.get("Env").orElse(new Nothing());
    if (environment instanceof Nothing) {
      return List.of();
    }
    if (!(environment instanceof Elements(var values)) || values.size() > MOST) {
      throw new Malformed("a Config.Env that is no list of at most " + MOST);
    }
    List<String> read = new ArrayList<>();
    for (JsonValue value : values) {
      read.add(text(value, "Config.Env"));
    }
    return read;
  }

  private static Members members(Members of, String name) throws Malformed {
    if (of.get(name).orElse(null) instanceof Members members) {
      return members;
    }
    throw new Malformed("no object " + name);
  }

  private static boolean truth(Members of, String name) throws Malformed {
    if (of.get(name).orElse(null) instanceof Truth(boolean value)) {
      return value;
    }
    throw new Malformed("no true or false for " + name);
  }

  private static String text(Members of, String name) throws Malformed {
    return text(of.get(name).orElse(new Nothing()), name);
  }

  private static String text(JsonValue value, String name) throws Malformed {
    if (value instanceof Text(String text)) {
      return text;
    }
    throw new Malformed("no text for " + name);
  }

  /// What is wrong, as a clause.
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }
}
