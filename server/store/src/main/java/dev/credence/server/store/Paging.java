package dev.credence.server.store;

import dev.credence.server.core.model.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Pages in order of creation. A query for pages selects `seq` first, takes "greater than this seq"
/// and "at most so many" as its last two parameters, and orders by `seq`.
final class Paging {
  private static final int BATCH = 1000;

  private final byte list;

  /// @param list tells the tokens of this list from those of others
  Paging(char list) {
    this.list = (byte) list;
  }

  <T> Page<T> page(SqlStatement query, Page.Request request, SqlRow.Reader<T> reader) {
    List<Numbered<T>> rows =
        query
            .number(after(request))
            .number(request.size() + 1L)
            .all(row -> new Numbered<>(row.number(), reader.read(row)));
    return cut(rows, request);
  }

  /// Of the rows of which the reader makes something: a page is full, or it is the last one.
  ///
  /// @param query gives the same one each time
  <T> Page<T> filtered(
      Supplier<SqlStatement> query, Page.Request request, SqlRow.Reader<Optional<T>> reader) {
    long after = after(request);
    List<Numbered<T>> found = new ArrayList<>();
    boolean more = true;
    while (more && found.size() <= request.size()) {
      List<Numbered<Optional<T>>> rows =
          query
              .get()
              .number(after)
              .number(BATCH)
              .all(row -> new Numbered<>(row.number(), reader.read(row)));
      for (Numbered<Optional<T>> row : rows) {
        after = row.seq();
        row.item().ifPresent(item -> found.add(new Numbered<>(row.seq(), item)));
      }
      more = rows.size() == BATCH;
    }
    return cut(found, request);
  }

  private long after(Page.Request request) {
    return request.after().map(token -> PageToken.parse(list, token).seq()).orElse(0L);
  }

  private <T> Page<T> cut(List<Numbered<T>> rows, Page.Request request) {
    boolean more = rows.size() > request.size();
    List<Numbered<T>> shown = more ? rows.subList(0, request.size()) : rows;
    return new Page<>(
        shown.stream().map(Numbered::item).toList(),
        more
            ? Optional.of(new PageToken(list, shown.getLast().seq()).toString())
            : Optional.empty());
  }

  private record Numbered<T>(long seq, T item) {}
}
