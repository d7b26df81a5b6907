package dev.credence.e2e.kills;

import dev.credence.e2e.client.Admin;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequest;
import dev.credence.proto.common.v1.SubjectKind;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads what an operator can read. Events that were read once are not asked for again, until
/// [#anew()]: they are durable. For one thread.
final class Reading {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int PAGE = 1000;
  private static final int TRIES = 200;

  private final int crlPort;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Event> events = new ArrayList<>();

  Reading(int crlPort) {
    this.crlPort = crlPort;
  }

  /// All of one moment: nothing happened between the first look and the last.
  Evidence read(Admin admin) throws Exception {
    for (int tries = 0; tries < TRIES; tries++) {
      more(admin);
      int before = events.size();
      Instant at = Instant.now();
      var running = admin.executions(false);
      Set<BigInteger> listed = listed(admin);
      var agents = admin.subjects(SubjectKind.SUBJECT_KIND_AGENT);
      var nodes = admin.nodes();
      more(admin);
      if (events.size() == before) {
        return new Evidence(events, agents, nodes, running, listed, at);
      }
    }
    throw new AssertionError(
        "something happened between all looks (expected: at some time nothing)");
  }

  private void more(Admin admin) {
    long after = events.isEmpty() ? 0 : events.getLast().getNumber();
    do {
      var page =
          admin
              .call(EventsGrpc::newBlockingStub)
              .listEvents(ListEventsRequest.newBuilder().setAfter(after).setPageSize(PAGE).build());
      events.addAll(page.getEventsList());
      after = page.getNextAfter();
    } while (after != 0);
  }

  /// All events once more.
  ///
  /// @return those that are not what they were; empty: all is well
  List<String> anew(Admin admin) {
    var before = List.copyOf(events);
    events.clear();
    more(admin);
    return before.equals(events.subList(0, Math.min(before.size(), events.size())))
        ? List.of()
        : List.of("events that had been read are not what they were");
  }

  private Set<BigInteger> listed(Admin admin) throws Exception {
    Set<BigInteger> serials = new HashSet<>();
    for (String authority : Rotation.authorities(admin, "")) {
      var request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + crlPort + "/crl/" + authority + ".crl"))
              .timeout(SOON)
              .build();
      var answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() == 200) {
        var list =
            (X509CRL)
                CertificateFactory.getInstance("X.509")
                    .generateCRL(new ByteArrayInputStream(answer.body()));
        var entries = list.getRevokedCertificates();
        if (entries != null) {
          entries.forEach(entry -> serials.add(entry.getSerialNumber()));
        }
      }
    }
    return serials;
  }
}
