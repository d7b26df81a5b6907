package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import dev.credence.server.core.model.Page;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.assertj.core.api.ListAssert;
import org.assertj.core.api.LongAssert;
import org.assertj.core.api.ObjectAssert;
import org.assertj.core.api.OptionalAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A new store for each test, and short words to use it. Nothing in the tests that extend it is
/// about SQLite.
abstract class StoreTest {
  final Samples samples = new Samples(7);
  SqliteStore store;

  @BeforeEach
  final void open(@TempDir Path folder) throws Exception {
    store = SqliteStore.open(folder.resolve("credence.db"), StoreSettings.defaults(failure -> {}));
  }

  @AfterEach
  final void close() {
    store.close();
  }

  final void write(Consumer<Transaction> work) {
    boolean done =
        store.write(transaction -> {
          work.accept(transaction);
          return true;
        });
    assertThat(done).isTrue();
  }

  final <T> T read(Function<View, T> query) {
    return store.read(query::apply);
  }

  final <T> OptionalAssert<T> thatMaybe(Function<View, Optional<T>> query) {
    return assertThat(read(query));
  }

  final <T> ListAssert<T> thatList(Function<View, List<T>> query) {
    return assertThat(read(query));
  }

  final LongAssert thatNumber(Function<View, Long> query) {
    return new LongAssert(read(query));
  }

  final <T> ObjectAssert<T> that(Function<View, T> query) {
    return assertThatObject(read(query));
  }

  /// All items, page by page.
  static <T> List<T> pages(int size, Function<Page.Request, Page<T>> list) {
    List<T> all = new ArrayList<>();
    Optional<String> next = Optional.empty();
    do {
      Page<T> page = list.apply(new Page.Request(size, next));
      assertThat(page.items()).hasSizeLessThanOrEqualTo(size);
      all.addAll(page.items());
      next = page.next();
    } while (next.isPresent());
    return all;
  }
}
