package dev.credence.server.store;

import dev.credence.server.core.model.Page;
import java.util.List;
import java.util.Optional;

/// Pages in order of creation. A query for pages selects `seq` first, takes "greater than this seq"
/// and "at most so many" as its last two parameters, and orders by `seq`.
final class Paging {
  private final byte list;

  /// @param list tells the tokens of this list from those of others
  Paging(char list) {
    this.list = (byte) list;
  }

  <T> Page<T> page(SqlStatement query, Page.Request request, SqlRow.Reader<T> reader) {
    long after = request.after().map(token -> PageToken.parse(list, token).seq()).orElse(0L);
    List<Numbered<T>> rows =
        query
            .number(after)
            .number(request.size() + 1L)
            .all(row -> new Numbered<>(row.number(), reader.read(row)));
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
