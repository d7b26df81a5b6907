package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Lists in pages, and the tokens between them.
class PagesTest extends StoreTest {
  @Test
  void pages_ofEveryList_areWholeAndInOrder() {
    Person person = samples.person();
    List<Owner> owners = new ArrayList<>();
    List<Subject> agents = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      owners.add(samples.owner(person));
      agents.add(samples.subject(SubjectKind.AGENT, owners.getFirst()));
      nodes.add(samples.node());
    }
    Subject service = samples.subject(SubjectKind.SERVICE, owners.getFirst());
    write(transaction -> {
      transaction.owners().insert(person);
      owners.forEach(transaction.owners()::insert);
      agents.forEach(transaction.subjects()::insert);
      transaction.subjects().insert(service);
      nodes.forEach(transaction.nodes()::insert);
    });
    for (int size : List.of(1, 2, 3, 6, 7, 8, 1000)) {
      assertThat(pages(size, page -> read(view -> view.owners().list(page)))).isEqualTo(owners);
      assertThat(pages(size, page -> read(view -> view.subjects().list(SubjectKind.AGENT, page))))
          .isEqualTo(agents);
      assertThat(pages(size, page -> read(view -> view.nodes().list(page)))).isEqualTo(nodes);
    }
    that(view -> view.subjects().list(SubjectKind.SERVICE, new Page.Request(7, Optional.empty())))
        .isEqualTo(new Page<>(List.of(service), Optional.empty()));
  }

  @Test
  void pageToken_ofAnotherListOrForged_isRefused() {
    Person person = samples.person();
    write(transaction -> {
      transaction.owners().insert(person);
      transaction.owners().insert(samples.owner(person));
      transaction.owners().insert(samples.owner(person));
    });
    Page<Owner> first = read(view -> view.owners().list(new Page.Request(1, Optional.empty())));
    String token = first.next().orElseThrow();
    for (String wrong :
        List.of(
            "", "x", "AAAAAAAAAAAAAA", "!!!!!!!!!!!!!!", token + "A", "B" + token.substring(1))) {
      assertThatThrownBy(
              () -> read(view -> view.owners().list(new Page.Request(1, Optional.of(wrong)))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("page token: ");
    }
    assertThatThrownBy(
            () -> read(view -> view.nodes().list(new Page.Request(1, Optional.of(token)))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
