package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.port.Events;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Events, answers and what the database says of itself.
class EventsTest extends StoreTest {
  @Test
  void events_areNumberedWithoutGaps_andFiltered() {
    Instant start = Instant.parse("2026-05-01T00:00:00Z");
    NewEvent created = samples.event(EventKind.AGENT_CREATED);
    NewEvent refused = samples.event(EventKind.REFUSED);
    // The clock goes back in between: an event of a late time, then earlier ones.
    List<Integer> seconds = List.of(0, 10, 5, 7, 12, 11);
    List<Event> all = new ArrayList<>();
    for (int i = 0; i < seconds.size(); i++) {
      NewEvent event = i % 2 == 0 ? created : refused;
      Instant at = start.plusSeconds(seconds.get(i));
      all.add(store.write(transaction -> transaction.events().append(event, at)));
    }
    assertThat(all).extracting(Event::number).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    thatNumber(view -> view.events().last()).isEqualTo(6);
    assertThat(events(Events.Filter.everything(0))).isEqualTo(all);
    assertThat(events(Events.Filter.everything(4))).isEqualTo(all.subList(4, 6));
    for (int second = 0; second < 14; second++) {
      Instant since = start.plusSeconds(second);
      assertThat(
              events(new Events.Filter(0, Optional.of(since), Optional.empty(), Optional.empty())))
          .isEqualTo(all.stream().filter(event -> !event.at().isBefore(since)).toList());
    }
    assertThat(
            events(
                new Events.Filter(
                    1, Optional.empty(), Optional.of(EventKind.REFUSED), Optional.empty())))
        .containsExactly(all.get(1), all.get(3), all.get(5));
    assertThat(
            events(
                new Events.Filter(
                    0, Optional.empty(), Optional.empty(), created.about().subject())))
        .containsExactly(all.get(0), all.get(2), all.get(4));
    assertThat(
            events(
                new Events.Filter(
                    2,
                    Optional.of(start.plusSeconds(6)),
                    Optional.of(EventKind.REFUSED),
                    refused.about().subject())))
        .containsExactly(all.get(3), all.get(5));
    thatList(view -> view.events().list(Events.Filter.everything(0), 2))
        .isEqualTo(all.subList(0, 2));
    assertThatThrownBy(() -> read(view -> view.events().list(Events.Filter.everything(0), 1001)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void newestOfAKindAboutOneThing() {
    Instant start = Instant.parse("2026-05-01T00:00:00Z");
    NewEvent first = samples.event(EventKind.AGENT_SUSPENDED);
    NewEvent other = samples.event(EventKind.AGENT_SUSPENDED);
    NewEvent resumed = samples.event(EventKind.AGENT_RESUMED);
    List<NewEvent> all = List.of(first, first, other, resumed);
    for (int i = 0; i < all.size(); i++) {
      NewEvent event = all.get(i);
      Instant at = start.plusSeconds(i);
      Event _ = store.write(transaction -> transaction.events().append(event, at));
    }
    Id subject = first.about().subject().orElseThrow();
    List<Id> things =
        Stream.of(first.about().owner(), first.about().subject(), first.about().node())
            .flatMap(Optional::stream)
            .toList();
    for (Id thing : things) {
      thatMaybe(view -> view.events().newest(EventKind.AGENT_SUSPENDED, thing))
          .contains(start.plusSeconds(1));
    }
    thatMaybe(view -> view.events().newest(EventKind.AGENT_RETIRED, subject)).isEmpty();
    assertThatThrownBy(() -> read(view -> view.events().newest(EventKind.SVID_ISSUED, subject)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private List<Event> events(Events.Filter filter) {
    return read(view -> view.events().list(filter, 1000));
  }

  @Test
  void event_withoutAnything_comesBack_fromEveryActor() {
    List<Actor> actors =
        List.of(
            new Actor.LocalUid(0),
            new Actor.Node(samples.id()),
            new Actor.Administrator(new Name("ada")),
            new Actor.Svid("spiffe://td/agent/a/b"),
            new Actor.Anonymous("[::1]:443"),
            new Actor.Server());
    for (Actor actor : actors) {
      NewEvent bare =
          new NewEvent(
              EventKind.SERVER_STARTED,
              actor,
              NewEvent.About.nothing(),
              Map.of(),
              Optional.empty());
      Event event = store.write(transaction -> transaction.events().append(bare, samples.time()));
      assertThat(events(Events.Filter.everything(event.number() - 1))).containsExactly(event);
    }
  }

  @Test
  void event_numberGivenInARefusedWork_isGivenAgain() {
    NewEvent event = samples.event(EventKind.REFUSED);
    assertThatThrownBy(() ->
            store.write(transaction -> {
              transaction.events().append(event, samples.time());
              throw new java.io.IOException("no");
            }))
        .isInstanceOf(java.io.IOException.class);
    assertThat(
            store.write(transaction -> transaction.events().append(event, samples.time())).number())
        .isEqualTo(1);
  }

  @Test
  void answers_areRememberedPerActor_andForgottenInBounds() {
    var old = samples.answer("uid:0");
    var older =
        new dev.credence.server.core.port.Requests.Answer(
            "uid:0",
            new dev.credence.server.core.model.RequestId(samples.id()),
            old.fingerprint(),
            old.answer(),
            old.at().minusSeconds(9));
    var young =
        new dev.credence.server.core.port.Requests.Answer(
            "uid:1", old.id(), old.fingerprint(), old.answer(), old.at().plusSeconds(9));
    write(transaction -> List.of(older, old, young).forEach(transaction.requests()::remember));
    thatMaybe(view -> view.requests().find("uid:0", old.id())).contains(old);
    thatMaybe(view -> view.requests().find("uid:1", old.id())).contains(young);
    thatMaybe(view -> view.requests().find("uid:2", old.id())).isEmpty();
    write(transaction -> transaction.requests().forget(young.at(), young.at(), 1));
    thatMaybe(view -> view.requests().find("uid:0", older.id())).isEmpty();
    thatMaybe(view -> view.requests().find("uid:0", old.id())).contains(old);
    write(transaction -> transaction.requests().forget(young.at(), young.at(), 10));
    thatMaybe(view -> view.requests().find("uid:0", old.id())).isEmpty();
    thatMaybe(view -> view.requests().find("uid:1", old.id())).contains(young);
  }

  @Test
  void meta_keepsWhatItIsTold() {
    thatNumber(view -> view.meta().registryNumber()).isZero();
    assertThat(nextNumber()).isEqualTo(1);
    assertThat(nextNumber()).isEqualTo(2);
    thatMaybe(view -> view.meta().highestTime()).isEmpty();
    Instant late = Instant.parse("2026-01-01T00:00:00.000000001Z");
    write(transaction -> transaction.meta().noteTime(late));
    write(transaction -> transaction.meta().noteTime(late.minusNanos(1)));
    thatMaybe(view -> view.meta().highestTime()).contains(late);
    thatMaybe(view -> view.meta().trustDomain()).isEmpty();
    write(transaction -> transaction.meta().setTrustDomain("a.example"));
    write(transaction -> transaction.meta().setTrustDomain("a.example"));
    assertThatThrownBy(() -> write(transaction -> transaction.meta().setTrustDomain("b.example")))
        .isInstanceOf(IllegalStateException.class);
    thatMaybe(view -> view.meta().trustDomain()).contains("a.example");
    that(view -> view.meta().epoch())
        .isEqualTo(store.write(transaction -> transaction.meta().epoch()));
  }

  private long nextNumber() {
    return store.write(transaction -> transaction.meta().nextRegistryNumber());
  }
}
