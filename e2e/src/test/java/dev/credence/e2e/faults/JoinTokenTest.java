package dev.credence.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.JoinTokenSecret;
import dev.credence.e2e.client.FirstContact;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.rig.Rig;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a join token")
class JoinTokenTest {

  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  @DisplayName("is redeemed by one key, again and again until it expires, and never by another key")
  void oneKey() throws Exception {
    var contact = rig.contact();
    var csr = Keys.request(Keys.fresh());
    var first = contact.attest(RequestIds.next(), csr);
    var second = contact.attest(RequestIds.next(), csr);
    assertThat(second.getNodeId()).isEqualTo(first.getNodeId());
    denied(() -> contact.attest(RequestIds.next(), Keys.request()));
    assertThat(rig.admin().nodes()).as("the rig's own node and this one").hasSize(2);
    assertThat(reasons()).anySatisfy(reason -> assertThat(reason).contains("another key"));
  }

  @Test
  @DisplayName("redeemed with one request id over two connections gets one answer")
  void sameRequestSameAnswer() throws Exception {
    var contact = rig.contact();
    var csr = Keys.request(Keys.fresh());
    var id = RequestIds.next();
    assertThat(contact.attest(id, csr)).isEqualTo(contact.attest(id, csr));
  }

  @Test
  @DisplayName("refused for two reasons from one address leaves two events, at once")
  void eachReasonIsSeen() throws Exception {
    var used = rig.contact();
    used.attest(RequestIds.next(), Keys.request());
    var real = used.token();
    var invented =
        new JoinToken(
            real.server(),
            real.trustDomain(),
            real.pins(),
            JoinTokenSecret.random(new SecureRandom()));
    denied(() -> new FirstContact(invented, rig.clock()).attest(RequestIds.next(), Keys.request()));
    denied(() -> used.attest(RequestIds.next(), Keys.request()));
    assertThat(reasons())
        .anySatisfy(reason -> assertThat(reason).contains("no such token"))
        .anySatisfy(reason -> assertThat(reason).contains("another key"));
  }

  @Test
  @DisplayName("that expired is refused, for the key that redeemed it too")
  void expired() throws Exception {
    var used = rig.contact();
    var unused = rig.contact();
    var csr = Keys.request(Keys.fresh());
    used.attest(RequestIds.next(), csr);
    rig.clock().advance(Duration.ofMinutes(11));
    denied(() -> unused.attest(RequestIds.next(), Keys.request()));
    denied(() -> used.attest(RequestIds.next(), csr));
  }

  @Test
  @DisplayName(
      "that the server never made is refused with the same words; the reason is in the events")
  void unknown() throws Exception {
    var real = rig.contact().token();
    var token =
        new JoinToken(
            real.server(),
            real.trustDomain(),
            real.pins(),
            JoinTokenSecret.random(new SecureRandom()));
    var words =
        denied(
            () -> new FirstContact(token, rig.clock()).attest(RequestIds.next(), Keys.request()));
    var csr = Keys.request(Keys.fresh());
    var contact = rig.contact();
    contact.attest(RequestIds.next(), csr);
    assertThat(denied(() -> contact.attest(RequestIds.next(), Keys.request()))).isEqualTo(words);
    assertThat(reasons()).anySatisfy(reason -> assertThat(reason).contains("no such token"));
  }

  @Test
  @DisplayName(
      "for another server never reaches it: the node does not tell its secret to a stranger")
  void otherServer() throws Exception {
    try (var other = Rig.start()) {
      var mine = rig.contact().token();
      var theirs = other.contact().token();
      var misled = new JoinToken(theirs.server(), mine.trustDomain(), mine.pins(), mine.secret());
      assertThatThrownBy(
              () -> new FirstContact(misled, rig.clock()).attest(RequestIds.next(), Keys.request()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE));
      assertThat(other.admin().events()).noneMatch(event -> event.getKind().equals("refused"));
      assertThat(other.admin().nodes()).hasSize(1);
    }
  }

  @Test
  @DisplayName("with a CSR that is unusable stays unused")
  void badRequest() throws Exception {
    var contact = rig.contact();
    for (var csr : List.of(Requests.forged(), Requests.weakRsa(), Requests.oversized())) {
      assertThatThrownBy(() -> contact.attest(RequestIds.next(), csr))
          .isInstanceOf(StatusRuntimeException.class);
    }
    assertThat(contact.attest(RequestIds.next(), Keys.request()).getNodeId()).isNotEmpty();
  }

  /// Why something was refused, as the administrator reads it; the node is never told.
  private List<String> reasons() {
    return rig.admin().events().stream()
        .filter(event -> event.getKind().equals("refused"))
        .map(event -> event.getDetailsOrDefault("reason", ""))
        .toList();
  }

  private static String denied(ThrowingCallable call) {
    var words = new String[] {""};
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode())
                  .as(e.getStatus().toString())
                  .isEqualTo(Code.PERMISSION_DENIED);
              words[0] = String.valueOf(e.getStatus().getDescription());
            });
    return words[0];
  }
}
