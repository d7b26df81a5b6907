package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Dev;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("secrets stay where they belong")
class SecretsTest {

  private static final Pattern METRICS = Pattern.compile("metrics\\D*(127\\.0\\.0\\.1:\\d+)");

  @TempDir Path folder;

  @Test
  @DisplayName(
      "WJ-20: keys and tokens that were handed out are in no log, metric, event or database")
  void nowhere() throws Exception {
    try (var dev = Dev.start(folder.resolve("dev"));
        var admin = dev.admin()) {
      admin.owner("finance");
      var uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      admin.create(Admin.agent("finance", "bot", "unix:uid:" + uid).setJwt(true));
      var svid = dev.credence("svid", "fetch").done().out();
      var token = dev.credence("svid", "fetch", "--audience", "ledger").done().out().strip();
      var join = dev.credence("node", "token", "create").done().out();
      // One that is refused, so that the log has something to say.
      dev.credence("svid", "fetch", "--audience", "").expect(1);
      var secrets = secrets(svid, token, join);

      var places = new HashMap<String, String>();
      places.put("log of dev", dev.log());
      places.put("events", admin.events().toString());
      places.put("executions", admin.executions(true).toString());
      places.putAll(metrics(dev));
      places.putAll(files(dev.folder()));
      assertThat(places.keySet()).anyMatch(name -> name.endsWith("credence.db"));
      places.forEach((where, text) ->
          secrets.forEach((what, secret) ->
              assertThat(text.contains(secret)).as("%s in %s", what, where).isFalse()));
      assertThat(places.get("events"))
          .as("the events are there, and tell of it")
          .contains("jwt-svid-issued", "svid-issued");
    }
  }

  /// The parts by which each could be used, in the forms in which it might have been printed.
  private static Map<String, String> secrets(String svid, String token, String join) {
    var found = new HashMap<String, String>();
    var pem = svid.substring(svid.indexOf("-----BEGIN PRIVATE KEY-----"));
    var base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    var der = Base64.getDecoder().decode(base64);
    // PKCS#8 of an EC key: the number itself stands at 36.
    var number = java.util.Arrays.copyOfRange(der, 36, 68);
    found.put("key, base64", base64.substring(40, 100));
    found.put("key, hex", HexFormat.of().formatHex(number));
    found.put("key, raw", new String(number, StandardCharsets.ISO_8859_1));
    found.put("private key, PEM", pem.lines().skip(1).findFirst().orElseThrow());
    found.put("token's signature", token.substring(token.lastIndexOf('.') + 1));
    var line =
        join.lines()
            .filter(text -> text.contains("credence-join"))
            .findFirst()
            .orElse(join.strip());
    found.put("join token", line.substring(line.length() - 20));
    return found;
  }

  private static Map<String, String> metrics(Dev dev) throws Exception {
    var found = new HashMap<String, String>();
    var said = METRICS.matcher(dev.log());
    try (var client = HttpClient.newHttpClient()) {
      while (said.find()) {
        var request =
            HttpRequest.newBuilder(URI.create("http://" + said.group(1) + "/metrics")).build();
        found.put(
            "metrics at " + said.group(1),
            client.send(request, HttpResponse.BodyHandlers.ofString()).body());
      }
    }
    return found;
  }

  /// Everything that daemons wrote; keys of authorities and of the node are others than these.
  private static Map<String, String> files(Path folder) throws Exception {
    var found = new HashMap<String, String>();
    List<Path> all;
    try (var walk = Files.walk(folder)) {
      all = new ArrayList<>(walk.filter(Files::isRegularFile).toList());
    }
    for (var file : all) {
      found.put(
          folder.relativize(file).toString(),
          new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      if (file.toString().endsWith(".key")) {
        assertThat(Files.getPosixFilePermissions(file))
            .as(file.toString())
            .doesNotContain(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
      }
    }
    return found;
  }
}
